"""Who may call, and who may write."""

from collections.abc import Iterator

import pytest
from pydantic import SecretStr, ValidationError
from starlette.testclient import TestClient

from tastemaker.api.api_config import ApiConfig
from tastemaker.api.app import create_app
from tastemaker.api.services import Services
from tastemaker.core.errors import ConfigInvalid

EVENT = {"user_id": "ann", "item_id": "3", "action": "like"}
ORIGIN = {"Origin": "https://shop.example"}


@pytest.fixture
def guarded(services: Services) -> Iterator[TestClient]:
    config = ApiConfig(
        host="0.0.0.0",
        api_key=SecretStr("open sesame"),
        cors_origins=("https://shop.example",),
    )
    with TestClient(create_app(services, config)) as client:
        yield client


@pytest.mark.parametrize("key", [None, "", "open sesam", "open sesame!", "öffne dich"])
def test_a_write_without_the_right_key_is_refused(guarded: TestClient, key: str | None) -> None:
    headers = {} if key is None else {b"X-API-Key": key.encode("latin-1")}
    answer = guarded.post("/api/v1/interactions", json=EVENT, headers=headers)
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"


def test_the_right_key_writes_and_reading_needs_none(guarded: TestClient) -> None:
    headers = {"X-API-Key": "open sesame"}
    assert guarded.post("/api/v1/interactions", json=EVENT, headers=headers).status_code == 200
    assert guarded.get("/api/v1/recommendations/ann").status_code == 200


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "shop.example", ""])
def test_listening_to_the_network_without_a_key_is_refused(services: Services, host: str) -> None:
    with pytest.raises(ConfigInvalid, match="api_key"):
        create_app(services, ApiConfig(host=host))


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost", "127.8.8.8"])
def test_listening_on_this_machine_alone_needs_no_key(services: Services, host: str) -> None:
    create_app(services, ApiConfig(host=host))


def test_pages_of_other_sites_are_shut_out_unless_named(
    client: TestClient, guarded: TestClient
) -> None:
    assert (
        "access-control-allow-origin" not in client.get("/api/v1/popular", headers=ORIGIN).headers
    )
    named = guarded.get("/api/v1/popular", headers=ORIGIN)
    assert named.headers["access-control-allow-origin"] == "https://shop.example"
    other = guarded.get("/api/v1/popular", headers={"Origin": "https://other.example"})
    assert "access-control-allow-origin" not in other.headers


def test_the_key_is_never_printed() -> None:
    config = ApiConfig(api_key=SecretStr("open sesame"))
    assert "open sesame" not in f"{config!r} {config.model_dump_json()}"


@pytest.mark.parametrize("wrong", [{"prot": 1}, {"port": 70_000}, {"api_key": "short"}])
def test_a_wrong_configuration_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        ApiConfig.model_validate(wrong)
