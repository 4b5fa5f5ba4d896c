"""Work that is kept running beside this process: begun again, and ended for good."""

import contextlib
import os
import signal
import threading
from collections.abc import MutableMapping
from multiprocessing import active_children
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from tastemaker.roles.apart import FULL_EFFORT
from tastemaker.roles.kept_running import kept_running
from tests.flow.processes import LIMIT_S, until


class Asked(Exception):
    """To end."""


def until_asked_to_end(begun: Path) -> str:
    def end(*_: object) -> None:
        raise Asked

    with contextlib.suppress(Asked):
        signal.signal(signal.SIGTERM, end)
        begun.touch()
        threading.Event().wait()
    return "done"


def killed_the_first_time(begun: Path) -> None:
    if not begun.exists():
        begun.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    begun.with_name("again").touch()
    threading.Event().wait()


def _beside() -> list[str]:
    return [process.name for process in active_children()]


def test_it_ends_without_a_word(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    begun = tmp_path / "begun"
    with kept_running(FULL_EFFORT, until_asked_to_end, begun):
        until(begun.exists)
    assert capfd.readouterr().err == ""


def test_what_was_killed_begins_again(tmp_path: Path) -> None:
    with kept_running(FULL_EFFORT, killed_the_first_time, tmp_path / "begun"):
        until((tmp_path / "again").exists)
    assert not _beside()


def test_nothing_is_left_of_what_was_about_to_begin_again_at_the_end(tmp_path: Path) -> None:
    begins_again = threading.Event()

    def note(_: object, __: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        begins_again.set()
        return line

    with capture_logs([note]), kept_running(FULL_EFFORT, killed_the_first_time, tmp_path / "begun"):
        assert begins_again.wait(LIMIT_S)
    assert not _beside()
