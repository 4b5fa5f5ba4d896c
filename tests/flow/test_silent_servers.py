"""Bus and stored slates that hang: who needs them waits, and nobody else does."""

import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

import httpx2
import pytest

from tests.flow.own_redis import OwnRedis, own_redis
from tests.flow.processes import LIMIT_S, until
from tests.flow.server import RunningServer, running
from tests.flow.small import source_of

SILENT_S = "15"
"""Long enough that whoever waits for a server is still waiting when others are answered."""


@dataclass(frozen=True)
class World:
    bus: OwnRedis
    slates: OwnRedis
    server: RunningServer

    def get(self, path: str) -> httpx2.Response:
        address = f"{self.server.address}/{path}"
        return httpx2.get(address, timeout=LIMIT_S).raise_for_status()

    def source(self, user: str) -> str:
        return str(self.get(f"api/v1/recommendations/{user}").json()["source"])

    def post(self, path: str, body: object = None) -> int:
        address = f"{self.server.address}/api/v1/{path}"
        return httpx2.post(address, json=body, timeout=LIMIT_S).status_code


@pytest.fixture(scope="module")
def world(circles_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("silent")
    home = Path(shutil.copytree(circles_home, folder / "home"))
    with own_redis(folder / "bus") as bus, own_redis(folder / "slates") as slates:
        settings = {
            **source_of(circles_home),
            "TASTEMAKER__BUS__URL": bus.url,
            "TASTEMAKER__BUS__TIMEOUT_S": SILENT_S,
            "TASTEMAKER__SLATES__URL": slates.url,
            "TASTEMAKER__SLATES__TIMEOUT_S": SILENT_S,
            "TASTEMAKER__SLATES__IS_ON": "true",
        }
        with running(home, **settings) as server:
            yield World(bus, slates, server)


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor() as pool:
        yield pool


def test_stored_slates_that_hang_are_waited_for_by_those_alone_who_ask_for_one(
    world: World, pool: ThreadPoolExecutor
) -> None:
    until(lambda: world.source("u1") == "stored")
    similar = "api/v1/items/i05/similar"
    until(lambda: world.get(similar).json()["source"] == "stored")
    with world.slates.frozen():
        asked = [pool.submit(world.source, f"u{n}") for n in range(2, 10)]
        asked.append(pool.submit(lambda: str(world.get(similar).json()["source"])))
        for _ in range(20):
            world.get("health/live")
            world.get("api/v1/items")
        assert not any(one.done() for one in asked)
        assert {one.result(LIMIT_S) for one in asked} == {"model"}
        # By now it is known to be away, and found out about by one at a time.
        assert world.source("u20") == "model"
    until(lambda: world.source("u1") == "stored")


def test_a_bus_that_hangs_is_waited_for_by_those_alone_who_ask_for_a_training(
    world: World, pool: ThreadPoolExecutor
) -> None:
    with world.bus.frozen():
        asked = pool.submit(world.post, "retrain")
        until(lambda: world.get("api/v1/retrain").json()["phase"] == "asked")
        for path in ("health/live", "api/v1/items", "api/v1/recommendations/u0"):
            world.get(path)
        # A second one need not wait to be told that there is a first.
        assert world.post("retrain") == HTTPStatus.CONFLICT
        event = {"user_id": "u0", "item_id": "i05", "action": "watched"}
        assert world.post("interactions", event) == HTTPStatus.OK
        assert not asked.done()
        assert asked.result(LIMIT_S) == HTTPStatus.SERVICE_UNAVAILABLE
        assert world.get("api/v1/retrain").json()["phase"] == "never asked"
