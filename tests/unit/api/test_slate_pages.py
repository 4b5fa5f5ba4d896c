"""Further pages of a slate."""

from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from tastemaker.api.api_config import ApiConfig
from tastemaker.api.app import create_app
from tests.unit.api.shop import open_shop, trained_recommender
from tests.unit.api.test_recommendations import ids, posted

Query = dict[str, Any]


def page(client: TestClient, user_id: str, before: Query | None = None, **query: Any) -> Query:
    if before is not None:
        query["cursor"] = before["next_cursor"]
    answer: Query = client.get(f"/api/v1/recommendations/{user_id}", params=query).json()
    return answer


def test_pages_of_one_session_go_on_where_the_one_before_ended(client: TestClient) -> None:
    posted(client, "ann", "3")
    first = page(client, "ann", k=5)
    second = page(client, "ann", first, k=5)
    assert ids(first) + ids(second) == ids(page(client, "ann", k=10))
    assert second["session_id"] == first["session_id"]


def test_what_was_shown_does_not_come_again_when_the_taste_changes_meanwhile(
    client: TestClient,
) -> None:
    posted(client, "ann", "3")
    seen: list[str] = []
    answer = page(client, "ann", k=6)
    for clicked in ("2", "8", "5"):
        seen += ids(answer)
        posted(client, "ann", clicked)
        answer = page(client, "ann", answer, k=6)
        assert not set(seen) & set(ids(answer))


def test_pages_end_and_hold_every_item_once(client: TestClient) -> None:
    answer = page(client, "nobody", k=7)
    shown = ids(answer)
    while answer["next_cursor"] is not None:
        answer = page(client, "nobody", answer, k=7)
        shown += ids(answer)
    assert sorted(shown, key=int) == [str(number) for number in range(38)] + ["39"]


def test_a_restarted_server_goes_on_with_the_pages(client: TestClient, tmp_path: Path) -> None:
    first = page(client, "nobody", k=5)
    restarted = tmp_path / "restarted"
    restarted.mkdir()
    services = open_shop(restarted, trained_recommender())
    with TestClient(create_app(services, ApiConfig())) as other:
        second = page(other, "nobody", first, k=5)
    services.interactions.close()
    assert len(set(ids(first) + ids(second))) == 10
    assert second["session_id"] == first["session_id"]


def test_a_posted_history_has_pages_too(client: TestClient) -> None:
    body = {"history": [{"item_id": "3"}], "k": 4}
    first = client.post("/api/v1/recommendations", json=body).json()
    again = body | {"cursor": first["next_cursor"]}
    second = client.post("/api/v1/recommendations", json=again).json()
    assert len(set(ids(first) + ids(second))) == 8


@pytest.mark.parametrize("cursor", ["x", "W10", "WyJhIiwiICJd", "WyIiLCIiXQ", "WyJhIiwxXQ"])
def test_a_cursor_of_no_slate_is_refused(client: TestClient, cursor: str) -> None:
    answer = client.get("/api/v1/recommendations/ann", params={"cursor": cursor})
    assert answer.status_code == 422
    assert "cursor" in answer.json()["detail"]
