"""A reader sees the version before or the one after, whatever happens to the writer."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tastemaker.core.errors import Conflict
from tastemaker.store.version_folder import VersionFolder

KILLED_WRITER = """
import os, signal, sys
from pathlib import Path
from tastemaker.store.version_folder import VersionFolder
versions = VersionFolder(Path(sys.argv[1]))
with versions.locked(), versions.draft("second") as draft:
    (draft / "half").write_text("written")
    os.kill(os.getpid(), signal.SIGKILL)
"""


def write(versions: VersionFolder, version: str, content: str) -> None:
    with versions.locked(), versions.draft(version) as draft:
        (draft / "content").write_text(content)


def write_and_fail(versions: VersionFolder, version: str) -> None:
    with versions.locked(), versions.draft(version) as draft:
        (draft / "half").write_text("written")
        raise KeyError


def content(versions: VersionFolder) -> str:
    current = versions.current()
    assert current is not None
    return (current / "content").read_text()


def test_nothing_is_current_before_the_first_version(tmp_path: Path) -> None:
    assert VersionFolder(tmp_path / "not there").current() is None


def test_the_last_version_written_is_the_current_one(tmp_path: Path) -> None:
    versions = VersionFolder(tmp_path)
    write(versions, "first", "1")
    write(versions, "second", "2")
    assert content(versions) == "2"


def test_a_version_written_again_replaces_itself(tmp_path: Path) -> None:
    versions = VersionFolder(tmp_path)
    write(versions, "first", "old")
    write(versions, "first", "new")
    assert content(versions) == "new"


def test_an_error_leaves_the_old_version_and_no_trace(tmp_path: Path) -> None:
    versions = VersionFolder(tmp_path)
    write(versions, "first", "1")
    before = sorted(path.name for path in tmp_path.iterdir())
    with pytest.raises(KeyError):
        write_and_fail(versions, "second")
    assert content(versions) == "1"
    assert sorted(path.name for path in tmp_path.iterdir()) == before


def test_what_a_killed_writer_leaves_is_ignored_and_then_removed(tmp_path: Path) -> None:
    versions = VersionFolder(tmp_path)
    write(versions, "first", "1")
    killed = subprocess.run([sys.executable, "-c", KILLED_WRITER, str(tmp_path)], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert len(list(tmp_path.glob(".draft-*"))) == 1
    assert content(versions) == "1"
    with versions.locked():
        assert not list(tmp_path.glob(".draft-*"))


def test_a_second_writer_is_told_to_wait(tmp_path: Path) -> None:
    with (
        VersionFolder(tmp_path).locked(),
        pytest.raises(Conflict, match="Another process"),
        VersionFolder(tmp_path).locked(),
    ):
        pass


def test_a_pointer_written_again_with_the_same_name_is_another_one(tmp_path: Path) -> None:
    versions = VersionFolder(tmp_path)
    write(versions, "first", "1")
    before = versions.pointer()
    assert versions.pointer() == before
    versions.point_to("first")
    after = versions.pointer()
    assert before is not None
    assert after is not None
    assert after.name == before.name
    assert after != before


def test_prune_keeps_the_current_version_whatever_its_age(tmp_path: Path) -> None:
    versions = VersionFolder(tmp_path)
    for version in ("first", "second", "third"):
        write(versions, version, version)
    versions.point_to("first")
    versions.prune(keep=1)
    assert content(versions) == "first"
    assert not (tmp_path / "third").exists()


def test_what_was_gone_back_from_is_known_until_a_later_one_is_current(tmp_path: Path) -> None:
    versions = VersionFolder(tmp_path)
    for name in ("a", "b", "c"):
        write(versions, name, name)
    assert versions.gone_back_from() == frozenset()
    versions.point_to("b")
    versions.point_to("a")
    assert versions.gone_back_from() == {"b", "c"}
    versions.point_to("b")
    assert versions.gone_back_from() == {"c"}
    write(versions, "d", "d")
    assert versions.gone_back_from() == frozenset()
