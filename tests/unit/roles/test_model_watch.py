"""Another version is taken over, whatever comes in the way of looking for it."""

import threading

import pytest
from structlog.testing import capture_logs

from tastemaker.core.errors import ModelCorrupt
from tastemaker.roles.model_watch import ModelWatch
from tastemaker.store.version_folder import Pointer
from tests.flow.processes import until


class Home:
    """in_service: the name of a version. n_promoted: so often. damaged: those that cannot be
    opened. trouble: raised by the next looks, one each."""

    def __init__(self) -> None:
        self.in_service = "v1"
        self.n_promoted = 0
        self.damaged: set[str] = set()
        self.trouble: list[Exception] = []
        self.opened: list[str] = []
        self.answering: list[str] = []
        self.now_s = 0.0

    def current(self) -> Pointer:
        if self.trouble:
            raise self.trouble.pop()
        return Pointer(self.in_service, written_ns=self.n_promoted, inode=0)

    def open(self, version: str) -> str:
        self.opened.append(version)
        if version in self.damaged:
            raise ModelCorrupt("The checksum differs", where=version)
        return version

    def watch(self) -> ModelWatch[str]:
        swap = self.answering.append
        return ModelWatch(self.current, self.open, swap, lambda: self.now_s, answering="v1")


def test_a_damaged_version_is_opened_once_and_the_next_one_taken_over() -> None:
    home = Home()
    watch = home.watch()
    home.in_service = "v2"
    home.damaged = {"v2"}
    with capture_logs() as lines:
        for _ in range(3):
            watch.look()
    assert [line["event"] for line in lines] == ["model refused"]
    assert (home.opened, home.answering) == (["v2"], [])
    home.in_service = "v3"
    watch.look()
    assert home.answering == ["v3"]


def test_a_restored_version_is_tried_again_when_it_is_promoted_again() -> None:
    home = Home()
    watch = home.watch()
    home.in_service = "v2"
    home.damaged = {"v2"}
    watch.look()
    home.damaged = set()
    watch.look()
    assert home.answering == []
    home.n_promoted += 1
    watch.look()
    assert home.answering == ["v2"]


def test_what_was_damaged_at_the_start_is_not_opened_before_it_is_promoted_again() -> None:
    home = Home()
    home.in_service = "v2"
    swap = home.answering.append
    watch = ModelWatch(
        home.current, home.open, swap, lambda: 0.0, answering="v1", tried=home.current()
    )
    watch.look()
    assert home.opened == []
    home.n_promoted += 1
    watch.look()
    assert home.answering == ["v2"]


@pytest.mark.parametrize("odd", [OSError("disk"), ValueError("odd"), MemoryError()])
def test_an_odd_error_ends_no_watch(odd: Exception) -> None:
    home = Home()
    home.trouble = [odd, odd]
    with capture_logs() as lines, home.watch().running(every_s=0.01):
        until(lambda: not home.trouble)
        home.in_service = "v2"
        until(lambda: home.answering == ["v2"])
    failed = [line for line in lines if line["event"] == "no look for a newer model"]
    assert [line["again_in_s"] for line in failed] == [0.02, 0.04]


def test_a_version_that_could_not_be_taken_over_for_the_moment_is_tried_again() -> None:
    home, n_tries = Home(), []

    def swap(version: str) -> None:
        n_tries.append(1)
        if len(n_tries) == 1:
            raise OSError("too many open files")
        home.answering.append(version)

    watch = ModelWatch(home.current, home.open, swap, lambda: 0.0, answering="v1")
    home.in_service = "v2"
    with pytest.raises(OSError, match="too many"):
        watch.look()
    watch.look()
    assert home.answering == ["v2"]


def test_how_long_nobody_has_looked_is_known() -> None:
    home = Home()
    watch = home.watch()
    home.now_s = 5.0
    assert watch.blind_s() == 5.0
    home.trouble = [OSError("disk")]
    with pytest.raises(OSError, match="disk"):
        watch.look()
    assert watch.blind_s() == 5.0
    watch.look()
    assert watch.blind_s() == 0.0


def test_a_look_that_hangs_shows() -> None:
    home, hangs, goes_on = Home(), threading.Event(), threading.Event()

    def current() -> Pointer:
        hangs.set()
        goes_on.wait()
        return home.current()

    watch = ModelWatch(
        current, home.open, home.answering.append, lambda: home.now_s, answering="v1"
    )
    with watch.running(every_s=0.01):
        hangs.wait()
        home.now_s = 100.0
        assert watch.blind_s() == 100.0
        goes_on.set()
        until(lambda: watch.blind_s() == 0.0)
