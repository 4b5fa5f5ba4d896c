"""What only Kafka can do to its readers and writers."""

from collections.abc import Iterator
from time import monotonic
from uuid import uuid4

import pytest
from confluent_kafka.admin import AdminClient

from tastemaker.core.errors import BusUnavailable, RequestInvalid
from tastemaker.core.message import Message
from tastemaker.ports import Bus, Subscription
from tests.contracts.buses import LIMIT_S, BusAddress, address_of, message, numbers, read

QUICK_TO_NOTICE = "?topic.metadata.refresh.interval.ms=200"


@pytest.fixture
def address(tmp_path_factory: pytest.TempPathFactory) -> BusAddress:
    found = address_of("kafka", tmp_path_factory.getbasetemp())
    if found is None:
        pytest.skip("no Kafka to test with: make servers")
    return BusAddress(found.url + QUICK_TO_NOTICE)


@pytest.fixture
def bus(address: BusAddress) -> Iterator[Bus]:
    bus = address.open()
    yield bus
    bus.close()


@pytest.fixture
def topic() -> str:
    return f"topic-{uuid4().hex}"


def test_a_reader_whose_topic_is_gone_hears_of_it(
    bus: Bus, address: BusAddress, topic: str
) -> None:
    bus.publish(topic, [message(1)])
    reader = bus.subscribe([topic], topic)
    read(reader, 1)
    servers = address.url.removeprefix("kafka://").removesuffix(QUICK_TO_NOTICE)
    admin = AdminClient({"bootstrap.servers": servers})
    admin.delete_topics([topic])[topic].result(LIMIT_S)
    with pytest.raises(BusUnavailable, match=topic):
        _poll_on(reader)
    reader.close()
    # It is made anew for who goes on.
    _published(bus, topic)
    reader = bus.subscribe([topic], topic)
    assert numbers(read(reader, 1)) == [2]
    reader.close()


def test_a_message_that_kafka_never_takes_is_refused_and_not_waited_for(
    bus: Bus, topic: str
) -> None:
    with pytest.raises(RequestInvalid, match="refuses"):
        bus.publish(topic, [Message("large", "k", b"x" * 2**21)])
    bus.publish(topic, [message(1)])
    reader = bus.subscribe([topic], topic)
    assert numbers(read(reader, 1)) == [1]
    reader.close()


def _poll_on(reader: Subscription) -> None:
    until = monotonic() + LIMIT_S
    while monotonic() < until:
        reader.poll(10, timeout_s=0.5)


def _published(bus: Bus, topic: str) -> None:
    until = monotonic() + LIMIT_S
    while True:
        try:
            return bus.publish(topic, [message(2)])
        except BusUnavailable:
            assert monotonic() < until
