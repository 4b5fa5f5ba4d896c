"""Events of the past are played onto the bus at a pace, and go on where they stopped."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tastemaker.adapters.bus.sqlite import SqliteBus
from tastemaker.core.ids import EventId, ItemId, UserId
from tastemaker.core.interaction import Action, Interaction
from tastemaker.core.topics import InteractionHappened, Topic, payload_of
from tastemaker.ports import Bus
from tastemaker.roles.simulator import Pace, Simulator

PAST = datetime(1999, 1, 1, tzinfo=UTC)
NOW = datetime(2026, 1, 1, tzinfo=UTC)
GAPS_S = (0, 10, 30, 100)
EVENTS = [
    Interaction(EventId(f"e{n}"), UserId("u"), ItemId(str(n)), Action.RATE, 4.0, at)
    for n, at in enumerate(PAST + timedelta(seconds=s) for s in GAPS_S)
]


@dataclass
class Hand:
    """Time moved by what is waited for; ends the run after so many waits."""

    now_s: float = 0.0
    n_waits: int = 0
    ends_after: int = 1_000

    def stopwatch(self) -> float:
        return self.now_s

    def wait(self, seconds: float) -> bool:
        self.n_waits += 1
        if self.n_waits > self.ends_after:
            return True
        self.now_s += seconds
        return False


@pytest.fixture
def bus(tmp_path: Path) -> Iterator[Bus]:
    bus = SqliteBus(tmp_path / "bus.db", lambda: NOW)
    yield bus
    bus.close()


def _simulator(bus: Bus, folder: Path, hand: Hand, pace: Pace) -> Simulator:
    return Simulator(
        EVENTS,
        "these",
        pace,
        folder / "simulator.json",
        bus,
        lambda: NOW,
        hand.stopwatch,
        hand.wait,
    )


def _sent(bus: Bus) -> list[Interaction]:
    found = bus.subscribe([Topic.INTERACTIONS], "looking").poll(100, 1.0)
    return [payload_of(d.message, InteractionHappened).interaction() for d in found]


def test_real_gaps_pass_as_many_times_faster(bus: Bus, tmp_path: Path) -> None:
    hand = Hand()
    assert _simulator(bus, tmp_path, hand, Pace(speed_up=10)).run(lambda _: None) == 4
    assert hand.now_s == pytest.approx(10)
    assert _sent(bus) == [replace(event, at=NOW) for event in EVENTS]


def test_a_fixed_period_takes_no_notice_of_the_gaps(bus: Bus, tmp_path: Path) -> None:
    hand = Hand()
    _simulator(bus, tmp_path, hand, Pace(period_s=2)).run(lambda _: None)
    assert hand.now_s == pytest.approx(6)


def test_stopped_it_goes_on_with_the_next_event(bus: Bus, tmp_path: Path) -> None:
    pace = Pace(period_s=2)
    assert _simulator(bus, tmp_path, Hand(ends_after=1), pace).run(lambda _: None) == 2
    hand = Hand()
    assert _simulator(bus, tmp_path, hand, pace).run(lambda _: None) == 4
    assert hand.now_s == pytest.approx(2)
    assert [event.event_id for event in _sent(bus)] == ["e0", "e1", "e2", "e3"]


def test_other_events_begin_at_their_own_beginning(bus: Bus, tmp_path: Path) -> None:
    first = _simulator(bus, tmp_path, Hand(), Pace(period_s=0))
    first.run(lambda _: None)
    assert first.sent_before() == 4
    assert replace(first, name="others").sent_before() == 0
