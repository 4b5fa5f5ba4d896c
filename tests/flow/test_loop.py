"""Training beside a server that answers: taken over, refused, killed."""

import json
import os
import re
import shutil
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.flow.server import RunningServer, run, running
from tests.flow.small import source_of
from tests.flow.working import training_beside

WAIT_LIMIT_S = 400.0


@pytest.fixture
def home(circles_home: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(circles_home, tmp_path / "home"))


@pytest.fixture
def source(circles_home: Path) -> dict[str, str]:
    return source_of(circles_home)


def until(condition: Callable[[], Any]) -> Any:
    """The first truth."""
    deadline_s = time.monotonic() + WAIT_LIMIT_S
    while time.monotonic() < deadline_s:
        if found := condition():
            return found
    raise AssertionError("it did not come true in time")


def version(server: RunningServer) -> str:
    return str(httpx2.get(f"{server.address}/health/ready").json()["model_version"])


def retrain(server: RunningServer) -> dict[str, Any]:
    """The state once it has ended."""
    address = f"{server.address}/api/v1/retrain"
    assert httpx2.post(address).status_code == 202
    return dict(until(lambda: _ended(httpx2.get(address).json())))


def _ended(state: dict[str, Any]) -> dict[str, Any] | None:
    return None if state["phase"] in ("asked", "running") else state


@contextmanager
def asking(server: RunningServer) -> Iterator[list[int]]:
    """Requests without a pause until the block ends; their statuses."""
    ended = threading.Event()
    statuses: list[int] = []

    def ask() -> None:
        with httpx2.Client() as client:
            while not ended.is_set():
                answer = client.get(f"{server.address}/api/v1/recommendations/u1")
                is_personal = answer.status_code == 200 and answer.json()["source"] == "model"
                statuses.append(200 if is_personal else answer.status_code + 1)

    thread = threading.Thread(target=ask)
    thread.start()
    try:
        yield statuses
    finally:
        ended.set()
        thread.join()


def test_a_new_version_is_taken_over_and_no_request_fails(
    home: Path, source: dict[str, str]
) -> None:
    with running(home, **source) as server:
        before = version(server)
        with asking(server) as statuses:
            ended = retrain(server)
            assert ended["outcome"] == "in service", ended
            until(lambda: version(server) == ended["version"])
            n_at_swap = len(statuses)
            until(lambda: len(statuses) > n_at_swap + 50)
        assert ended["version"] != before
        assert set(statuses) == {200}
        assert server.stop() == 0


def files(home: Path) -> set[str]:
    """Everything but what a running server goes on writing: logs, databases, its schedule."""
    folder = home.parent
    found = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    return {name for name in found if not re.search(r"\.err$|\.db\b|schedule\.json$", name)}


@pytest.mark.parametrize("far", ["at its start", "while it teaches a ranker"])
def test_a_killed_training_leaves_the_served_model_and_no_rubbish(
    home: Path, source: dict[str, str], far: str
) -> None:
    with running(home, **source) as server:
        before, there = version(server), files(home)
        address = f"{server.address}/api/v1/retrain"
        assert httpx2.post(address).status_code == 202
        assert httpx2.post(address).status_code == 409
        training = until(lambda: training_beside(server.process.pid))
        if far != "at its start":
            # The one before; the next is that of `full`, which takes seconds.
            last = "ranker of ials_catboost"
            until(lambda: last in (home.parent / "up.err").read_text())
        os.kill(training, signal.SIGKILL)
        ended = until(lambda: _ended(httpx2.get(address).json()))
        assert ended["phase"] == "failed"
        assert "ended from outside" in ended["reason"]
        assert version(server) == before
        assert "ranker fitted" not in (home.parent / "up.err").read_text()
        # The lock it held.
        assert files(home) - there <= {"home/training/.lock"}
        assert there <= files(home)
        slate = httpx2.get(f"{server.address}/api/v1/recommendations/u1").json()
        assert slate["source"] == "model"
        assert retrain(server)["phase"] == "done"


def test_a_training_of_a_server_stands_back_once(home: Path, source: dict[str, str]) -> None:
    a_little = {**source, "TASTEMAKER__TRAIN__BESIDE__NICENESS": "3"}
    with running(home, **a_little) as server:
        assert httpx2.post(f"{server.address}/api/v1/retrain").status_code == 202
        training = until(lambda: training_beside(server.process.pid))
        # Its first word: by then it has found its place.
        until(lambda: "model left out" in (home.parent / "up.err").read_text())
        assert os.getpriority(os.PRIO_PROCESS, training) == min(19, os.nice(0) + 3)
        assert len(os.sched_getaffinity(training)) == max(1, len(os.sched_getaffinity(0)) - 1)


def test_a_damaged_version_is_refused_and_the_one_before_serves_on(
    home: Path, source: dict[str, str]
) -> None:
    with running(home, **source) as server:
        before = version(server)
        shutil.copytree(home / "models" / before, home / "models" / "damaged")
        array = next((home / "models" / "damaged" / "transitions").glob("*.npy"))
        array.write_bytes(array.read_bytes()[:-1] + b"?")
        (home / "models" / "CURRENT").write_text("damaged\n")
        log = home.parent / "up.err"
        until(lambda: "model refused" in log.read_text())
        assert "checksum" in log.read_text()
        assert version(server) == before


def test_a_start_on_a_damaged_version_says_so_and_serves_the_newest_whole_one(
    home: Path, source: dict[str, str]
) -> None:
    whole = (home / "models" / "CURRENT").read_text().strip()
    shutil.copytree(home / "models" / whole, home / "models" / "damaged")
    array = next((home / "models" / "damaged" / "transitions").glob("*.npy"))
    array.write_bytes(array.read_bytes()[: array.stat().st_size // 2])
    (home / "models" / "CURRENT").write_text("damaged\n")
    with running(home, **source) as server:
        assert version(server) == whole
    said = (home.parent / "up.err").read_text()
    assert "model refused" in said
    assert "damaged/transitions" in said


def test_a_start_on_a_version_with_one_other_byte_is_answered_by_the_one_before(
    home: Path, source: dict[str, str]
) -> None:
    before = (home / "models" / "CURRENT").read_text().strip()
    done = run("train", "--home", home, cwd=home.parent, **source)
    assert done.returncode == 0, done.stderr
    current = (home / "models" / "CURRENT").read_text().strip()
    assert current != before
    array = max(
        (home / "models" / current / "transitions").glob("*.npy"),
        key=lambda path: path.stat().st_size,
    )
    content = bytearray(array.read_bytes())
    content[len(content) // 2] ^= 1
    array.write_bytes(content)
    with running(home, **source) as server:
        assert version(server) == before
        slate = httpx2.get(f"{server.address}/api/v1/recommendations/u1").json()
        assert slate["source"] == "model"
        refused = _refused(home)
        assert (refused["version"], refused["answering"]) == (current, before)
        assert "checksum" in refused["why"]
        assert array.name in refused["why"]


def _refused(home: Path) -> dict[str, Any]:
    """What the server said of it."""
    lines = map(json.loads, (home.parent / "up.err").read_text().splitlines())
    return next(line for line in lines if line["event"] == "model refused")


def test_a_promotion_by_command_reaches_the_running_server(
    home: Path, source: dict[str, str]
) -> None:
    with running(home, **source) as server:
        first = version(server)
        second = retrain(server)["version"]
        until(lambda: version(server) == second)
        done = run("models", "rollback", "--home", home, cwd=home.parent)
        assert done.returncode == 0, done.stderr
        assert first in done.stdout
        until(lambda: version(server) == first)
        listed = run("models", "list", "--home", home, cwd=home.parent, COLUMNS="200").stdout
        assert "retired" in listed
        assert "in service" in listed
