"""The id by which one request is found in every log."""

from dataclasses import replace
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tastemaker.api.api_config import ApiConfig
from tastemaker.api.app import create_app
from tastemaker.api.services import Services
from tastemaker.core.message import Message
from tastemaker.core.topics import Topic
from tests.unit.api.stored import stored_slates


def test_a_request_keeps_the_id_it_came_with(client: TestClient) -> None:
    answer = client.get("/health/live", headers={"X-Request-ID": "job-17:4"})
    assert answer.headers["X-Request-ID"] == "job-17:4"


@pytest.mark.parametrize("given", ["", "two words", "x" * 129, 'quote"', "new\x01line"])
def test_an_id_that_could_forge_a_log_line_is_replaced(client: TestClient, given: str) -> None:
    answer = client.get("/health/live", headers={"X-Request-ID": given})
    assert answer.headers["X-Request-ID"] not in ("", given)


def test_two_requests_have_two_ids(client: TestClient) -> None:
    ids = {client.get("/health/live").headers["X-Request-ID"] for _ in range(3)}
    assert len(ids) == 3


def test_errors_name_it_too(client: TestClient, services: Services) -> None:
    named = {"X-Request-ID": "mine"}
    assert client.get("/nothing", headers=named).headers["X-Request-ID"] == "mine"
    app = create_app(replace(services, people=None), ApiConfig())  # type: ignore[arg-type]
    with TestClient(app, raise_server_exceptions=False) as broken:
        answer = broken.get("/api/v1/recommendations/ann", headers=named)
    assert answer.status_code == 500
    assert answer.headers["X-Request-ID"] == "mine"


def test_it_travels_with_what_the_request_tells_other_roles(
    services: Services, tmp_path: Path
) -> None:
    told: list[tuple[Topic, Message]] = []
    kept = replace(services, stored=stored_slates(services, tmp_path, told))
    event = {"user_id": "ann", "item_id": "3", "action": "like"}
    with TestClient(create_app(kept, ApiConfig())) as client:
        client.post("/api/v1/interactions", json=event)
        client.get("/api/v1/recommendations/ann", headers={"X-Request-ID": "mine"})
    [(topic, message)] = told
    assert topic is Topic.UPDATES
    assert message.headers["request_id"] == "mine"
