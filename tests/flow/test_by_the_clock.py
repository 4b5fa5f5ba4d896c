"""Jobs by the clock: done once, by schedulers that are killed and clocks that step back."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tastemaker.adapters.bus.sqlite import SqliteBus
from tastemaker.core.clock import system_clock
from tastemaker.core.message import Message
from tastemaker.core.topics import RefreshAsked, RetrainAsked, Topic, payload_of
from tastemaker.ports import Bus
from tastemaker.roles.looked import LookedUpTo
from tests.flow.processes import LIMIT_S, role_by_clock, until
from tests.flow.server import running
from tests.flow.small import source_of
from tests.flow.visitor import answering

# Every look is noted, so that a test knows that there was one.
EACH_SECOND = {"TASTEMAKER__SCHEDULE__PRUNE": "* * * * * *"}
MIDNIGHT = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
HALF_PAST = MIDNIGHT + timedelta(minutes=30)


@pytest.fixture
def home(circles_home: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(circles_home, tmp_path / "home"))


@pytest.fixture
def bus(home: Path) -> Iterator[Bus]:
    bus = SqliteBus(home / "bus.db", system_clock)
    yield bus
    bus.close()


@pytest.fixture(autouse=True)
def visitor(home: Path, circles_home: Path) -> Iterator[None]:
    """Is answered all the time, whatever becomes of the scheduler."""
    with (
        running(home, what=("role", "gateway"), **source_of(circles_home)) as server,
        answering(server.address),
    ):
        yield


class Clock:
    """Of a scheduler, which reads how far it is off from a file."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def set(self, to: datetime) -> None:
        aside = self.file.with_suffix(".new")
        aside.write_text(str((to - system_clock()).total_seconds()))
        aside.replace(self.file)


def test_jobs_are_asked_for_once_by_schedulers_killed_around_their_moments(
    tmp_path: Path, bus: Bus, home: Path
) -> None:
    """Before midnight, in it, and after it the clock steps back over it."""
    clock, looked = Clock(tmp_path / "offset"), LookedUpTo(home / "schedule.json")

    def looks_until(moment: datetime) -> bool:
        return looked.read().get("prune_bus", MIDNIGHT - timedelta(days=1)) >= moment

    clock.set(MIDNIGHT - timedelta(hours=2))
    with role_by_clock("scheduler", home, clock.file, **EACH_SECOND):
        until(lambda: looked.read())
    clock.set(MIDNIGHT + timedelta(seconds=1))
    with role_by_clock("scheduler", home, clock.file, **EACH_SECOND):
        until(lambda: bus.lag(Topic.RETRAIN, "a test") > 0)
    with role_by_clock("scheduler", home, clock.file, **EACH_SECOND):
        until(lambda: looks_until(MIDNIGHT + timedelta(seconds=1)))
        clock.set(MIDNIGHT - timedelta(minutes=1))
        clock.set(HALF_PAST - timedelta(minutes=5))
        until(lambda: looks_until(HALF_PAST - timedelta(minutes=5)))
        assert bus.lag(Topic.REFRESH, "a test") == 0
        clock.set(HALF_PAST + timedelta(seconds=1))
        until(lambda: bus.lag(Topic.REFRESH, "a test") > 0)
        clock.set(MIDNIGHT - timedelta(minutes=1))
        clock.set(HALF_PAST + timedelta(minutes=5))
        until(lambda: looks_until(HALF_PAST + timedelta(minutes=5)))
    retrains = {one.message_id: payload_of(one, RetrainAsked) for one in _all(bus, Topic.RETRAIN)}
    assert list(retrains) == [f"retrain-{MIDNIGHT.isoformat()}"]
    assert {one.asked_at for one in retrains.values()} == {MIDNIGHT}
    refreshes = {one.message_id: payload_of(one, RefreshAsked) for one in _all(bus, Topic.REFRESH)}
    assert list(refreshes) == [f"refresh-{HALF_PAST.isoformat()}"]
    assert {one.older_than for one in refreshes.values()} == {HALF_PAST}


def _all(bus: Bus, topic: Topic) -> list[Message]:
    subscription = bus.subscribe([topic], "a test")
    try:
        return [one.message for one in subscription.poll(100, timeout_s=LIMIT_S)]
    finally:
        subscription.close()
