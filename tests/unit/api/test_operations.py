import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from tastemaker.api.api_config import ApiConfig
from tastemaker.api.app import create_app
from tastemaker.api.services import Services
from tastemaker.store.engine import StoreConfig, open_engine
from tastemaker.store.interactions import InteractionLog


def test_alive_and_ready(client: TestClient) -> None:
    assert client.get("/health/live").json() == {"status": "alive"}
    ready = client.get("/health/ready").json()
    assert ready == {
        "status": "ready",
        "model_version": "v1",
        "models": ["popular", "ease", "item_knn"],
        "default_model": "ease",
        "dependencies": [],
    }


def test_what_is_away_makes_the_server_unready_by_name(services: Services) -> None:
    states = {"bus": "It does not answer", "database": "", "slates": "It is closed"}
    app = create_app(replace(services, dependencies=lambda: states), ApiConfig())
    with TestClient(app) as client:
        answer = client.get("/health/ready")
        assert answer.status_code == 503
        assert answer.json()["detail"] == "Away: bus, slates"
        states.update(bus="", slates="")
        assert client.get("/health/ready").json()["dependencies"] == ["bus", "database", "slates"]


def test_what_happens_is_counted_by_route_not_by_id(client: TestClient) -> None:
    client.get("/api/v1/recommendations/ann")
    client.get("/api/v1/items/3/similar")
    client.get("/api/v1/recommendations/ann", params={"k": 0})
    client.get("/wp-login.php")
    events = [{"user_id": "ann", "item_id": item, "action": "like"} for item in ("3", "?")]
    client.post("/api/v1/interactions", json=events)
    answer = client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=")
    lines = answer.text.splitlines()
    route = "/api/v1/recommendations/{user_id}"
    assert f'tastemaker_requests_total{{method="GET",route="{route}",status="200"}} 1.0' in lines
    assert f'tastemaker_requests_total{{method="GET",route="{route}",status="422"}} 1.0' in lines
    unmatched = 'tastemaker_requests_total{method="GET",route="unmatched",status="404"} 1.0'
    assert unmatched in lines
    assert 'tastemaker_slates_total{model="ease",source="popular"} 1.0' in lines
    assert 'tastemaker_slates_total{model="ease",source="model"} 1.0' in lines
    assert 'tastemaker_events_total{outcome="accepted"} 1.0' in lines
    assert 'tastemaker_events_total{outcome="rejected"} 1.0' in lines


def test_the_first_page_leads_to_the_description(client: TestClient) -> None:
    answer = client.get("/")
    assert answer.url.path == "/docs"
    assert answer.status_code == 200


def test_the_description_page_needs_no_other_server(client: TestClient) -> None:
    page = client.get("/docs").text
    addresses = re.findall(r"""(?:src|href)=["']([^"']+)["']""", page)
    assert len(addresses) == 3
    for address in addresses:
        assert address.startswith("/docs/")
        assert client.get(address).status_code == 200
    assert not re.search(r"https?://", page)


@pytest.mark.parametrize("field", ["summary", "description"])
def test_every_route_is_described(client: TestClient, field: str) -> None:
    operations = operations_of(client)
    assert len(operations) == 16
    assert all(operation.get(field) for operation in operations)


def test_every_route_shows_an_example_and_its_errors(client: TestClient) -> None:
    for operation in operations_of(client):
        successes = [status for status in operation["responses"] if status.startswith("2")]
        assert successes
        for success in successes:
            [content] = operation["responses"][success]["content"].values()
            assert "example" in content
        errors = [status for status in operation["responses"] if status not in successes]
        assert "500" in errors
        for status in errors:
            described = operation["responses"][status]["content"]["application/problem+json"]
            assert described["example"]["status"] == int(status)


def test_a_store_that_does_not_answer_makes_the_server_unready(
    services: Services, tmp_path: Path
) -> None:
    (tmp_path / "broken.db").write_bytes(b"no database" * 100)
    broken = InteractionLog(open_engine(f"sqlite:///{tmp_path}/broken.db", StoreConfig()))
    app = create_app(replace(services, interactions=broken), ApiConfig())
    with TestClient(app) as client:
        assert client.get("/health/ready").status_code == 503
        assert client.get("/health/live").status_code == 200
    broken.close()


def operations_of(client: TestClient) -> list[dict[str, Any]]:
    schema = client.get("/openapi.json").json()
    return [operation for path in schema["paths"].values() for operation in path.values()]
