"""Each server a service depends on, away by itself under a service in use."""

import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import httpx2
import pytest
from pymongo import MongoClient

from tests.conftest import MONGODB_URL
from tests.contracts.line import Line
from tests.flow.own_postgresql import own_postgresql
from tests.flow.own_redis import own_redis
from tests.flow.processes import LIMIT_S, recorded, until
from tests.flow.server import RunningServer, running
from tests.flow.small import source_of
from tests.flow.visitor import FALLBACKS, using

OUTAGE_S = 30.0
SHORT_OUTAGE_S = 5.0
"""Of what is asked for again every two seconds."""


@dataclass(frozen=True)
class Dependency:
    """accepts: events while it is away. answers: where they come from then, once it is known."""

    settings: dict[str, str]
    end: Callable[[], None]
    start: Callable[[], None]
    outage_s: float
    accepts: bool
    answers: tuple[str, ...]


@contextmanager
def bus(folder: Path) -> Iterator[Dependency]:
    with own_redis(folder / "redis") as server:
        settings = {"TASTEMAKER__BUS__URL": server.url, "TASTEMAKER__BUS__TIMEOUT_S": "2"}
        answers = ("stored", "model")
        yield Dependency(settings, server.kill, server.start, OUTAGE_S, True, answers)


@contextmanager
def database(folder: Path) -> Iterator[Dependency]:
    with own_postgresql(folder / "postgresql") as server:
        settings = {
            "TASTEMAKER__STORE__URL": server.url,
            "TASTEMAKER__SLATES__URL": f"sqlite:///{folder}/slates.db",
        }
        answers = ("stored", *FALLBACKS)
        yield Dependency(settings, server.stop, server.start, OUTAGE_S, False, answers)


@contextmanager
def slates_in_redis(folder: Path) -> Iterator[Dependency]:
    with own_redis(folder / "redis") as server:
        settings = {"TASTEMAKER__SLATES__URL": server.url}
        yield Dependency(settings, server.kill, server.start, SHORT_OUTAGE_S, True, ("model",))


@contextmanager
def slates_and_log_in_mongodb(_: Path) -> Iterator[Dependency]:
    if not (url := os.environ.get(MONGODB_URL)):
        pytest.skip(f"{MONGODB_URL} names no server to test with")
    own = urlsplit(url)._replace(path=f"/away_{uuid4().hex}").geturl()
    with Line(own) as line:
        settings = {
            "TASTEMAKER__SLATES__URL": line.url,
            "TASTEMAKER__SLATE_LOG__URL": line.url,
        }
        yield Dependency(settings, line.cut, line.mend, SHORT_OUTAGE_S, True, ("model",))
        with MongoClient[dict[str, Any]](own) as client:
            client.drop_database(urlsplit(own).path.lstrip("/"))


KINDS = (bus, database, slates_in_redis, slates_and_log_in_mongodb)


@pytest.fixture(params=KINDS, ids=[kind.__name__ for kind in KINDS])
def dependency(
    request: pytest.FixtureRequest, tmp_path: Path, circles_home: Path
) -> Iterator[Dependency]:
    with request.param(tmp_path) as found:
        settings = {
            **source_of(circles_home),
            "TASTEMAKER__SLATES__IS_ON": "true",
            "TASTEMAKER__STORE__URL": f"sqlite:///{tmp_path}/tastemaker.db",
        }
        yield replace(found, settings={**settings, **found.settings})


@pytest.fixture
def server(circles_home: Path, tmp_path: Path, dependency: Dependency) -> Iterator[RunningServer]:
    home = Path(shutil.copytree(circles_home, tmp_path / "home"))
    with running(home, **dependency.settings) as server:
        yield server


def test_while_one_is_away_all_are_answered_and_nothing_accepted_is_lost(
    dependency: Dependency, server: RunningServer
) -> None:
    until(lambda: _slate(server, "u0")["source"] == "stored")
    with using(server.address) as seen:
        until(lambda: len(seen.posted) > 3)
        dependency.end()
        began_s = time.monotonic()
        until(lambda: _slate(server, "u0")["source"] in dependency.answers)
        until(lambda: time.monotonic() - began_s > dependency.outage_s)
        n_refused = len(seen.refused)
        assert _slate(server, "u0")["source"] in dependency.answers
        dependency.start()
        # Nobody does anything: gateway and roles find it by themselves.
        until(lambda: _slate(server, "u0")["source"] == "stored")
        until(lambda: _post(server, seen.posted[:1]) == HTTPStatus.OK)
    assert set(seen.statuses) == {HTTPStatus.OK}
    assert seen.sources <= {"stored", "model", *dependency.answers}
    assert bool(n_refused) is not dependency.accepts
    # Of what was refused nobody knows whether it is there: sent again, it counts once.
    assert _post(server, [*seen.refused, *seen.posted[:1]]) == HTTPStatus.OK
    there = recorded(dependency.settings["TASTEMAKER__STORE__URL"])
    assert sorted(there) == sorted(event["event_id"] for event in seen.posted)
    until(lambda: _answered(server))


def _answered(server: RunningServer) -> bool:
    """Feedback on a slate shown now."""
    slate = _slate(server, "u0")
    body = {"item_id": slate["items"][0]["item_id"], "action": "like"}
    address = f"{server.address}/api/v1/feedback/{slate['session_id']}"
    return httpx2.post(address, json=body, timeout=LIMIT_S).is_success


def _slate(server: RunningServer, user: str) -> dict[str, Any]:
    address = f"{server.address}/api/v1/recommendations/{user}"
    return dict(httpx2.get(address, timeout=LIMIT_S).raise_for_status().json())


def _post(server: RunningServer, events: list[dict[str, Any]]) -> int:
    address = f"{server.address}/api/v1/interactions"
    return httpx2.post(address, json=events, timeout=LIMIT_S).status_code
