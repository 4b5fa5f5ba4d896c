"""The same asked for again is answered from memory until anything has changed."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from tastemaker.api.api_config import ApiConfig
from tastemaker.api.app import create_app
from tastemaker.api.services import Services, swap_recommender
from tastemaker.api.slate_cache import SlateCache
from tastemaker.core.ids import EventId, ItemId, UserId
from tastemaker.core.interaction import Action, Interaction
from tastemaker.recommend.pipeline import Recommender
from tests.unit.api.shop import NOW

KEEP_S = 60.0


class Counting:
    """A recommender that counts how often it computes."""

    def __init__(self, recommender: Recommender, version: str = "v1") -> None:
        self._recommender = recommender
        self.version = version
        self.n_computed = 0

    def __getattr__(self, name: str) -> object:
        return getattr(self._recommender, name)

    def recommend(self, request: object) -> object:
        self.n_computed += 1
        slate = self._recommender.recommend(request)  # type: ignore[arg-type]
        return replace(slate, model_version=self.version)


@dataclass
class World:
    client: TestClient
    app: FastAPI
    services: Services
    recommender: Counting
    now_s: list[float]

    def ask(self, **query: str) -> dict[str, object]:
        found = self.client.get("/api/v1/recommendations/ann", params=query).raise_for_status()
        return dict(found.json())

    def act(self, item: str) -> None:
        number = self.services.interactions.count()
        at = NOW - timedelta(minutes=number)
        event = Interaction(
            EventId(f"e{number}"), UserId("ann"), ItemId(item), Action.WATCHED, None, at
        )
        self.services.interactions.append([event])


@pytest.fixture
def world(services: Services) -> Iterator[World]:
    now_s, counting = [0.0], Counting(services.recommender)
    remembered = SlateCache(10_000_000, KEEP_S, lambda: now_s[0])
    used = replace(services, recommender=counting, remembered=remembered)  # type: ignore[arg-type]
    app = create_app(used, ApiConfig())
    with TestClient(app) as client:
        world = World(client, app, services, counting, now_s)
        world.act("3")
        yield world


def _without_session(slate: dict[str, object]) -> dict[str, object]:
    return {name: v for name, v in slate.items() if name not in ("session_id", "next_cursor")}


def test_the_same_again_is_the_same_in_a_session_of_its_own(world: World) -> None:
    first, again = world.ask(), world.ask()
    assert world.recommender.n_computed == 1
    assert first["source"] == again["source"] == "model"
    assert _without_session(again) == _without_session(first)
    assert again["session_id"] != first["session_id"]
    following = world.ask(cursor=str(again["next_cursor"]))
    assert following["session_id"] == again["session_id"]


def test_what_the_user_does_counts_at_once(world: World) -> None:
    world.ask()
    world.act("5")
    items = world.ask()["items"]
    assert isinstance(items, list)
    assert world.recommender.n_computed == 2
    assert "5" not in [item["item_id"] for item in items]


def test_genres_told_count_at_once(world: World) -> None:
    def kinds() -> set[str]:
        items = world.ask(model="item_knn", k="40")["items"]
        assert isinstance(items, list)
        return {item["reason"]["kind"] for item in items}

    assert "genre" not in kinds()
    world.client.post("/api/v1/genres", json={"user_id": "ann", "genres": ["Comedy"]})
    assert "genre" in kinds()


def test_another_question_another_version_and_another_moment_are_computed(world: World) -> None:
    world.ask()
    world.ask(genre="Drama")
    world.ask(k="3")
    assert world.recommender.n_computed == 3
    world.now_s[0] += KEEP_S + 1
    world.ask()
    assert world.recommender.n_computed == 4
    newer = Counting(world.services.recommender, "v2")
    swap_recommender(world.app, newer)  # type: ignore[arg-type]
    assert world.ask()["model_version"] == "v2"
    assert newer.n_computed == 1


def test_no_more_is_kept_than_the_bound(world: World) -> None:
    remembered = SlateCache(20_000, KEEP_S, lambda: 0.0)
    used = replace(world.services, remembered=remembered)
    with TestClient(create_app(used, ApiConfig())) as client:
        for k in range(1, 40):
            client.get(f"/api/v1/recommendations/ann?k={k}").raise_for_status()
            assert remembered.n_bytes <= 20_000
    assert remembered.n_bytes > 10_000
