"""What the embedded bus adds to the promises of every bus."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tastemaker.adapters.bus.sqlite import SqliteBus
from tastemaker.core.clock import system_clock
from tastemaker.core.errors import BusUnavailable, DiskFull
from tastemaker.core.message import Message
from tests.contracts.buses import message, numbers, read

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


@pytest.fixture
def small_bus(tmp_path: Path) -> Iterator[SqliteBus]:
    bus = SqliteBus(tmp_path / "bus.db", system_clock, max_bytes=400_000)
    yield bus
    bus.close()


def _large(number: int) -> list[Message]:
    return [Message(f"{number}-{part}", "k", bytes(1_000)) for part in range(100)]


def _fill(bus: SqliteBus) -> int:
    """Messages that went in."""
    for number in range(100):
        try:
            bus.publish("t", _large(number))
        except DiskFull:
            return number * 100
    raise AssertionError("it never was full")


def test_a_full_bus_refuses_and_loses_nothing(small_bus: SqliteBus) -> None:
    n = _fill(small_bus)
    assert small_bus.lag("t", "group") == n > 0
    reader = small_bus.subscribe(["t"], "group")
    assert len(read(reader, n)) == n
    small_bus.publish("t", _large(1))
    assert len(read(reader, 100)) == 100
    reader.close()


def test_a_full_bus_keeps_what_one_group_has_not_read(small_bus: SqliteBus) -> None:
    slow = small_bus.subscribe(["t"], "slow")
    assert not slow.poll(1, timeout_s=0.0)
    n = _fill(small_bus)
    reader = small_bus.subscribe(["t"], "quick")
    read(reader, n)
    with pytest.raises(DiskFull):
        small_bus.publish("t", _large(1))
    assert len(read(slow, n)) == n
    slow.close()
    reader.close()


def test_a_clock_that_steps_back_keeps_the_order(tmp_path: Path) -> None:
    moments = iter(NOON - timedelta(hours=hours) for hours in range(10))
    bus = SqliteBus(tmp_path / "bus.db", lambda: next(moments))
    for number in range(5):
        bus.publish("t", [message(number, "k")])
    reader = bus.subscribe(["t"], "group")
    assert numbers(read(reader, 5)) == [0, 1, 2, 3, 4]
    reader.close()
    bus.prune("t", NOON - timedelta(hours=2))
    later = bus.subscribe(["t"], "later")
    assert numbers(read(later, 3)) == [0, 1, 2]
    later.close()
    bus.close()


def test_what_is_written_is_there_after_a_restart(tmp_path: Path) -> None:
    for number in range(3):
        bus = SqliteBus(tmp_path / "bus.db", system_clock)
        bus.publish("t", [message(number, "k")])
        bus.close()
    bus = SqliteBus(tmp_path / "bus.db", system_clock)
    reader = bus.subscribe(["t"], "group")
    assert numbers(read(reader, 3)) == [0, 1, 2]
    reader.close()
    bus.close()


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "bus.db").write_bytes(b"no database at all" * 1000)
    with pytest.raises(BusUnavailable, match=r"bus\.db"):
        SqliteBus(tmp_path / "bus.db", system_clock)


def test_a_closed_bus_refuses_messages(tmp_path: Path) -> None:
    bus = SqliteBus(tmp_path / "bus.db", system_clock)
    bus.close()
    with pytest.raises(BusUnavailable):
        bus.publish("t", [message(1)])
