"""Items similar to one, from what is stored."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from tastemaker.api.api_config import ApiConfig
from tastemaker.api.app import create_app
from tastemaker.api.services import Services
from tastemaker.api.stored_slates import StoredSlates
from tastemaker.core.message import Message
from tastemaker.core.stored_slate import SlateKey, SlateKind
from tastemaker.core.topics import Topic
from tests.unit.api.shop import CONFIG, trained_recommender
from tests.unit.api.stored import keep_told, stored_slates
from tests.unit.api.storefront import API
from tests.unit.api.test_feedback import found, item_ids, post

Told = list[tuple[Topic, Message]]


@pytest.fixture
def told() -> Told:
    return []


@pytest.fixture
def stored(services: Services, tmp_path: Path, told: Told) -> StoredSlates:
    return stored_slates(services, tmp_path, told)


@pytest.fixture
def shop(services: Services, stored: StoredSlates) -> Services:
    return replace(services, stored=stored)


@pytest.fixture
def visitor(shop: Services) -> Iterator[TestClient]:
    with TestClient(create_app(shop, ApiConfig()), raise_server_exceptions=False) as client:
        yield client


def _similar(client: TestClient, asked: str = "", item_id: str = "3") -> dict[str, Any]:
    return dict(client.get(f"{API}/items/{item_id}/similar{asked}").raise_for_status().json())


def test_they_are_computed_once_and_then_served_as_stored(
    visitor: TestClient, shop: Services, stored: StoredSlates, told: Told
) -> None:
    first = _similar(visitor)
    assert first["source"] == "model"
    keep_told(stored, told)
    again = _similar(visitor)
    assert again["source"] == "stored"
    assert again["session_id"] != first["session_id"]
    of_a_moment = {"source": "stored", "session_id": again["session_id"]}
    assert again == first | of_a_moment
    # As one that was computed, it is noted and can be answered.
    assert found(shop, again).shown.source == "stored"
    body = {"item_id": item_ids(again)[0], "action": "like"}
    assert post(visitor, f"/feedback/{again['session_id']}", body).status_code == 200


@pytest.mark.parametrize("asked", ["?k=7", "?genre=Drama", "?exclude=5", "?year_from=1990"])
def test_filters_and_other_lengths_are_computed(
    visitor: TestClient, stored: StoredSlates, told: Told, asked: str
) -> None:
    _similar(visitor)
    keep_told(stored, told)
    told.clear()
    assert _similar(visitor, asked)["source"] == "model"
    assert _similar(visitor)["source"] == "stored"


def test_where_no_slates_are_stored_all_are_computed(client: TestClient) -> None:
    assert [_similar(client)["source"] for _ in range(2)] == ["model", "model"]


def test_a_user_of_the_same_name_as_an_item_is_somebody_else(
    visitor: TestClient, stored: StoredSlates, told: Told
) -> None:
    event = {"user_id": "3", "item_id": "5", "action": "watched"}
    visitor.post(f"{API}/interactions", json=event).raise_for_status()
    _similar(visitor)
    keep_told(stored, told)
    personal = visitor.get(f"{API}/recommendations/3").json()
    assert personal["source"] == "model"
    assert "5" not in item_ids(personal)


def test_an_item_that_is_gone_is_answered_by_no_slate_that_was_left(
    visitor: TestClient, stored: StoredSlates, told: Told
) -> None:
    _similar(visitor)
    keep_told(stored, told)
    left = stored.slates.get(SlateKey(SlateKind.ITEM, "3", "ease"))
    assert left is not None
    stored.slates.put_many([replace(left, key=SlateKey(SlateKind.ITEM, "gone", "ease"))])
    assert visitor.get(f"{API}/items/gone/similar").status_code == 404


def test_without_a_slate_and_a_model_in_time_it_is_what_is_popular_in_its_genre(
    shop: Services, told: Told
) -> None:
    hurried = trained_recommender(CONFIG.model_copy(update={"deadline_ms": 1e-9}))
    with TestClient(create_app(replace(shop, recommender=hurried), ApiConfig())) as client:
        assert _similar(client)["source"] == "popular_in_genre"
    assert told == []
