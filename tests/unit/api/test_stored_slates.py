"""Slates that are stored: made anew when more is known, gone with who they are of."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tastemaker.api.api_config import ApiConfig
from tastemaker.api.app import create_app
from tastemaker.api.services import Services
from tastemaker.api.stored_slates import StoredSlates
from tastemaker.core.message import Message
from tastemaker.core.stored_slate import SlateKey, SlateKind
from tastemaker.core.topics import PredictionAsked, Topic, payload_of
from tests.unit.api.stored import keep_told, stored_slates
from tests.unit.api.storefront import API, PASSWORD, Browser, open_front

Told = list[tuple[Topic, Message]]


@pytest.fixture
def told() -> Told:
    """What went to the other roles."""
    return []


@pytest.fixture
def stored(services: Services, tmp_path: Path, told: Told) -> StoredSlates:
    return stored_slates(services, tmp_path, told)


@pytest.fixture
def visitor(services: Services, stored: StoredSlates, tmp_path: Path) -> Iterator[Browser]:
    kept = replace(services, stored=stored)
    app = create_app(kept, ApiConfig(), open_front(tmp_path, kept))
    with TestClient(app, raise_server_exceptions=False) as client:
        yield Browser(client)


def _asked(told: Told) -> list[str]:
    """Users whose stored slates are asked for, whatever their variant."""
    messages = [message for topic, message in told if topic is Topic.REQUESTS]
    asked = [payload_of(message, PredictionAsked) for message in messages]
    assert all(one.variant is None for one in asked)
    return [one.owner_id for one in asked]


def test_genres_that_are_told_make_the_stored_slates_of_the_user_anew(
    visitor: Browser, told: Told
) -> None:
    body = {"user_id": "ann", "genres": ["Drama"]}
    assert visitor.client.post(f"{API}/genres", json=body).status_code == 200
    assert _asked(told) == ["ann"]


def test_genres_that_an_account_chooses_do_too(visitor: Browser, told: Told) -> None:
    visitor.register("Ann")
    assert visitor.send("PATCH", "/me", {"language": "ru"}).status_code == 200
    assert not _asked(told)
    assert visitor.send("PATCH", "/me", {"favourite_genres": ["Drama"]}).status_code == 200
    assert len(_asked(told)) == 1


def test_who_is_erased_leaves_no_stored_slate_behind(
    visitor: Browser, stored: StoredSlates, told: Told
) -> None:
    visitor.register("Ann")
    assert visitor.send("PUT", "/me/items/3", {"rating": 5}).status_code == 200
    assert visitor.get("/me/recommendations")["source"] == "model"
    keep_told(stored, told)
    assert visitor.get("/me/recommendations")["source"] == "stored"
    assert stored.slates.kept().n == 1
    told.clear()
    assert visitor.send("DELETE", "/me", {"password": PASSWORD}).status_code == 204
    assert stored.slates.kept().n == 0
    # One that was on its way meanwhile is asked for anew, and found to be nobody's.
    assert len(_asked(told)) == 1


def test_another_persons_slate_stays(visitor: Browser, stored: StoredSlates, told: Told) -> None:
    event = {"user_id": "bob", "item_id": "3", "action": "like"}
    visitor.client.post(f"{API}/interactions", json=event)
    visitor.get("/recommendations/bob")
    keep_told(stored, told)
    visitor.register("Ann")
    assert visitor.send("DELETE", "/me", {"password": PASSWORD}).status_code == 204
    assert stored.slates.get(SlateKey(SlateKind.USER, "bob", "ease")) is not None
