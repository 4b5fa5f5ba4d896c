"""Machines that come and go leave nothing behind in a Redis that carries the bus."""

import os
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import get_context
from multiprocessing.synchronize import Event
from time import monotonic
from typing import Any
from uuid import uuid4

import pytest
import redis

from tastemaker.adapters.bus.redis import RedisBus
from tastemaker.core.clock import system_clock
from tests.contracts.buses import LIMIT_S, SERVERS, message, numbers, read

QUICK_S = 0.2


@pytest.fixture
def url() -> str:
    url = os.environ.get(SERVERS["redis"])
    if not url:
        pytest.skip(f"{SERVERS['redis']} names no server to test with")
    return url


@pytest.fixture
def client(url: str) -> Iterator["redis.Redis"]:
    with redis.Redis.from_url(url) as client:
        yield client


def test_a_group_that_nobody_reads_by_is_dropped_and_one_with_a_member_stays(
    url: str, client: "redis.Redis"
) -> None:
    topic, gone, left, there = (f"{name}-{uuid4().hex}" for name in ("topic", "a", "b", "c"))
    bus = _open(url)
    bus.publish(topic, [message(number, str(number)) for number in range(20)])
    _read_and_be_killed(url, topic, gone)
    leaving = bus.subscribe([topic], left)
    read(leaving, 20)
    leaving.close()
    staying = bus.subscribe([topic], there)
    read(staying, 15)
    until = monotonic() + LIMIT_S
    while _groups(client, topic) != {there}:
        assert monotonic() < until
        # Nothing is old enough to be forgotten by its time.
        bus.prune(topic, system_clock(), read_by="nobody")
    assert not client.exists(*(f"bus-{what}:{gone}" for what in ("seen", "topics", "owners")))
    assert len(set(numbers(read(staying, 5)))) == 5
    assert bus.lag(topic, there) == 0
    # Who comes back is given all that is kept.
    back = bus.subscribe([topic], gone)
    assert sorted(numbers(read(back, 20))) == list(range(20))
    for reader in (back, staying):
        reader.close()
    bus.close()


@pytest.mark.parametrize("is_group_alone", [False, True])
@pytest.mark.parametrize("while_read", [False, True])
def test_a_stream_or_a_group_that_vanished_is_made_again_and_read(
    url: str, client: "redis.Redis", while_read: bool, is_group_alone: bool
) -> None:
    topic, group = (f"{name}-{uuid4().hex}" for name in ("topic", "group"))
    bus = _open(url)
    reader = bus.subscribe([topic], group)
    bus.publish(topic, [message(number, str(number)) for number in range(20)])
    read(reader, 20)
    bus.prune(topic, system_clock(), read_by=group)
    lost = f"bus:{topic}:3"

    def lose() -> None:
        if while_read:
            _wait_until_blocked(client)
        if is_group_alone:
            client.xgroup_destroy(lost, group)
        else:
            client.delete(lost)

    with ThreadPoolExecutor() as pool:
        losing = pool.submit(lose)
        while while_read and not losing.done():
            assert reader.poll(1, timeout_s=0.1) == []
        losing.result()
    bus.publish(topic, [message(number, str(number)) for number in range(20, 40)])
    assert sorted(set(numbers(read(reader, 20)))) == list(range(20, 40))
    assert client.exists(lost)
    reader.close()
    bus.close()


def _wait_until_blocked(client: "redis.Redis") -> None:
    until = monotonic() + LIMIT_S
    while not client.info("clients")["blocked_clients"]:
        assert monotonic() < until


def _open(url: str) -> RedisBus:
    return RedisBus(url, timeout_s=10.0, session_timeout_s=QUICK_S)


def _read_and_be_killed(url: str, topic: str, group: str) -> None:
    context = get_context("spawn")
    has_read = context.Event()
    process = context.Process(target=_read, args=(url, topic, group, has_read))
    process.start()
    assert has_read.wait(LIMIT_S)
    process.kill()
    process.join()


def _read(url: str, topic: str, group: str, has_read: Event) -> None:
    reader = _open(url).subscribe([topic], group)
    reader.poll(20, timeout_s=LIMIT_S)
    has_read.set()
    threading.Event().wait()


def _groups(client: "redis.Redis", topic: str) -> set[str]:
    found: set[str] = set()
    for partition in range(8):
        groups: Any = client.xinfo_groups(f"bus:{topic}:{partition}")
        found |= {group["name"].decode() for group in groups}
    return found
