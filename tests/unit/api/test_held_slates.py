"""What is held in memory is never older than what its user did."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tastemaker.api.api_config import ApiConfig
from tastemaker.api.app import create_app
from tastemaker.api.held_slates import MAX_AGE, Held, HeldSlates
from tastemaker.api.services import Services
from tastemaker.api.stored_answer import StoredAnswer
from tastemaker.core.errors import StoreUnavailable
from tastemaker.core.ids import UserId
from tastemaker.core.message import Message
from tastemaker.core.topics import Topic
from tests.unit.api.shop import NOW
from tests.unit.api.stored import keep_told, stored_slates

ANN, BOB = UserId("ann"), UserId("bob")
API = "/api/v1/recommendations"


def _held(body: bytes = b"{}") -> Held:
    return Held(StoredAnswer(0, 20, "v1", (), None, body), NOW, NOW)


def test_an_event_takes_out_all_of_its_user_and_nobody_elses() -> None:
    arrived: set[UserId] = set()
    held = HeldSlates(lambda: arrived)
    for wanted in ((ANN, "ease", 20), (ANN, "ease", 5), (BOB, "ease", 20)):
        held.put(wanted, _held())
    arrived.add(ANN)
    assert held.get((ANN, "ease", 20), NOW) is None
    assert held.get((ANN, "ease", 5), NOW) is None
    assert held.get((BOB, "ease", 20), NOW) is not None


def test_nothing_is_held_where_nobody_tells_of_events() -> None:
    too_many = HeldSlates(lambda: None)
    too_many.put((ANN, "ease", 20), _held())
    assert too_many.get((ANN, "ease", 20), NOW) is None

    def away() -> None:
        raise StoreUnavailable("away")

    silent = HeldSlates(away)
    silent.put((ANN, "ease", 20), _held())
    assert silent.get((ANN, "ease", 20), NOW) is None


def test_what_was_held_for_a_while_is_read_again() -> None:
    held = HeldSlates(frozenset)
    held.put((ANN, "ease", 20), _held())
    assert held.get((ANN, "ease", 20), NOW + MAX_AGE) is not None
    assert held.get((ANN, "ease", 20), NOW + MAX_AGE + timedelta(seconds=1)) is None


def test_memory_has_a_bound_and_what_is_asked_for_stays() -> None:
    held = HeldSlates(frozenset, max_bytes=300)
    for number in range(3):
        held.put((UserId(f"u{number}"), "ease", 20), _held(b"x" * 100))
    assert held.get((UserId("u0"), "ease", 20), NOW) is not None
    held.put((ANN, "ease", 20), _held(b"x" * 100))
    assert held.get((UserId("u1"), "ease", 20), NOW) is None
    assert held.get((UserId("u0"), "ease", 20), NOW) is not None
    held.forget(ANN)
    assert held.get((ANN, "ease", 20), NOW) is None


@pytest.mark.parametrize(
    "asked", ["", "?k=20", "?model=ease", "?k=20&model=ease", "?model=ease&k=20"]
)
def test_a_stored_slate_is_what_would_be_made_now(
    services: Services, tmp_path: Path, asked: str
) -> None:
    told: list[tuple[Topic, Message]] = []
    kept = stored_slates(services, tmp_path, told)
    kept = replace(kept, held=HeldSlates(frozenset))
    with TestClient(create_app(replace(services, stored=kept), ApiConfig())) as client:
        client.post("/api/v1/interactions", json=_watched("3"))
        made = client.get(f"{API}/ann{asked}").json()
        assert made["source"] == "model"
        keep_told(kept, told)
        for _ in range(3):
            again = client.get(f"{API}/ann{asked}")
            assert again.headers["content-type"] == "application/json"
            assert again.json()["source"] == "stored"
            assert again.json()["items"] == made["items"]
            assert again.json()["session_id"] != made["session_id"]


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ("?k=0", 422),
        ("?k=x", 422),
        ("?k=20&k=0", 422),
        ("?model=", 422),
        ("?model=none", 404),
        ("?what=1", 422),
        ("?k=5", 200),
        ("?seen=true", 200),
        ("?genre=Drama", 200),
    ],
)
def test_what_is_not_stored_is_answered_as_ever(
    services: Services, tmp_path: Path, asked: str, status: int
) -> None:
    told: list[tuple[Topic, Message]] = []
    kept = replace(stored_slates(services, tmp_path, told), held=HeldSlates(frozenset))
    with TestClient(
        create_app(replace(services, stored=kept), ApiConfig()), raise_server_exceptions=False
    ) as client:
        client.post("/api/v1/interactions", json=_watched("3"))
        client.get(f"{API}/ann")
        keep_told(kept, told)
        assert client.get(f"{API}/ann").json()["source"] == "stored"
        answer = client.get(f"{API}/ann{asked}")
        assert answer.status_code == status
        assert status != 200 or answer.json()["source"] == "model"


def _watched(item_id: str) -> dict[str, str]:
    return {"user_id": "ann", "item_id": item_id, "action": "watched"}
