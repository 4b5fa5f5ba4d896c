"""A server that goes away is named at once, and used again when it is back."""

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from time import monotonic

import pytest
import redis
from pydantic import SecretStr

from tastemaker.core.backends import SlateLogConfig, SlatesConfig
from tastemaker.core.clock import system_clock
from tastemaker.core.errors import BusUnavailable, SlateLogUnavailable, SlatesUnavailable
from tastemaker.core.ids import SessionId
from tastemaker.core.stored_slate import SlateKey, SlateKind, StoredSlate
from tastemaker.ports import SlateLog, Slates
from tastemaker.wire.backends import open_slate_log, open_slates
from tests.contracts.buses import LIMIT_S, BusAddress, message, numbers, read
from tests.contracts.line import Line

VARIABLES = {
    "mongodb": "TASTEMAKER_TEST_MONGODB_URL",
    "postgresql": "TASTEMAKER_TEST_POSTGRES_URL",
    "redis": "TASTEMAKER_TEST_REDIS_URL",
}
N_KEYS = 32
SLATE = StoredSlate(SlateKey(SlateKind.USER, "ann", "full"), "v1", datetime.now(UTC), b"{}")


def _line(kind: str) -> Iterator[Line]:
    url = os.environ.get(VARIABLES[kind])
    if not url:
        pytest.skip(f"{VARIABLES[kind]} names no server to test with")
    with Line(url) as line:
        yield line


@pytest.fixture(params=sorted(VARIABLES))
def line(request: pytest.FixtureRequest) -> Iterator[Line]:
    yield from _line(request.param)


@pytest.fixture
def redis_line() -> Iterator[Line]:
    yield from _line("redis")


@pytest.fixture(params=["mongodb", "postgresql"])
def log_line(request: pytest.FixtureRequest) -> Iterator[Line]:
    yield from _line(request.param)


@pytest.fixture(params=["mongodb", "redis"])
def stalling_line(request: pytest.FixtureRequest) -> Iterator[Line]:
    yield from _line(request.param)


def test_stored_slates_come_back_with_their_server(line: Line) -> None:
    with open_slates(SlatesConfig(url=SecretStr(line.url), timeout_s=1.0), system_clock) as slates:
        slates.put_many([SLATE])
        line.cut()
        _refuses_all(slates)
        line.mend()
        _eventually(lambda: slates.get(SLATE.key) is not None, SlatesUnavailable)
        slates.delete([SLATE.key])


def test_a_server_that_says_nothing_is_given_up(stalling_line: Line) -> None:
    with open_slates(
        SlatesConfig(url=SecretStr(stalling_line.url), timeout_s=1.0), system_clock
    ) as slates:
        slates.put_many([SLATE])
        stalling_line.stall()
        _refuses_all(slates)
        stalling_line.mend()
        _eventually(lambda: slates.get(SLATE.key) is not None, SlatesUnavailable)
        slates.delete([SLATE.key])


def test_the_log_of_slates_comes_back_with_its_server(log_line: Line) -> None:
    config = SlateLogConfig(url=SecretStr(log_line.url))
    with open_slate_log(config) as log:
        log_line.cut()
        with pytest.raises(SlateLogUnavailable):
            _find(log)
        log_line.mend()
        _eventually(lambda: _find(log), SlateLogUnavailable)


def test_a_reader_goes_on_when_its_bus_is_back(redis_line: Line) -> None:
    topic = f"away-{datetime.now(UTC).timestamp()}"
    bus = BusAddress(redis_line.url, timeout_s=0.5).open()
    reader = bus.subscribe([topic], "group")
    bus.publish(topic, [message(0, "k"), message(1, "k")])
    assert numbers(read(reader, 1)) == [0]
    redis_line.cut()
    with pytest.raises(BusUnavailable):
        bus.publish(topic, [message(2, "k")])
    with pytest.raises(BusUnavailable):
        read(reader, 3)
    redis_line.mend()
    _eventually(lambda: bus.lag(topic, "group") == 1, BusUnavailable)
    bus.publish(topic, [message(2, "k")])
    reader.close()
    later = bus.subscribe([topic], "group")
    assert numbers(read(later, 2)) == [1, 2]
    later.close()
    bus.close()


def test_an_emptied_redis_is_used_again(redis_line: Line) -> None:
    """What was in it is lost; readers and writers go on with what comes."""
    topic = f"emptied-{datetime.now(UTC).timestamp()}"
    bus = BusAddress(redis_line.url).open()
    reader = bus.subscribe([topic], "group")
    bus.publish(topic, [message(0, "k"), message(1, "k")])
    lost = reader.poll(10, timeout_s=LIMIT_S)
    with open_slates(SlatesConfig(url=SecretStr(redis_line.url)), system_clock) as slates:
        slates.put_many([SLATE])
        with redis.Redis.from_url(redis_line.url) as client:
            client.flushdb()
        assert slates.get(SLATE.key) is None
        slates.put_many([SLATE])
        assert slates.get(SLATE.key) == SLATE
        slates.delete([SLATE.key])
    bus.publish(topic, [message(2, "k")])
    reader.acknowledge(lost)
    assert numbers(read(reader, 1)) == [2]
    reader.close()
    bus.close()


def test_who_lives_on_when_redis_is_emptied_is_told_from_who_joins_then(redis_line: Line) -> None:
    """Otherwise two of them would read the messages of one key at once."""
    topic, group = f"emptied-{datetime.now(UTC).timestamp()}", "told-apart"
    bus = BusAddress(redis_line.url).open()
    with redis.Redis.from_url(redis_line.url) as client:
        client.flushdb()
        readers = [bus.subscribe([topic], group) for _ in range(2)]
        client.flushdb()
    readers += [bus.subscribe([topic], group) for _ in range(2)]
    given: list[list[int]] = [[] for _ in readers]
    n, until = 0, monotonic() + LIMIT_S
    # Nothing is acknowledged, so that a later message of a key may go to nobody else.
    while not all(given):
        assert monotonic() < until
        bus.publish(topic, [message(n + key, f"k{key}") for key in range(N_KEYS)])
        n += N_KEYS
        for reader, mine in zip(readers, given, strict=True):
            mine += numbers(reader.poll(100, timeout_s=0.05))
    keys = [{number % N_KEYS for number in mine} for mine in given]
    assert sum(map(len, keys)) == len(set().union(*keys))
    for reader in readers:
        reader.close()
    bus.close()


def _refuses_all(slates: Slates) -> None:
    works: list[Callable[[], object]] = [
        lambda: slates.get(SLATE.key),
        lambda: slates.put_many([SLATE]),
        lambda: list(slates.older_than(SLATE.made_at, "v2", 10)),
        lambda: slates.delete([SLATE.key]),
        slates.kept,
    ]
    for work in works:
        with pytest.raises(SlatesUnavailable):
            work()


def _find(log: SlateLog) -> bool:
    return log.find(SessionId("nobody's")) is None


def _eventually(holds: Callable[[], bool], away: type[Exception]) -> None:
    until = monotonic() + LIMIT_S
    while True:
        try:
            if holds():
                return
        except away:
            pass
        assert monotonic() < until
