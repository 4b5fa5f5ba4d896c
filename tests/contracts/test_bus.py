"""What every bus promises, on the real server."""

import os
import signal
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from time import monotonic
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tastemaker.core.clock import system_clock
from tastemaker.core.errors import BusUnavailable
from tastemaker.core.message import Delivery, Message
from tastemaker.ports import Bus, Subscription
from tests.contracts.buses import (
    LIMIT_S,
    SERVERS,
    BusAddress,
    address_of,
    message,
    numbers,
    read,
)
from tests.contracts.foreign import write_foreign

N_BYTES = 50_000
"""Of one message, beside which all that is around the others is little."""


@pytest.fixture(params=sorted(SERVERS))
def address(request: pytest.FixtureRequest, tmp_path: Path) -> BusAddress:
    found = address_of(request.param, tmp_path)
    if found is None:
        pytest.skip(f"{SERVERS[request.param]} names no server to test with")
    return found


@pytest.fixture
def bus(address: BusAddress) -> Iterator[Bus]:
    bus = address.open()
    yield bus
    bus.close()


@pytest.fixture
def topic() -> str:
    return _new("topic")


@pytest.fixture
def group() -> str:
    return _new("group")


def test_a_message_arrives_as_it_was_written(bus: Bus, topic: str, group: str) -> None:
    sent = Message("ид-1", "ключ 🎬", "значение".encode() + bytes(range(256)), {"trace": "ид 7"})
    bus.publish(topic, [sent])
    reader = bus.subscribe([topic], group)
    (delivery,) = read(reader, 1)
    assert (delivery.topic, delivery.message) == (topic, sent)
    reader.close()


def test_nothing_is_nothing(bus: Bus, topic: str, group: str) -> None:
    bus.publish(topic, [])
    reader = bus.subscribe([topic], group)
    assert list(reader.poll(10, timeout_s=0.01)) == []
    reader.acknowledge([])
    assert bus.lag(topic, group) == 0
    reader.close()


@given(batches=st.lists(st.lists(st.sampled_from("abcdefgh"), max_size=20), max_size=5))
@settings(max_examples=5, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_messages_of_a_key_come_in_order(bus: Bus, batches: list[list[str]]) -> None:
    topic, group, n = _new("topic"), _new("group"), 0
    for keys in batches:
        bus.publish(topic, [message(n + place, key) for place, key in enumerate(keys)])
        n += len(keys)
    reader = bus.subscribe([topic], group)
    found = read(reader, n)
    assert sorted(numbers(found)) == list(range(n))
    for key in "abcdefgh":
        of_key = numbers([one for one in found if one.message.key == key])
        assert of_key == sorted(of_key)
    reader.close()


def test_ten_thousand_at_once(bus: Bus, topic: str, group: str) -> None:
    bus.publish(topic, [message(number, str(number % 100)) for number in range(10_000)])
    reader = bus.subscribe([topic], group)
    found = read(reader, 10_000)
    by_key = defaultdict(list)
    for number, one in zip(numbers(found), found, strict=True):
        by_key[one.message.key].append(number)
    assert len(by_key) == 100
    assert all(of_key == list(range(int(key), 10_000, 100)) for key, of_key in by_key.items())
    assert bus.lag(topic, group) == 0
    reader.close()


def test_threads_may_publish_at_once(bus: Bus, topic: str, group: str) -> None:
    def publish(start: int) -> None:
        for number in range(start, start + 50):
            bus.publish(topic, [message(number, "k")])

    threads = [threading.Thread(target=publish, args=(start,)) for start in range(0, 200, 50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    reader = bus.subscribe([topic], group)
    assert sorted(numbers(read(reader, 200))) == list(range(200))
    reader.close()


def test_a_waiting_reader_gets_what_comes(bus: Bus, topic: str, group: str) -> None:
    reader = bus.subscribe([topic], group)
    assert list(reader.poll(10, timeout_s=0.01)) == []
    publishing = threading.Thread(target=bus.publish, args=(topic, [message(1)]))
    publishing.start()
    assert numbers(reader.poll(10, timeout_s=LIMIT_S)) == [1]
    publishing.join()
    reader.close()


def test_one_reader_of_several_topics(bus: Bus, group: str) -> None:
    topics = [_new("a"), _new("b")]
    for number, topic in enumerate(topics):
        bus.publish(topic, [message(number)])
    reader = bus.subscribe(topics, group)
    assert {one.topic for one in read(reader, 2)} == set(topics)
    reader.close()


def test_every_group_reads_all(bus: Bus, topic: str) -> None:
    bus.publish(topic, [message(number) for number in range(20)])
    for group in (_new("one"), _new("two")):
        reader = bus.subscribe([topic], group)
        assert sorted(numbers(read(reader, 20))) == list(range(20))
        reader.close()


def test_members_share_and_keep_the_order(bus: Bus, topic: str, group: str) -> None:
    """A member that gets a message of a key has been given each earlier one that is not done."""
    readers = [bus.subscribe([topic], group) for _ in range(2)]
    given: list[set[int]] = [set(), set()]
    done: set[int] = set()
    n, until = 0, monotonic() + LIMIT_S
    while not (given[0] and given[1] and len(done) == n):
        assert monotonic() < until, f"read {len(given[0])} and {len(given[1])}, done {len(done)}"
        if not (given[0] and given[1]):
            bus.publish(topic, [message(number, str(number % 20)) for number in range(n, n + 20)])
            n += 20
        for reader, mine in zip(readers, given, strict=True):
            deliveries = reader.poll(50, timeout_s=0.05)
            for number in numbers(deliveries):
                assert set(range(number % 20, number, 20)) <= done | mine
                mine.add(number)
            reader.acknowledge(deliveries)
            done |= set(numbers(deliveries))
    for reader in readers:
        reader.close()
    assert bus.lag(topic, group) == 0


def test_what_was_acknowledged_never_comes_again(bus: Bus, topic: str, group: str) -> None:
    bus.publish(topic, [message(number, "k") for number in range(10)])
    reader = bus.subscribe([topic], group)
    read(reader, 3)
    reader.close()
    reader = bus.subscribe([topic], group)
    assert numbers(read(reader, 7)) == list(range(3, 10))
    reader.close()


def test_part_of_a_poll_may_be_acknowledged(bus: Bus, topic: str, group: str) -> None:
    bus.publish(topic, [message(number, "k") for number in range(10)])
    reader = bus.subscribe([topic], group)
    deliveries = reader.poll(10, timeout_s=LIMIT_S)
    while len(deliveries) < 10:
        deliveries = [*deliveries, *reader.poll(10, timeout_s=LIMIT_S)]
    reader.acknowledge(deliveries[:4])
    reader.close()
    assert bus.lag(topic, group) == 6
    reader = bus.subscribe([topic], group)
    assert numbers(read(reader, 6)) == [4, 5, 6, 7, 8, 9]
    reader.close()


def test_who_leaves_hands_on_what_is_not_done(bus: Bus, topic: str, group: str) -> None:
    bus.publish(topic, [message(number, "k") for number in range(5)])
    leaving = bus.subscribe([topic], group)
    assert leaving.poll(10, timeout_s=LIMIT_S)
    leaving.close()
    staying = bus.subscribe([topic], group)
    assert numbers(read(staying, 5)) == list(range(5))
    staying.close()


def test_messages_of_a_killed_reader_come_again(
    bus: Bus, address: BusAddress, topic: str, group: str
) -> None:
    bus.publish(topic, [message(number, "k") for number in range(10)])
    context = get_context("spawn")
    receiving, sending = context.Pipe(duplex=False)
    process = context.Process(target=_read_and_wait, args=(address, topic, group, sending))
    process.start()
    assert receiving.poll(LIMIT_S)
    assert receiving.recv() > 0
    staying = bus.subscribe([topic], group)
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    assert numbers(read(staying, 10)) == list(range(10))
    staying.close()


def test_lag_counts_what_is_not_acknowledged(bus: Bus, topic: str, group: str) -> None:
    bus.publish(topic, [message(number, str(number)) for number in range(10)])
    assert bus.lag(topic, group) == 10
    reader = bus.subscribe([topic], group)
    read(reader, 4)
    assert bus.lag(topic, group) == 6
    read(reader, 6)
    assert bus.lag(topic, group) == 0
    assert bus.lag(topic, _new("other")) == 10
    reader.close()


def test_what_is_kept_is_counted_whoever_has_read_it(bus: Bus, topic: str, group: str) -> None:
    assert bus.kept(topic).n == 0
    large = Message("large", "key", b"x" * N_BYTES)
    bus.publish(topic, [*(message(number, str(number)) for number in range(9)), large])
    reader = bus.subscribe([topic], group)
    read(reader, 10)
    reader.close()
    kept = bus.kept(topic)
    assert kept.n == 10
    assert N_BYTES < kept.n_bytes < 10 * N_BYTES
    bus.prune(topic, _later())
    assert bus.kept(topic).n == 0
    assert bus.kept(topic).n_bytes < N_BYTES


def test_what_is_pruned_is_forgotten(bus: Bus, topic: str, group: str) -> None:
    bus.publish(topic, [message(number, str(number)) for number in range(10)])
    before = _later()
    bus.publish(topic, [message(number, str(number)) for number in range(10, 15)])
    bus.prune(topic, before)
    assert bus.lag(topic, group) == 5
    reader = bus.subscribe([topic], group)
    assert sorted(numbers(read(reader, 5))) == list(range(10, 15))
    reader.close()
    bus.prune(topic, _later())
    assert bus.lag(topic, group) == 0


def test_what_a_group_has_not_acknowledged_can_be_kept_however_old(
    bus: Bus, topic: str, group: str
) -> None:
    bus.publish(topic, [message(number, "k") for number in range(10)])
    bus.publish(topic, [message(number, "other") for number in range(10, 13)])
    bus.prune(topic, _later(), group)
    assert bus.kept(topic).n == 13
    reader = bus.subscribe([topic], group)
    deliveries = [one for one in _poll(reader, 13) if one.message.key == "k"]
    reader.acknowledge(deliveries[:4])
    bus.prune(topic, _later(), group)
    assert bus.kept(topic).n == 9
    assert bus.lag(topic, group) == 9
    reader.close()
    reader = bus.subscribe([topic], group)
    assert sorted(numbers(read(reader, 9))) == list(range(4, 13))
    young = _later()
    bus.publish(topic, [message(13, "k")])
    read(reader, 1)
    reader.close()
    bus.prune(topic, young, group)
    assert bus.kept(topic).n == 1
    bus.prune(topic, _later(), _new("nobody"))
    assert bus.kept(topic).n == 1


def test_what_another_program_wrote_is_delivered_and_stops_nobody(
    bus: Bus, address: BusAddress, topic: str, group: str
) -> None:
    bus.publish(topic, [message(number, str(number)) for number in range(3)])
    write_foreign(address, topic)
    bus.publish(topic, [message(number, str(number)) for number in range(3, 6)])
    reader = bus.subscribe([topic], group)
    found = [one.message for one in read(reader, 7)]
    own = [message(number, str(number)) for number in range(6)]
    assert all(one in found for one in own)
    (foreign,) = (one for one in found if one not in own)
    assert b"\xff" in foreign.value or b"\\xff" in foreign.value
    # As it was read it can be set aside and given back.
    bus.publish(topic, [foreign])
    assert [one.message for one in read(reader, 1)] == [foreign]
    reader.close()


def test_a_server_that_is_away_is_named(away: BusAddress) -> None:
    def use(work: Callable[[Bus], object]) -> None:
        bus = away.open()
        try:
            work(bus)
        finally:
            bus.close()

    with pytest.raises(BusUnavailable) as refused:
        use(lambda bus: bus.publish("topic", [message(1)]))
    assert refused.value.where
    with pytest.raises(BusUnavailable):
        use(lambda bus: bus.lag("topic", "group"))
    with pytest.raises(BusUnavailable):
        use(lambda bus: bus.kept("topic"))
    with pytest.raises(BusUnavailable):
        use(lambda bus: bus.subscribe(["topic"], "group").poll(1, timeout_s=LIMIT_S))


@pytest.fixture(params=sorted(SERVERS))
def away(request: pytest.FixtureRequest, tmp_path: Path) -> BusAddress:
    """Where nothing answers."""
    (tmp_path / "taken").write_text("a file in place of the folder")
    urls = {
        "sqlite": f"sqlite:///{tmp_path}/taken/bus.db",
        "kafka": "kafka://127.0.0.1:1",
        "redis": "redis://127.0.0.1:1/0",
    }
    return BusAddress(urls[request.param], timeout_s=1.0)


def _read_and_wait(address: BusAddress, topic: str, group: str, sending: Connection) -> None:
    reader = address.open().subscribe([topic], group)
    sending.send(len(reader.poll(5, timeout_s=LIMIT_S)))
    threading.Event().wait()


def _poll(reader: Subscription, n: int) -> list[Delivery]:
    """n messages, none of them acknowledged."""
    found: list[Delivery] = []
    until = monotonic() + LIMIT_S
    while len(found) < n:
        assert monotonic() < until
        found += reader.poll(n - len(found), timeout_s=1.0)
    return found


def _later() -> datetime:
    """A moment after all that was written so far, and before all that will be."""
    start = system_clock()
    while (now := system_clock()) < start + timedelta(milliseconds=5):
        pass
    return now


def _new(name: str) -> str:
    return f"{name}-{uuid4().hex}"
