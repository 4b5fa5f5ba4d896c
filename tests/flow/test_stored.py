"""Stored slates: served where they are fresh, made anew where they are not, by real processes."""

import csv
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tastemaker.store.engine import StoreConfig, open_engine
from tastemaker.store.interactions import InteractionLog
from tests.flow.processes import until
from tests.flow.server import RunningServer, run, running

STORED = {"TASTEMAKER__SLATES__IS_ON": "true"}


@pytest.fixture
def server(home: Path) -> Iterator[RunningServer]:
    with running(home, **STORED) as server:
        yield server


def _slate(server: RunningServer, user: str, **query: str) -> dict[str, Any]:
    address = f"{server.address}/api/v1/recommendations/{user}"
    return dict(httpx2.get(address, params=query).raise_for_status().json())


def _source_is(server: RunningServer, user: str, source: str) -> Callable[[], bool]:
    return lambda: _slate(server, user)["source"] == source


def _rate(server: RunningServer, user: str, item: str) -> None:
    event = {"user_id": user, "item_id": item, "action": "rate", "value": 5.0}
    httpx2.post(f"{server.address}/api/v1/interactions", json=event).raise_for_status()


def test_a_slate_is_computed_once_and_then_served_as_stored(server: RunningServer) -> None:
    first = _slate(server, "1")
    assert first["source"] == "model"
    until(_source_is(server, "1", "stored"))
    again = _slate(server, "1")
    assert [item["item_id"] for item in again["items"]] == [
        item["item_id"] for item in first["items"]
    ]
    assert again["session_id"] != first["session_id"]
    following = _slate(server, "1", cursor=again["next_cursor"])
    shown = {item["item_id"] for item in again["items"]}
    assert not shown & {item["item_id"] for item in following["items"]}


def test_items_similar_to_one_are_computed_once_and_then_served_as_stored(
    server: RunningServer,
) -> None:
    def similar(**query: str) -> dict[str, Any]:
        address = f"{server.address}/api/v1/items/1/similar"
        return dict(httpx2.get(address, params=query).raise_for_status().json())

    first = similar()
    assert first["source"] == "model"
    until(lambda: similar()["source"] == "stored")
    assert similar()["items"] == first["items"]
    assert similar(genre="Comedy")["source"] == "model"


def test_what_a_person_does_beats_the_stored_slate_at_once(server: RunningServer) -> None:
    _slate(server, "2")
    until(_source_is(server, "2", "stored"))
    liked = _slate(server, "2")["items"][0]["item_id"]
    _rate(server, "2", liked)
    now = _slate(server, "2")
    assert now["source"] == "model"
    assert liked not in {item["item_id"] for item in now["items"]}
    until(_source_is(server, "2", "stored"))
    assert liked not in {item["item_id"] for item in _slate(server, "2")["items"]}


def test_filters_and_other_lengths_are_computed(server: RunningServer) -> None:
    _slate(server, "3")
    until(_source_is(server, "3", "stored"))
    assert _slate(server, "3", k="7")["source"] == "model"
    assert _slate(server, "3", genre="Drama")["source"] == "model"


def test_many_users_are_asked_for_at_once_and_all_are_answered(
    server: RunningServer, tmp_path: Path
) -> None:
    users = tmp_path / "users.txt"
    users.write_text("\n".join(str(number) for number in range(1, 31)))
    done = run(
        "ask", users, "--url", server.address, "--duplicates", "1", "--k", "5",
        "--out", tmp_path / "out.csv", cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "answers a second" in done.stdout
    with (tmp_path / "out.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert {row["user_id"] for row in rows} == {str(number) for number in range(1, 31)}
    assert len(rows) == 60 * 5


@pytest.mark.usefixtures("server")
def test_events_simulated_are_recorded_once(home: Path) -> None:
    done = run("simulate", "--last", "50", "--period-s", "0", "--home", home, cwd=home.parent)
    assert done.returncode == 0, done.stderr
    assert "50 of 50 events are on the bus" in done.stdout
    until(lambda: _n_recorded(home) == 50)
    again = run("simulate", "--last", "50", "--period-s", "0", "--home", home, cwd=home.parent)
    assert "50 of 50 events are on the bus" in again.stdout
    assert _n_recorded(home) == 50


def _n_recorded(home: Path) -> int:
    engine = open_engine(f"sqlite:///{home}/tastemaker.db", StoreConfig())
    log = InteractionLog(engine)
    try:
        return log.count()
    finally:
        log.close()
        engine.dispose()
