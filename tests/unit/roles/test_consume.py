"""Nothing is lost, nothing is stuck: what a role does with messages good and bad."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import pytest
from structlog.testing import capture_logs

from tastemaker.adapters.bus.sqlite import SqliteBus
from tastemaker.core.errors import EnvironmentProblem, RequestInvalid
from tastemaker.core.message import Delivery, Message
from tastemaker.core.topics import Topic
from tastemaker.ports import Bus
from tastemaker.roles.consume import ConsumeConfig, Consumer

NOW = datetime(2026, 1, 1, tzinfo=UTC)
LIMIT_S = 30.0
GROUP = "tested"
SMALL_BYTES = 20_000


@pytest.fixture
def bus(tmp_path: Path) -> Iterator[Bus]:
    bus = SqliteBus(tmp_path / "bus.db", lambda: NOW)
    yield bus
    bus.close()


def _publish(bus: Bus, *values: str) -> None:
    bus.publish(Topic.UPDATES, [Message(value, value, value.encode()) for value in values])


@contextmanager
def _consuming(
    bus: Bus, handle: Callable[[Sequence[Delivery]], None], n_tries: int = 3
) -> Iterator[Consumer]:
    config = ConsumeConfig(poll_s=0.05, n_tries=n_tries, max_pause_s=0.05)
    consumer = Consumer(bus, [Topic.UPDATES], GROUP, handle, config)
    thread = threading.Thread(target=consumer.run)
    thread.start()
    try:
        yield consumer
    finally:
        consumer.stop()
        thread.join(LIMIT_S)
    assert not thread.is_alive()


def _worked_off(bus: Bus) -> None:
    waited = threading.Event()
    for _ in range(int(LIMIT_S / 0.02)):
        if not bus.lag(Topic.UPDATES, GROUP):
            return
        waited.wait(0.02)
    raise AssertionError("messages are left")


def _set_aside(bus: Bus) -> list[Message]:
    found = bus.subscribe([Topic.SET_ASIDE], "looking").poll(100, 1.0)
    return [delivery.message for delivery in found]


class Breaking:
    """A bus on which one cannot subscribe the first times, for whatever reason."""

    def __init__(self, bus: Bus, n_broken: int) -> None:
        self._bus = bus
        self.n_broken = n_broken

    def __getattr__(self, name: str) -> object:
        return getattr(self._bus, name)

    def subscribe(self, topics: Sequence[str], group: str) -> object:
        if self.n_broken:
            self.n_broken -= 1
            raise RuntimeError("a fault of the driver")
        return self._bus.subscribe(topics, group)


def test_a_consumer_beside_a_server_begins_again_whatever_breaks_it(bus: Bus) -> None:
    done: list[Delivery] = []
    breaking = Breaking(bus, n_broken=2)
    consumer = Consumer(
        cast(Bus, breaking), [Topic.UPDATES], GROUP, done.extend, ConsumeConfig(poll_s=0.05)
    )
    _publish(bus, "a", "b")
    with capture_logs() as lines, consumer.running("tested", pause_s=0.01):
        _worked_off(bus)
    assert {delivery.message.value for delivery in done} == {b"a", b"b"}
    broken = [line for line in lines if line["event"] == "consumer broken"]
    assert [line["log_level"] for line in broken] == ["error", "error"]


def test_one_bad_message_is_set_aside_and_the_others_are_done(bus: Bus) -> None:
    done: list[str] = []

    def handle(deliveries: Sequence[Delivery]) -> None:
        values = [delivery.message.value.decode() for delivery in deliveries]
        if "bad" in values:
            raise ValueError("cannot be read")
        done.extend(values)

    _publish(bus, "a", "bad", "b", "c")
    with _consuming(bus, handle):
        _worked_off(bus)
    assert sorted(done) == ["a", "b", "c"]
    (aside,) = _set_aside(bus)
    assert aside.value == b"bad"
    assert aside.headers["topic"] == Topic.UPDATES
    assert aside.headers["group"] == GROUP
    assert "cannot be read" in aside.headers["why"]


def test_one_bad_message_among_many_costs_the_others_little(bus: Bus) -> None:
    done: list[str] = []
    n_calls = 0

    def handle(deliveries: Sequence[Delivery]) -> None:
        nonlocal n_calls
        n_calls += 1
        values = [delivery.message.value.decode() for delivery in deliveries]
        if "bad" in values:
            raise ValueError("cannot be read")
        done.extend(values)

    good = [f"{number}" for number in range(400)]
    # Of one key, so that they are read at once.
    values = [*good[:250], "bad", *good[250:]]
    bus.publish(Topic.UPDATES, [Message(value, "k", value.encode()) for value in values])
    with _consuming(bus, handle):
        _worked_off(bus)
    assert done == good
    assert n_calls < 30
    assert [aside.value for aside in _set_aside(bus)] == [b"bad"]


class _Small:
    """A bus that takes no message beyond a size, as servers do."""

    def __init__(self, bus: Bus) -> None:
        self.subscribe = bus.subscribe
        self._bus = bus

    def publish(self, topic: str, messages: Sequence[Message]) -> None:
        if any(len(one.value) + len(str(one.headers)) > SMALL_BYTES for one in messages):
            raise RequestInvalid("It is too large")
        self._bus.publish(topic, messages)


def test_a_message_too_large_to_be_set_aside_whole_is_cut_and_stops_nobody(bus: Bus) -> None:
    def handle(deliveries: Sequence[Delivery]) -> None:
        if any(delivery.message.value != b"good" for delivery in deliveries):
            raise ValueError("cannot be read")

    bus.publish(Topic.UPDATES, [Message("large", "k", b"x" * SMALL_BYTES)])
    _publish(bus, "good")
    with _consuming(cast(Bus, _Small(bus)), handle):
        _worked_off(bus)
    (aside,) = _set_aside(bus)
    assert 0 < len(aside.value) < SMALL_BYTES
    assert aside.message_id == "large"
    assert f"{SMALL_BYTES:,} bytes" in aside.headers["why"]
    assert "cannot be read" in aside.headers["why"]


def test_what_fails_once_is_tried_again(bus: Bus) -> None:
    tries: list[int] = []

    def handle(deliveries: Sequence[Delivery]) -> None:
        tries.append(len(deliveries))
        if len(tries) < 3:
            raise ValueError("not yet")

    _publish(bus, "a")
    with _consuming(bus, handle):
        _worked_off(bus)
    assert len(tries) == 3
    assert not _set_aside(bus)


def test_a_server_that_is_away_is_waited_for_and_nothing_is_set_aside(bus: Bus) -> None:
    tries: list[int] = []

    def handle(deliveries: Sequence[Delivery]) -> None:
        tries.append(len(deliveries))
        if len(tries) < 8:
            raise EnvironmentProblem("The database does not answer")

    _publish(bus, "a", "b")
    with _consuming(bus, handle, n_tries=2):
        _worked_off(bus)
    assert len(tries) >= 8
    assert not _set_aside(bus)


def test_what_is_in_hand_at_the_end_goes_to_the_next_member(bus: Bus) -> None:
    begun = threading.Event()

    def away(_: Sequence[Delivery]) -> None:
        begun.set()
        raise EnvironmentProblem("The database does not answer")

    _publish(bus, "a", "b")
    with _consuming(bus, away):
        assert begun.wait(LIMIT_S)
    assert bus.lag(Topic.UPDATES, GROUP) == 2
    done: list[str] = []

    def handle(deliveries: Sequence[Delivery]) -> None:
        done.extend(delivery.message.value.decode() for delivery in deliveries)

    with _consuming(bus, handle):
        _worked_off(bus)
    assert sorted(done) == ["a", "b"]
