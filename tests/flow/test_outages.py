"""Servers that go away for half a minute, or forget everything, under a service in use."""

import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any

import httpx2
import pytest
import redis

from tastemaker.adapters.bus.redis import RedisBus
from tastemaker.core.topics import Topic
from tests.flow.own_postgresql import OwnPostgresql, own_postgresql
from tests.flow.own_redis import OwnRedis, own_redis
from tests.flow.processes import LIMIT_S, happened, recorded, until
from tests.flow.server import RunningServer, running
from tests.flow.small import source_of
from tests.flow.visitor import FALLBACKS, KNOWN, using

OUTAGE_S = 30.0
N_ON_THE_BUS = 300


@dataclass
class World:
    bus: OwnRedis
    database: OwnPostgresql
    server: RunningServer

    def slate(self, user: str) -> dict[str, Any]:
        address = f"{self.server.address}/api/v1/recommendations/{user}"
        return dict(httpx2.get(address, timeout=LIMIT_S).raise_for_status().json())

    def source(self, user: str) -> str:
        return str(self.slate(user)["source"])

    def post(self, events: list[dict[str, Any]]) -> int:
        address = f"{self.server.address}/api/v1/interactions"
        return httpx2.post(address, json=events, timeout=LIMIT_S).status_code


@pytest.fixture(scope="module")
def world(circles_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("outages")
    home = Path(shutil.copytree(circles_home, folder / "home"))
    with (
        own_redis(folder / "redis") as bus,
        own_postgresql(folder / "postgresql") as database,
    ):
        settings = {
            **source_of(circles_home),
            "TASTEMAKER__BUS__URL": bus.url,
            "TASTEMAKER__BUS__TIMEOUT_S": "2",
            "TASTEMAKER__SLATES__URL": bus.url,
            "TASTEMAKER__SLATES__IS_ON": "true",
            "TASTEMAKER__STORE__URL": database.url,
            # A computed slate is not sent again from memory for long, so that a stored one is seen.
            "TASTEMAKER__API__REMEMBER_S": "1",
        }
        with running(home, **settings) as server:
            yield World(bus, database, server)


def test_bus_slates_and_database_away_for_half_a_minute_lose_nothing_and_all_are_answered(
    world: World,
) -> None:
    until(lambda: world.source("u0") == "stored")
    bus = RedisBus(world.bus.url, timeout_s=10.0, session_timeout_s=6.0)
    bus.publish(Topic.INTERACTIONS, [happened(n, "i01") for n in range(N_ON_THE_BUS)])
    with using(world.server.address) as seen:
        began_s = time.monotonic()
        # First it says nothing, later it is not there at all.
        world.bus.fall_silent()
        until(lambda: world.source("u0") == "model")
        assert world.post([_event("while the bus is silent")]) == HTTPStatus.OK
        world.database.stop()
        until(lambda: world.source("u0") in FALLBACKS)
        refused = _event("while the database is away")
        assert world.post([refused]) == HTTPStatus.SERVICE_UNAVAILABLE
        world.bus.kill()
        assert world.source("u1") in FALLBACKS
        until(lambda: time.monotonic() - began_s > OUTAGE_S)
        assert world.source("u1") in FALLBACKS
        world.bus.start()
        world.database.start()
        until(lambda: world.post([refused]) == HTTPStatus.OK)
        until(lambda: world.source("u0") == "stored")
    assert set(seen.statuses) == {HTTPStatus.OK}
    assert seen.sources <= {*KNOWN, *FALLBACKS}
    assert seen.refused
    # Of what was refused nobody knows whether it is there: sent again, it counts once.
    assert world.post(seen.refused) == HTTPStatus.OK
    expected = {event["event_id"] for event in seen.posted} | {f"e{n}" for n in range(N_ON_THE_BUS)}
    expected |= {"while the bus is silent", "while the database is away"}
    until(lambda: bus.lag(Topic.INTERACTIONS, "recorder") == 0)
    there = recorded(world.database.url)
    assert len(there) == len(set(there))
    assert set(there) == expected
    bus.close()


def test_an_emptied_redis_is_filled_again_and_nobody_notices(world: World) -> None:
    _ = world.slate("u20")
    until(lambda: world.source("u20") == "stored")
    bus = RedisBus(world.bus.url, timeout_s=10.0, session_timeout_s=6.0)
    with redis.Redis.from_url(world.bus.url) as client:
        client.flushall()
    assert world.source("u20") == "model"
    until(lambda: world.source("u20") == "stored")
    n_before = len(recorded(world.database.url))
    bus.publish(Topic.INTERACTIONS, [happened(10_000 + n, "i02") for n in range(10)])
    until(lambda: len(recorded(world.database.url)) == n_before + 10)
    bus.close()


def _event(event_id: str) -> dict[str, Any]:
    return {"event_id": event_id, "user_id": "u9", "item_id": "i05", "action": "watched"}
