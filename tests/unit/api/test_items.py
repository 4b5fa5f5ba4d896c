from dataclasses import replace
from typing import Any

import pytest
from starlette.testclient import TestClient

from tastemaker.api.api_config import ApiConfig
from tastemaker.api.app import create_app
from tastemaker.api.services import Services
from tastemaker.recommend.pipeline import RecommendConfig
from tests.unit.api.shop import UNTRAINED, trained_recommender

Parameters = dict[str, str | int | float]


def pages(client: TestClient, **conditions: str | int | float) -> list[dict[str, Any]]:
    """All pages of a list, by their cursors."""
    found: list[dict[str, Any]] = []
    parameters: Parameters = dict(conditions)
    while True:
        page = client.get("/api/v1/items", params=parameters).json()
        found.append(page)
        if page["next_cursor"] is None:
            return found
        parameters["cursor"] = page["next_cursor"]


def titles(client: TestClient, **conditions: str | int | float) -> list[str]:
    return [item["title"] for page in pages(client, **conditions) for item in page["items"]]


@pytest.mark.parametrize("sort", ["popularity", "rating", "newest", "oldest", "title"])
def test_pages_show_every_item_once(client: TestClient, sort: str) -> None:
    found = pages(client, sort=sort, limit=7)
    assert [len(page["items"]) for page in found] == [7] * 5 + [5]
    assert len({item["item_id"] for page in found for item in page["items"]}) == 40
    assert {page["n_items"] for page in found} == {40}


def test_the_order_is_the_one_asked_for(client: TestClient) -> None:
    assert titles(client, sort="popularity")[:2] == ["Film Number 0", "Film Number 1"]
    assert titles(client, sort="newest")[:2] == ["Film Number 38", "Film Number 37"]
    assert titles(client, sort="oldest")[:2] == ["Film Number 0", "Film Number 1"]
    assert titles(client, sort="oldest")[-1] == "Film Number 39", "its year is unknown"
    assert titles(client, sort="title")[0] == "Amélie"


def test_one_top_rating_does_not_beat_many_good_ones(client: TestClient) -> None:
    by_rating = pages(client, sort="rating", limit=40)[0]["items"]
    ratings = {item["title"]: item["mean_rating"] for item in by_rating}
    assert ratings["Film Number 38"] == max(r for r in ratings.values() if r is not None)
    assert by_rating[0]["title"] != "Film Number 38"


@pytest.mark.parametrize("words", ["amelie", "AMÉLIE", "mél", "lie ame"])
def test_words_are_found_whatever_their_case_and_accents(client: TestClient, words: str) -> None:
    assert titles(client, q=words) == ["Amélie"]


def test_conditions_narrow_the_list(client: TestClient) -> None:
    assert len(titles(client, genre="Drama", genre_none="Comedy")) == 16
    assert titles(client, genre_all="Drama", year_to=1980 + 5) == [
        "Film Number 1",
        "Film Number 3",
        "Film Number 5",
    ]
    assert titles(client, rating_from=4.75) == ["Film Number 38"]
    assert titles(client, rating_to=1.15) == ["Film Number 0", "Film Number 1"]
    assert len(titles(client, min_ratings=31)) == 10
    assert titles(client, year_to=1980) == ["Film Number 0"]
    assert titles(client, genre="Nonsense") == []


def test_counts_are_of_everything_that_matches(client: TestClient) -> None:
    page = client.get("/api/v1/items", params={"year_from": 1990, "limit": 1}).json()
    assert page["n_items"] == 29
    assert page["facets"]["decades"] == [
        {"decade": 1990, "n_items": 10},
        {"decade": 2000, "n_items": 10},
        {"decade": 2010, "n_items": 9},
    ]
    by_genre = {entry["genre"]: entry["n_items"] for entry in page["facets"]["genres"]}
    assert by_genre == {"Comedy": 18, "Drama": 14}


def test_one_item_shows_all_that_is_known(client: TestClient) -> None:
    item = client.get("/api/v1/items/7").json()
    assert item["title"] == "Amélie"
    assert item["year"] == 1987
    assert item["external_ids"] == {"imdb": "tt7"}
    assert client.get("/api/v1/items/39").json()["mean_rating"] is None


def test_an_offset_jumps_down_the_list(client: TestClient) -> None:
    everything = titles(client, sort="title")
    page = client.get("/api/v1/items", params={"sort": "title", "offset": 33, "limit": 5}).json()
    assert [item["title"] for item in page["items"]] == everything[33:38]
    after = {"sort": "title", "cursor": page["next_cursor"]}
    on = client.get("/api/v1/items", params=after).json()
    assert [item["title"] for item in on["items"]] == everything[38:]


def test_beyond_the_end_of_a_list_there_is_nothing(client: TestClient) -> None:
    page = client.get("/api/v1/items", params={"offset": 10**6}).json()
    assert page["items"] == []
    assert page["next_cursor"] is None
    assert page["n_items"] == 40


def test_a_page_does_not_begin_at_two_places(client: TestClient) -> None:
    cursor = client.get("/api/v1/items", params={"limit": 5}).json()["next_cursor"]
    answer = client.get("/api/v1/items", params={"cursor": cursor, "offset": 5})
    assert answer.status_code == 422


@pytest.mark.parametrize("cursor", ["x", "!!!", "W10", "bnVsbA", "WyJ0aXRsZSIsIjEiXQ", "é"])
def test_a_cursor_of_another_list_is_refused(client: TestClient, cursor: str) -> None:
    answer = client.get("/api/v1/items", params={"cursor": cursor})
    assert answer.status_code == 422
    assert "cursor" in answer.json()["detail"]


def test_without_a_model_similar_items_are_the_popular_ones_of_the_genre(
    services: Services,
) -> None:
    config = RecommendConfig(default_variant="ease", similar_variant=UNTRAINED)
    app = create_app(replace(services, recommender=trained_recommender(config)), ApiConfig())
    with TestClient(app) as client:
        slate = client.get("/api/v1/items/3/similar", params={"k": 5}).json()
    assert slate["source"] == "popular_in_genre"
    assert [item["item_id"] for item in slate["items"]] == ["1", "5", "7", "9", "11"]
