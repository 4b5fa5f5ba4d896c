"""Servers that go away for half a minute, or forget everything, under a service in use."""

import shutil
import signal
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any

import httpx2
import pytest
import redis
from deploy.servers.postgresql_server import PostgresqlServer
from deploy.servers.process import Failed, free_ports, listens

from tastemaker.adapters.bus.redis import RedisBus
from tastemaker.core.topics import Topic
from tests.flow.processes import LIMIT_S, happened, recorded, until
from tests.flow.server import RunningServer, running
from tests.flow.small import source_of

OUTAGE_S = 30.0
PAUSE_S = 0.1
KNOWN = ("stored", "model")
FALLBACKS = ("popular_in_genre", "popular")
N_ON_THE_BUS = 300


class OwnRedis:
    """Of this test alone, so that it may be ended in any way. It keeps what it has accepted."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        (self._port,) = free_ports(1)
        self.url = f"redis://127.0.0.1:{self._port}/0"
        self._command = ["redis-server", "--port", str(self._port), "--bind", "127.0.0.1"]
        self._command += ["--dir", str(folder), "--appendonly", "yes", "--appendfsync", "always"]
        self.start()

    def start(self) -> None:
        self._process = subprocess.Popen(self._command, stdout=subprocess.DEVNULL)
        until(lambda: listens(self._port))

    def fall_silent(self) -> None:
        self._process.send_signal(signal.SIGSTOP)

    def kill(self) -> None:
        self._process.kill()
        self._process.wait(LIMIT_S)


class OwnPostgresql:
    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self._folder = folder
        self._server = PostgresqlServer()
        (self._port,) = free_ports(1)
        self._server.install(folder)
        self.start()

    def start(self) -> None:
        self.url = self._server.start(self._folder, self._port)

    def stop(self) -> None:
        self._server.stop(self._folder)

    def remove(self) -> None:
        self.stop()
        shutil.rmtree((self._folder / "data").resolve())


@contextmanager
def own_servers(folder: Path) -> Iterator[tuple[OwnRedis, OwnPostgresql]]:
    if shutil.which("redis-server") is None:
        pytest.skip("redis-server is not installed")
    try:
        database = OwnPostgresql(folder / "postgresql")
    except Failed as error:
        pytest.skip(str(error))
    try:
        bus = OwnRedis(folder / "redis")
        try:
            yield bus, database
        finally:
            bus.kill()
    finally:
        database.remove()


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
    with own_servers(folder) as (bus, database):
        settings = {
            **source_of(circles_home),
            "TASTEMAKER__BUS__URL": bus.url,
            "TASTEMAKER__BUS__TIMEOUT_S": "2",
            "TASTEMAKER__SLATES__URL": bus.url,
            "TASTEMAKER__SLATES__IS_ON": "true",
            "TASTEMAKER__STORE__URL": database.url,
        }
        with running(home, **settings) as server:
            yield World(bus, database, server)


@dataclass
class Seen:
    """What somebody met who used the service without a pause."""

    statuses: Counter[int] = field(default_factory=Counter)
    sources: set[str] = field(default_factory=set)
    posted: list[dict[str, Any]] = field(default_factory=list)
    refused: list[dict[str, Any]] = field(default_factory=list)


@contextmanager
def using(world: World) -> Iterator[Seen]:
    seen, ended = Seen(), threading.Event()

    def use() -> None:
        with httpx2.Client(timeout=LIMIT_S) as client:
            while not ended.wait(PAUSE_S):
                address = f"{world.server.address}/api/v1"
                answer = client.get(f"{address}/recommendations/u{len(seen.posted) % 5}")
                seen.statuses[answer.status_code] += 1
                if answer.is_success:
                    seen.sources.add(answer.json()["source"])
                event = {
                    "event_id": f"p{len(seen.posted)}",
                    "user_id": f"u{len(seen.posted) % 5 + 5}",
                    "item_id": "i01",
                    "action": "watched",
                }
                seen.posted.append(event)
                if not client.post(f"{address}/interactions", json=event).is_success:
                    seen.refused.append(event)

    thread = threading.Thread(target=use)
    thread.start()
    try:
        yield seen
    finally:
        ended.set()
        thread.join(LIMIT_S)
    assert not thread.is_alive()


def test_bus_slates_and_database_away_for_half_a_minute_lose_nothing_and_all_are_answered(
    world: World,
) -> None:
    until(lambda: world.source("u0") == "stored")
    bus = RedisBus(world.bus.url, timeout_s=10.0, session_timeout_s=6.0)
    bus.publish(Topic.INTERACTIONS, [happened(n, "i01") for n in range(N_ON_THE_BUS)])
    with using(world) as seen:
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
