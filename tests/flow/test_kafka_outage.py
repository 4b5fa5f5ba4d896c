"""A Kafka broker that dies under a service in use, and comes back."""

import shutil
import time
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.flow.own_kafka import OwnKafka
from tests.flow.processes import LIMIT_S, recorded, until
from tests.flow.server import RunningServer, running
from tests.flow.small import source_of
from tests.flow.visitor import KNOWN, using

OUTAGE_S = 30.0


@pytest.fixture
def server(circles_home: Path, tmp_path: Path, kafka: OwnKafka) -> Iterator[RunningServer]:
    settings = {
        **source_of(circles_home),
        "TASTEMAKER__BUS__URL": kafka.url,
        "TASTEMAKER__BUS__TIMEOUT_S": "2",
        "TASTEMAKER__SLATES__IS_ON": "true",
        "TASTEMAKER__INTERACTIONS__THROUGH": "bus",
    }
    home = Path(shutil.copytree(circles_home, tmp_path / "home"))
    with running(home, **settings) as server:
        yield server


def test_a_broker_that_is_killed_and_comes_back_loses_nothing_and_all_are_answered(
    server: RunningServer, kafka: OwnKafka, tmp_path: Path
) -> None:
    database_url = f"sqlite:///{tmp_path}/home/tastemaker.db"
    until(lambda: _slate(server, "u0")["source"] == "stored")
    with using(server.address) as seen:
        until(lambda: len(recorded(database_url)) >= 3)
        kafka.kill()
        began_s = time.monotonic()
        until(lambda: seen.refused)
        assert _slate(server, "u0")["source"] == "stored"
        until(lambda: time.monotonic() - began_s > OUTAGE_S)
        n_before = len(recorded(database_url))
        kafka.start()
        # Nobody does anything: gateway and roles find it by themselves.
        until(lambda: len(recorded(database_url)) > n_before)
    assert set(seen.statuses) == {HTTPStatus.OK}
    assert seen.sources <= set(KNOWN)
    assert seen.refusals == {HTTPStatus.SERVICE_UNAVAILABLE}
    # Of what was refused nobody knows whether it is on the bus: sent again, it counts once.
    until(lambda: _post(server, seen.refused) == HTTPStatus.ACCEPTED)
    expected = {event["event_id"] for event in seen.posted}
    until(lambda: set(recorded(database_url)) == expected)
    there = recorded(database_url)
    assert len(there) == len(set(there))
    until(lambda: _slate(server, "u5")["source"] == "stored")
    assert "i01" not in {item["item_id"] for item in _slate(server, "u5")["items"]}


def _slate(server: RunningServer, user: str) -> dict[str, Any]:
    address = f"{server.address}/api/v1/recommendations/{user}"
    return dict(httpx2.get(address, timeout=LIMIT_S).raise_for_status().json())


def _post(server: RunningServer, events: list[dict[str, Any]]) -> int:
    address = f"{server.address}/api/v1/interactions"
    return httpx2.post(address, json=events, timeout=LIMIT_S).status_code
