"""Looking at what was set aside, where another looks at the same moment."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic

import pytest

from tastemaker.adapters.bus.sqlite import SqliteBus
from tastemaker.core.errors import BusUnavailable
from tastemaker.core.message import Delivery, Message
from tastemaker.core.topics import Topic
from tastemaker.ports import Bus
from tastemaker.roles.set_aside import GROUP, Operator, aside

NOW = datetime(2026, 1, 1, tzinfo=UTC)
N = 20


@pytest.fixture
def bus(tmp_path: Path) -> Iterator[Bus]:
    bus = SqliteBus(tmp_path / "bus.db", lambda: NOW)
    bus.publish(Topic.SET_ASIDE, [_aside(number) for number in range(N)])
    yield bus
    bus.close()


def _aside(number: int) -> Message:
    failed = Message(f"m{number}", f"k{number}", b"?", {"request_id": "r"})
    return aside(Delivery(Topic.UPDATES, failed, "0:0"), "slate-keeper", "cannot be read")


def test_what_another_holds_is_named_and_not_taken_for_nothing(bus: Bus) -> None:
    other = bus.subscribe([Topic.SET_ASIDE], GROUP)
    held = other.poll(1_000, timeout_s=30.0)
    with pytest.raises(BusUnavailable, match=f"{N} messages are set aside, 0 came"):
        Operator(bus, 0.1, monotonic).waiting()
    other.acknowledge(held[:5])
    other.close()
    assert len(Operator(bus, 30.0, monotonic).waiting()) == N - 5


def test_what_is_given_back_is_as_it_was(bus: Bus) -> None:
    assert Operator(bus, 30.0, monotonic).replay() == N
    assert bus.lag(Topic.SET_ASIDE, GROUP) == 0
    reader = bus.subscribe([Topic.UPDATES], "a test")
    found = [delivery.message for delivery in reader.poll(1_000, timeout_s=30.0)]
    assert Message("m3", "k3", b"?", {"request_id": "r"}) in found
    assert len(found) == N
    reader.close()
