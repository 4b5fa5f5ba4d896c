"""Machines that come and go leave nothing behind in a Redis that carries the bus."""

import os
import threading
from collections.abc import Iterator
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
