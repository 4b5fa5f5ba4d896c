"""A database that hangs: its connections stand, and nothing comes of them."""

import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.flow.own_postgresql import OwnPostgresql, own_postgresql
from tests.flow.processes import LIMIT_S, recorded, until
from tests.flow.server import RunningServer, running
from tests.flow.small import source_of
from tests.flow.visitor import FALLBACKS

SILENT_S = 15
"""Long enough that whoever waits for the database is still waiting when others are answered."""


@pytest.fixture
def database(tmp_path: Path) -> Iterator[OwnPostgresql]:
    with own_postgresql(tmp_path / "postgresql") as database:
        yield database


@pytest.fixture
def server(circles_home: Path, tmp_path: Path, database: OwnPostgresql) -> Iterator[RunningServer]:
    home = Path(shutil.copytree(circles_home, tmp_path / "home"))
    settings = {
        **source_of(circles_home),
        "TASTEMAKER__STORE__URL": database.url,
        "TASTEMAKER__STORE__TIMEOUT_S": str(SILENT_S),
        "TASTEMAKER__SLATES__URL": f"sqlite:///{tmp_path}/slates.db",
        "TASTEMAKER__SLATES__IS_ON": "true",
    }
    with running(home, **settings) as server:
        yield server


def test_a_silent_database_keeps_nobody_waiting_who_needs_it_not(
    server: RunningServer, database: OwnPostgresql
) -> None:
    event = {"event_id": "e1", "user_id": "u9", "item_id": "i05", "action": "watched"}
    until(lambda: _slate(server, "u0")["source"] == "stored")
    with ThreadPoolExecutor() as pool, httpx2.Client(timeout=LIMIT_S) as client:
        client.get(f"{server.address}/health/live").raise_for_status()
        with database.frozen():
            waiting = [pool.submit(_slate, server, user) for user in ("u0", "u1")]
            posted = pool.submit(_post, server, event)
            for path in ("health/live", "api/v1/items", "api/v1/items/i01/similar"):
                client.get(f"{server.address}/{path}").raise_for_status()
            assert not any(one.done() for one in waiting)
            assert posted.result(LIMIT_S) == HTTPStatus.SERVICE_UNAVAILABLE
            # Those who had to find it out are answered as well.
            assert waiting[0].result(LIMIT_S)["source"] == "stored"
            assert waiting[1].result(LIMIT_S)["source"] in FALLBACKS
            assert _slate(server, "u0")["source"] == "stored"
            assert _slate(server, "u2")["source"] in FALLBACKS
            assert httpx2.get(f"{server.address}/health/ready", timeout=LIMIT_S).is_error
        until(lambda: _post(server, event) == HTTPStatus.OK)
        until(lambda: _slate(server, "u1")["source"] == "model")
    assert recorded(database.url) == ["e1"]


def _slate(server: RunningServer, user: str) -> dict[str, Any]:
    address = f"{server.address}/api/v1/recommendations/{user}"
    return dict(httpx2.get(address, timeout=LIMIT_S).raise_for_status().json())


def _post(server: RunningServer, event: dict[str, str]) -> int:
    address = f"{server.address}/api/v1/interactions"
    return httpx2.post(address, json=event, timeout=LIMIT_S).status_code
