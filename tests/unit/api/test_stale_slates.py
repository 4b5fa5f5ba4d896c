"""A stale slate is served still, named as stored, and asked for anew once."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tastemaker.api.api_config import ApiConfig
from tastemaker.api.app import create_app
from tastemaker.api.asked_once import AskedOnce
from tastemaker.api.services import Services
from tastemaker.api.stored_slates import StoredSlates
from tastemaker.core.message import Message
from tastemaker.core.stored_slate import SlateKey, SlateKind
from tastemaker.core.topics import PredictionAsked, SlateMade, Topic, payload_of
from tests.unit.api.shop import CONFIG, NOW, trained_recommender
from tests.unit.api.stored import STALE_AFTER, keep_told, stored_slates
from tests.unit.api.storefront import API

ANN = SlateKey(SlateKind.USER, "ann", "ease")
SIMILAR = SlateKey(SlateKind.ITEM, "3", "ease")
ASKED_AGAIN_AFTER_S = 60.0


@dataclass
class World:
    """now, now_s: of the clock and of the stopwatch, moved by hand. told: to the other roles."""

    services: Services
    stored: StoredSlates = field(init=False)
    now: datetime = NOW
    now_s: float = 0.0
    told: list[tuple[Topic, Message]] = field(default_factory=list)

    def open(self, folder: Path) -> None:
        made = stored_slates(self.services, folder, self.told)
        asked = AskedOnce(lambda: self.now_s)
        self.stored = replace(made, clock=lambda: self.now, asked=asked)
        self.services = replace(self.services, stored=self.stored)

    @contextmanager
    def client(self) -> Iterator[TestClient]:
        with TestClient(create_app(self.services, ApiConfig())) as client:
            yield client

    def asked(self) -> list[SlateKey]:
        """Slates asked for since the last call."""
        requests = [message for topic, message in self.told if topic is Topic.REQUESTS]
        self.told.clear()
        asked = [payload_of(message, PredictionAsked) for message in requests]
        return [key for one in asked for key in one.keys(self.stored.variants)]

    def keep_as_of(self, version: str) -> None:
        made = [payload_of(message, SlateMade).slate() for _, message in self.told]
        self.stored.slates.put_many([replace(slate, model_version=version) for slate in made])
        self.told.clear()


@pytest.fixture
def world(services: Services, tmp_path: Path) -> World:
    world = World(services)
    world.open(tmp_path)
    return world


@pytest.fixture(params=[ANN, SIMILAR], ids=["of a user", "of an item"])
def key(request: pytest.FixtureRequest) -> SlateKey:
    key: SlateKey = request.param
    return key


def _source(client: TestClient, key: SlateKey) -> str:
    path = "/recommendations/ann" if key.kind is SlateKind.USER else "/items/3/similar"
    return str(client.get(f"{API}{path}").raise_for_status().json()["source"])


def _watch(client: TestClient, item_id: str) -> None:
    event = {"user_id": "ann", "item_id": item_id, "action": "watched"}
    client.post(f"{API}/interactions", json=event).raise_for_status()


def test_one_that_is_fresh_is_not_asked_for(world: World, key: SlateKey) -> None:
    with world.client() as client:
        _watch(client, "3")
        assert _source(client, key) == "model"
        keep_told(world.stored, world.told)
        world.now += STALE_AFTER - timedelta(seconds=1)
        assert _source(client, key) == "stored"
        assert world.asked() == []


def test_one_that_grew_old_is_asked_for_once_a_while(world: World, key: SlateKey) -> None:
    with world.client() as client:
        _watch(client, "3")
        _source(client, key)
        keep_told(world.stored, world.told)
        world.asked()
        world.now += 2 * STALE_AFTER
        assert [_source(client, key) for _ in range(3)] == ["stored"] * 3
        assert world.asked() == [key]
        world.now_s += ASKED_AGAIN_AFTER_S - 1
        assert _source(client, key) == "stored"
        assert world.told == []
        # The clock may have been set back meanwhile.
        world.now -= STALE_AFTER / 2
        world.now_s += 1
        assert _source(client, key) == "stored"
        assert world.asked() == [key]


def test_one_of_another_version_is_asked_for_once(world: World, key: SlateKey) -> None:
    with world.client() as client:
        _watch(client, "3")
        _source(client, key)
        world.keep_as_of("v0")
        assert [_source(client, key) for _ in range(3)] == ["stored"] * 3
        assert world.asked() == [key]


def test_what_a_user_did_since_is_answered_by_a_model_and_kept(world: World) -> None:
    with world.client() as client:
        _watch(client, "3")
        _source(client, ANN)
        keep_told(world.stored, world.told)
        _watch(client, "5")
        world.asked()
        assert _source(client, ANN) == "model"
        assert [topic for topic, _ in world.told] == [Topic.UPDATES]
        keep_told(world.stored, world.told)
        assert _source(client, ANN) == "stored"


def test_where_the_model_fails_the_one_of_before_is_served_and_asked_for_once(world: World) -> None:
    with world.client() as client:
        _watch(client, "3")
        _source(client, ANN)
        keep_told(world.stored, world.told)
        _watch(client, "5")
        world.asked()
    hurried = trained_recommender(CONFIG.model_copy(update={"deadline_ms": 1e-9}))
    world.services = replace(world.services, recommender=hurried)
    with world.client() as client:
        assert [_source(client, ANN) for _ in range(3)] == ["stored"] * 3
        assert world.asked() == [ANN]
