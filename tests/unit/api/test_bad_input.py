"""Each bad input meets one clear problem document, and the server goes on."""

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from tastemaker.api.api_config import ApiConfig
from tastemaker.api.app import create_app
from tastemaker.api.services import Services
from tastemaker.core.history import PastEvent
from tastemaker.core.ids import UserId
from tastemaker.recommend.people import People


@pytest.fixture(autouse=True)
def server_goes_on(client: TestClient) -> Iterator[None]:
    yield
    assert client.get("/api/v1/recommendations/ann").status_code == 200


def problem(answer: Any, status: int) -> dict[str, object]:
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    document: dict[str, object] = answer.json()
    assert document["status"] == status
    assert document["detail"]
    return document


@pytest.mark.parametrize("k", ["-1", "0", "201", "1000000000", "1e3", "many", ""])
def test_a_length_out_of_bounds(client: TestClient, k: str) -> None:
    for path in ("recommendations/ann", "items/3/similar", "popular"):
        assert problem(client.get(f"/api/v1/{path}", params={"k": k}), 422)["where"] == "query.k"


def test_a_length_out_of_bounds_in_a_body(client: TestClient) -> None:
    for k in (-1, 10**9, 2.5, "7"):
        answer = client.post("/api/v1/recommendations", json={"history": [], "k": k})
        assert problem(answer, 422)["where"] == "body.k"


@pytest.mark.parametrize("raw", [b"%FF", b"a%C3", b"%ED%A0%80"])
def test_an_id_that_is_not_utf8(client: TestClient, raw: bytes) -> None:
    for path in (b"recommendations/" + raw, b"items/" + raw, b"users/" + raw + b"/history"):
        answer = client.get("/api/v1/" + path.decode())
        assert "UTF-8" in str(problem(answer, 422)["detail"])
    answer = client.get("/api/v1/popular?exclude=" + raw.decode())
    assert "UTF-8" in str(problem(answer, 422)["detail"])


@pytest.mark.parametrize("raw", ["a%0Ab", "%00", "a%1Fb"])
def test_an_id_with_control_characters(client: TestClient, raw: str) -> None:
    for path in (f"recommendations/{raw}", f"items/{raw}", f"users/{raw}/history"):
        problem(client.get(f"/api/v1/{path}"), 422)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b'{"user_id": "\xff"}',
        b'{"user_id": "\\ud800"}',
        b'{"value": NaN}',
        b'{"value": Infinity}',
        b"[" * 100_000,
        b"\x00",
    ],
)
def test_a_body_that_is_not_json(client: TestClient, body: bytes) -> None:
    for path in ("recommendations", "interactions"):
        headers = {"Content-Type": "application/json"}
        answer = client.post(f"/api/v1/{path}", content=body, headers=headers)
        assert "Not JSON" in str(problem(answer, 422)["detail"])


@pytest.mark.parametrize("body", ["null", "7", '"text"', "true", "{}"])
def test_json_of_another_shape(client: TestClient, body: str) -> None:
    for path in ("recommendations", "interactions"):
        headers = {"Content-Type": "application/json"}
        problem(client.post(f"/api/v1/{path}", content=body, headers=headers), 422)


def test_a_body_that_says_it_is_something_else(client: TestClient) -> None:
    headers = {"Content-Type": "text/plain"}
    for path in ("recommendations", "interactions"):
        problem(client.post(f"/api/v1/{path}", content="{}", headers=headers), 415)


def test_a_body_beyond_the_limit(client: TestClient) -> None:
    too_long = b"[" + b" " * 200_000 + b"]"
    headers = {"Content-Type": "application/json"}
    announced = client.post("/api/v1/interactions", content=too_long, headers=headers)
    assert "200000" in str(problem(announced, 413)["detail"])
    in_parts = (too_long[start : start + 10_000] for start in range(0, len(too_long), 10_000))
    problem(client.post("/api/v1/interactions", content=in_parts, headers=headers), 413)


def test_addresses_and_methods_that_are_not_there(client: TestClient) -> None:
    problem(client.get("/api/v1/nothing"), 404)
    problem(client.delete("/api/v1/popular"), 405)
    problem(client.get("/api/v1/items/no%20such"), 404)
    problem(client.get("/api/v1/items/no%20such/similar"), 404)


def test_a_model_that_is_not_there(client: TestClient) -> None:
    found = problem(client.get("/api/v1/recommendations/ann", params={"model": "?"}), 404)
    assert "popular" in str(found["next_step"])


def test_a_parameter_that_is_misspelt(client: TestClient) -> None:
    answer = client.get("/api/v1/recommendations/ann", params={"gener": "Drama"})
    assert problem(answer, 422)["where"] == "query.gener"


def test_a_year_out_of_bounds(client: TestClient) -> None:
    for path in ("items", "popular"):
        answer = client.get(f"/api/v1/{path}", params={"year_from": "-5"})
        assert problem(answer, 422)["where"] == "query.year_from"


def test_numbers_that_are_none(client: TestClient) -> None:
    for value in ("nan", "inf"):
        problem(client.get("/api/v1/items", params={"rating_from": value}), 422)


def test_a_history_of_a_hundred_thousand_items_is_answered(services: Services) -> None:
    with TestClient(create_app(services, ApiConfig())) as client:
        history = [{"item_id": "3"}] * 100_000
        answer = client.post("/api/v1/recommendations", json={"history": history})
    assert answer.status_code == 200
    assert answer.json()["source"] == "model"


def test_a_locked_database_is_a_passing_trouble(client: TestClient, tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / "shop.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    event = {"user_id": "ann", "item_id": "3", "action": "like"}
    answer = client.post("/api/v1/interactions", json=event)
    found = problem(answer, 503)
    assert "locked" in str(found["detail"])
    assert str(tmp_path) not in answer.text, "where the server keeps its files is its own business"
    assert answer.headers["retry-after"] == "1"
    other.execute("ROLLBACK")
    other.close()
    assert client.post("/api/v1/interactions", json=event).status_code == 200


def test_a_store_that_is_closing_says_so(client: TestClient, services: Services) -> None:
    services.interactions.close()
    event = {"user_id": "ann", "item_id": "3", "action": "like"}
    problem(client.post("/api/v1/interactions", json=event), 503)


def test_a_defect_of_the_server_shows_neither_trace_nor_place(services: Services) -> None:
    class Broken(People):
        def past(self, user_id: UserId) -> list[PastEvent]:
            raise KeyError(f"secret of {user_id}")

    app = create_app(replace(services, people=Broken([])), ApiConfig())
    with TestClient(app, raise_server_exceptions=False) as client:
        answer = client.get("/api/v1/recommendations/ann")
    problem(answer, 500)
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text
