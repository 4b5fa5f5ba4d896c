"""Favourite genres of any user, told in one place."""

import sqlite3
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from pydantic import SecretStr
from starlette.testclient import TestClient

from tastemaker.api.api_config import ApiConfig
from tastemaker.api.app import create_app
from tastemaker.api.services import Services
from tastemaker.api.storefront import Storefront
from tastemaker.core.ids import UserId
from tastemaker.store.database import Database
from tastemaker.store.engine import StoreConfig, open_engine
from tastemaker.store.user_genres import UserGenres
from tests.unit.api.storefront import Browser

KEY = "open sesame"
LIMIT_S = 30.0


def tell(client: TestClient, user: str, *genres: str, **headers: str) -> Any:
    body = {"user_id": user, "genres": genres}
    return client.post("/api/v1/genres", json=body, headers=headers)


def slate(client: TestClient, path: str) -> Any:
    return client.get("/api/v1" + path).json()


def test_a_new_user_gets_what_is_popular_in_the_genres_told(client: TestClient) -> None:
    assert slate(client, "/recommendations/ann")["source"] == "popular"
    assert tell(client, "ann", "Drama").json() == {"user_id": "ann", "genres": ["Drama"]}
    of_ann = slate(client, "/recommendations/ann?k=5")
    assert of_ann["source"] == "popular_in_genre"
    assert all("Drama" in item["genres"] for item in of_ann["items"])
    assert slate(client, "/recommendations/bob")["source"] == "popular"


def test_the_latest_word_counts(client: TestClient) -> None:
    tell(client, "ann", "Drama")
    tell(client, "ann", "Comedy", "Drama")
    top = slate(client, "/genres_top?user_id=ann")
    assert {genre for item in top["items"] for genre in item["genres"]} == {"Comedy", "Drama"}


def test_what_a_user_did_beats_the_genres_told(client: TestClient) -> None:
    tell(client, "ann", "Drama")
    event = {"user_id": "ann", "item_id": "2", "action": "like"}
    client.post("/api/v1/interactions", json=event)
    assert slate(client, "/recommendations/ann")["source"] == "model"


def test_a_short_personal_slate_is_filled_from_the_genres_told_first(client: TestClient) -> None:
    """Neighbours of a comedy are the even numbers; of the odd ones every fifth is a comedy too."""
    client.post("/api/v1/interactions", json={"user_id": "ann", "item_id": "2", "action": "like"})
    path = "/recommendations/ann?k=40&model=item_knn"
    kinds = [item["reason"]["kind"] for item in slate(client, path)["items"]]
    assert list(dict.fromkeys(kinds)) == ["history", "popular"]
    tell(client, "ann", "Comedy")
    filled = slate(client, path)
    assert filled["source"] == "model"
    kinds = [item["reason"]["kind"] for item in filled["items"]]
    assert list(dict.fromkeys(kinds)) == ["history", "genre", "popular"]
    of_genre = {item["item_id"] for item in filled["items"] if item["reason"]["kind"] == "genre"}
    assert {"5", "15", "25", "35"} <= of_genre
    assert len({item["item_id"] for item in filled["items"]}) == len(filled["items"])


def test_genres_that_wait_for_another_writer_keep_nobody_else_waiting(
    services: Services, tmp_path: Path
) -> None:
    begun = Event()

    class Noted(UserGenres):
        def put(self, user_id: UserId, genres: Sequence[str], now: datetime) -> None:
            begun.set()
            super().put(user_id, genres, now)

    patient = StoreConfig(busy_timeout_s=LIMIT_S)
    genres = Noted(Database(open_engine(f"sqlite:///{tmp_path}/shop.db", patient)))
    app = create_app(replace(services, genres=genres), ApiConfig())
    with (
        TestClient(app) as client,
        closing(sqlite3.connect(tmp_path / "shop.db", isolation_level=None)) as other,
        ThreadPoolExecutor() as pool,
    ):
        other.execute("BEGIN IMMEDIATE")
        told = pool.submit(tell, client, "ann", "Drama")
        assert begun.wait(LIMIT_S)
        assert client.get("/health/live").status_code == 200
        assert not told.done()
        other.execute("ROLLBACK")
        assert told.result(LIMIT_S).status_code == 200


def test_a_history_that_says_nothing_still_leaves_the_genres(client: TestClient) -> None:
    tell(client, "ann", "Drama")
    event = {"user_id": "ann", "item_id": "2", "action": "dislike"}
    client.post("/api/v1/interactions", json=event)
    assert slate(client, "/recommendations/ann")["source"] == "popular_in_genre"


@pytest.mark.parametrize(
    ("genres", "where"),
    [
        (["Cooking"], "body.genres.0"),
        (["Drama", "Drama"], "body.genres"),
        ([], "body.genres"),
        (["Drama", "Comedy", "Horror", "War"], "body.genres"),
    ],
)
def test_genres_that_cannot_be_are_refused(
    client: TestClient, genres: list[str], where: str
) -> None:
    refused = tell(client, "ann", *genres)
    assert refused.status_code == 422
    assert refused.json()["where"] == where


def test_top_of_genres_is_popular_in_them(client: TestClient) -> None:
    top = slate(client, "/genres_top?genre=Drama&k=3")
    assert (top["source"], top["model"], len(top["items"])) == ("popular_in_genre", "popular", 3)
    assert all("Drama" in item["genres"] for item in top["items"])
    assert slate(client, "/genres_top?user_id=stranger")["source"] == "popular"


@pytest.mark.parametrize("query", ["", "?genre=Drama&user_id=ann", "?k=0&genre=Drama"])
def test_top_of_nothing_is_refused(client: TestClient, query: str) -> None:
    assert client.get(f"/api/v1/genres_top{query}").status_code == 422


def test_an_accounts_genres_and_its_users_are_one_truth(
    services: Services, front: Storefront
) -> None:
    config = ApiConfig(api_key=SecretStr(KEY))
    with TestClient(create_app(services, config, front)) as client:
        browser = Browser(client)
        user = browser.register("Анна")["user_id"]
        assert tell(client, user, "Drama").status_code == 401
        assert tell(client, user, "Drama", **{"X-API-Key": KEY}).status_code == 200
        assert browser.get("/me")["account"]["favourite_genres"] == ["Drama"]
        browser.send("PATCH", "/me", {"favourite_genres": ["Comedy"]})
        of_user = slate(client, f"/recommendations/{user}")
        assert of_user["source"] == "popular_in_genre"
        assert all("Comedy" in item["genres"] for item in of_user["items"])
        assert tell(client, "a:nobody", "Drama", **{"X-API-Key": KEY}).status_code == 404


def test_without_a_key_an_account_chooses_for_itself(browser: Browser) -> None:
    user = browser.register("Ann")["user_id"]
    refused = browser.send("POST", "/genres", {"user_id": user, "genres": ["Drama"]})
    assert refused.status_code == 422
    assert refused.json()["where"] == "body.user_id"
