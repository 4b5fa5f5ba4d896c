"""What is held in memory is never older than what its user did."""

from collections.abc import Callable, Collection
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tastemaker.api.api_config import ApiConfig
from tastemaker.api.app import create_app
from tastemaker.api.services import Services
from tastemaker.api.slate_cache import SlateCache, Wanted
from tastemaker.api.stored_answer import StoredAnswer
from tastemaker.core.errors import StoreUnavailable
from tastemaker.core.ids import UserId
from tastemaker.core.message import Message
from tastemaker.core.topics import Topic
from tests.unit.api.stored import keep_told, stored_slates

ANN, BOB = UserId("ann"), UserId("bob")
API = "/api/v1/recommendations"
KEEP_S = 5.0


def _wanted(user_id: UserId = ANN, k: int = 20) -> Wanted:
    return Wanted(user_id, "ease", "v1", k)


def _answer(body: bytes = b"{}") -> StoredAnswer:
    return StoredAnswer(0, 20, "v1", (), None, body)


def _cache(
    arrived: Callable[[], Collection[UserId] | None] = frozenset, max_bytes: int = 10_000_000
) -> SlateCache:
    return SlateCache(max_bytes, KEEP_S, lambda: 0.0, arrived)


def test_an_event_takes_out_all_of_its_user_and_nobody_elses() -> None:
    arrived: set[UserId] = set()
    held = _cache(lambda: arrived)
    for wanted in (_wanted(ANN), _wanted(ANN, 5), _wanted(BOB)):
        held.put(wanted, _answer())
    arrived.add(ANN)
    assert held.get(_wanted(ANN)) is None
    assert held.get(_wanted(ANN, 5)) is None
    assert held.get(_wanted(BOB)) is not None


@pytest.mark.parametrize("arrives", [{ANN}, None], ids=["ann", "too many to tell"])
def test_what_was_read_before_an_event_is_not_held_after_it(arrives: set[UserId] | None) -> None:
    arrived: list[set[UserId] | None] = []
    held = _cache(lambda: arrived.pop() if arrived else set())
    with held.reading(ANN) as of_ann, held.reading(BOB) as of_bob:
        arrived.append(arrives)
        # Somebody else asks meanwhile, and the event is told of once.
        assert held.get(_wanted(BOB)) is None
        held.put(_wanted(ANN), _answer(), reading=of_ann)
        held.put(_wanted(BOB), _answer(), reading=of_bob)
    assert held.get(_wanted(ANN)) is None
    assert (held.get(_wanted(BOB)) is None) == (arrives is None)
    with held.reading(ANN) as of_ann:
        held.put(_wanted(ANN), _answer(), reading=of_ann)
    assert held.get(_wanted(ANN)) is not None


def test_nothing_is_held_where_nobody_tells_of_events() -> None:
    too_many = _cache(lambda: None)
    too_many.put(_wanted(), _answer())
    assert too_many.get(_wanted()) is None

    def away() -> None:
        raise StoreUnavailable("away")

    silent = _cache(away)
    silent.put(_wanted(), _answer())
    assert silent.get(_wanted()) is None


def test_what_was_held_for_a_while_is_read_again() -> None:
    now_s = [100.0]
    held = SlateCache(10_000_000, KEEP_S, lambda: now_s[0])
    held.put(_wanted(ANN), _answer())
    held.put(_wanted(BOB), _answer(), keep_s=1.0)
    now_s[0] += 1.0
    assert held.get(_wanted(BOB)) is not None
    now_s[0] += KEEP_S - 1.0
    assert held.get(_wanted(BOB)) is None
    assert held.get(_wanted(ANN)) is not None
    now_s[0] += 0.1
    assert held.get(_wanted(ANN)) is None
    assert held.n_bytes == 0


def test_memory_has_a_bound_and_what_is_asked_for_stays() -> None:
    held = _cache(max_bytes=35_000)
    for number in range(3):
        held.put(_wanted(UserId(f"u{number}")), _answer(b"x" * 10_000))
    assert held.get(_wanted(UserId("u0"))) is not None
    held.put(_wanted(ANN), _answer(b"x" * 10_000))
    assert held.n_bytes <= 35_000
    assert held.get(_wanted(UserId("u1"))) is None
    assert held.get(_wanted(UserId("u0"))) is not None
    held.forget(ANN)
    assert held.get(_wanted(ANN)) is None


@pytest.mark.parametrize(
    "asked", ["", "?k=20", "?model=ease", "?k=20&model=ease", "?model=ease&k=20"]
)
def test_a_stored_slate_is_what_would_be_made_now(
    services: Services, tmp_path: Path, asked: str
) -> None:
    told: list[tuple[Topic, Message]] = []
    kept = stored_slates(services, tmp_path, told)
    kept = replace(kept, held=_cache())
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
    kept = replace(stored_slates(services, tmp_path, told), held=_cache())
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
