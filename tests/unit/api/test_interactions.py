from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from tastemaker.adapters.bus.sqlite import SqliteBus
from tastemaker.api.api_config import ApiConfig
from tastemaker.api.app import create_app
from tastemaker.api.services import Services
from tastemaker.core.ids import UserId
from tastemaker.core.topics import Topic
from tastemaker.ports import Bus
from tastemaker.roles.outbox import Outbox
from tastemaker.roles.recorder import Recorder
from tastemaker.store.group_commit import GroupCommitConfig
from tests.unit.api.shop import NOW

GOOD = {"event_id": "e1", "user_id": "ann", "item_id": "3", "action": "rate", "value": 4.5}


@pytest.fixture
def bus(tmp_path: Path) -> Iterator[Bus]:
    bus = SqliteBus(tmp_path / "interactions.db", lambda: NOW)
    yield bus
    bus.close()


def post(client: TestClient, body: Any) -> Any:
    return client.post("/api/v1/interactions", json=body)


def test_an_event_is_stored_as_sent(client: TestClient, services: Services) -> None:
    event = GOOD | {"at": "2024-01-02T03:04:05.678+02:00", "price": 3.5, "session_id": "s"}
    answer = post(client, event)
    assert answer.status_code == 200
    assert answer.json() == {
        "accepted": 1,
        "duplicates": 0,
        "event_ids": ["e1"],
        "rejected": [],
    }
    [stored] = services.interactions.of_user(UserId("ann"), 10)
    assert stored.at.isoformat() == "2024-01-02T01:04:05.678000+00:00"
    assert (stored.value, stored.price, stored.session_id) == (4.5, 3.5, "s")


def test_an_event_without_id_and_time_gets_both(client: TestClient, services: Services) -> None:
    post(client, {"user_id": "ann", "item_id": "3", "action": "like"})
    [stored] = services.interactions.of_user(UserId("ann"), 10)
    assert stored.at == NOW
    assert stored.event_id == "made-0"


def test_the_same_event_counts_once(client: TestClient, services: Services) -> None:
    assert post(client, GOOD).json()["accepted"] == 1
    assert post(client, GOOD).json()["duplicates"] == 1
    again = post(client, [GOOD, GOOD | {"event_id": "e2"}]).json()
    assert (again["accepted"], again["duplicates"]) == (1, 1)
    assert services.interactions.count() == 2


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"item_id": "no such"}, "item_id"),
        ({"item_id": ""}, "item_id"),
        ({"user_id": "a\x00b"}, "user_id"),
        ({"user_id": "u" * 257}, "user_id"),
        ({"user_id": 7}, "user_id"),
        ({"value": None}, "value"),
        ({"value": 0}, "value"),
        ({"value": 5.5}, "value"),
        ({"value": -1}, "value"),
        ({"value": "4"}, "value"),
        ({"action": "stare"}, "action"),
        ({"action": "watched", "value": 1.5}, "value"),
        ({"action": "purchase", "value": 0}, "value"),
        ({"at": "2024-01-02T03:04:05"}, "at"),
        ({"at": "yesterday"}, "at"),
        ({"at": 1700000000}, "at"),
        ({"at": (NOW + timedelta(days=2)).isoformat()}, "at"),
        ({"at": "0001-01-01T00:00:00Z"}, "at"),
        ({"colour": "blue"}, "colour"),
    ],
)
def test_a_bad_event_is_refused_with_its_field(
    client: TestClient, services: Services, change: dict[str, object], field: str
) -> None:
    answer = post(client, GOOD | change)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert [error["field"] for error in answer.json()["errors"]] == [f"body.{field}"]
    assert services.interactions.count() == 0


def test_bad_events_of_a_list_are_set_aside_and_the_rest_goes_in(
    client: TestClient, services: Services
) -> None:
    answer = post(
        client, [GOOD, 7, GOOD | {"item_id": "?", "value": 9}, None, GOOD | {"event_id": "e2"}]
    )
    assert answer.status_code == 200
    result = answer.json()
    assert result["accepted"] == 2
    assert result["event_ids"] == ["e1", "e2"]
    assert [entry["index"] for entry in result["rejected"]] == [1, 2, 3]
    assert [error["field"] for error in result["rejected"][1]["errors"]] == ["item_id", "value"]
    assert services.interactions.count() == 2


def test_through_the_bus_events_are_accepted_when_they_are_on_it(
    services: Services, bus: Bus
) -> None:
    outbox = Outbox(bus, GroupCommitConfig())
    onto_bus = partial(outbox.send, Topic.INTERACTIONS)
    with TestClient(create_app(replace(services, onto_bus=onto_bus), ApiConfig())) as client:
        answer = post(client, [GOOD, GOOD | {"event_id": "e2", "at": str(NOW)}, GOOD])
        assert answer.status_code == 202
        told = answer.json()
        assert (told["accepted"], told["duplicates"]) == (2, 1)
        assert told["event_ids"] == ["e1", "e2", "e1"]
        assert post(client, GOOD | {"item_id": "?"}).status_code == 422
    outbox.close()
    assert services.interactions.count() == 0
    recorder = Recorder(services.interactions, bus, lambda: NOW, 5.0, renews_slates=False)
    recorder.handle(bus.subscribe(recorder.topics, recorder.group).poll(10, timeout_s=30.0))
    stored = services.interactions.of_user(UserId("ann"), 10)
    assert [(event.event_id, event.value, event.at) for event in stored] == [
        ("e1", 4.5, NOW),
        ("e2", 4.5, NOW),
    ]


def test_a_bus_that_is_away_refuses_what_it_cannot_keep(services: Services, bus: Bus) -> None:
    outbox = Outbox(bus, GroupCommitConfig())
    onto_bus = partial(outbox.send, Topic.INTERACTIONS)
    with TestClient(create_app(replace(services, onto_bus=onto_bus), ApiConfig())) as client:
        bus.close()
        answer = post(client, GOOD)
    outbox.close()
    assert answer.status_code == 503
    assert answer.headers["retry-after"]


def test_an_empty_list_is_no_error(client: TestClient) -> None:
    assert post(client, []).json()["accepted"] == 0


def test_too_many_events_for_one_request_are_refused(client: TestClient) -> None:
    answer = post(client, [GOOD] * 101)
    assert answer.status_code == 422
    assert "100 at most" in answer.json()["detail"]


def test_the_history_shows_what_was_posted_newest_first(client: TestClient) -> None:
    times = [(NOW - timedelta(minutes=minute)).isoformat() for minute in (30, 10, 20)]
    items = ["3", "5", "7"]
    events = [
        {"user_id": "ann", "item_id": item, "action": "like", "at": at}
        for item, at in zip(items, times, strict=True)
    ]
    post(client, events)
    page = client.get("/api/v1/users/ann/history", params={"limit": 2}).json()
    assert [event["item_id"] for event in page["items"]] == ["5", "7"]
    assert page["items"][1]["title"] == "Amélie"
    post(client, {"user_id": "ann", "item_id": "9", "action": "like"})
    cursor = page["next_cursor"]
    rest = client.get("/api/v1/users/ann/history", params={"limit": 2, "cursor": cursor}).json()
    assert [event["item_id"] for event in rest["items"]] == ["3"]
    assert rest["next_cursor"] is None


def test_a_user_nobody_has_seen_has_an_empty_history(client: TestClient) -> None:
    page = client.get("/api/v1/users/nobody/history").json()
    assert page == {"items": [], "next_cursor": None}
