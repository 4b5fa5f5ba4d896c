"""A Redis that may lose accepted events is known by its settings."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from pydantic import SecretStr

from tastemaker.api.api_config import InteractionsConfig
from tastemaker.config import Settings
from tastemaker.core.backends import BusConfig
from tastemaker.core.errors import BusUnavailable
from tastemaker.roles.doctor import Health
from tastemaker.wire import examine
from tastemaker.wire.backends import careless_redis
from tests.flow.own_redis import OwnRedis


@pytest.fixture
def server(tmp_path: Path) -> Iterator[OwnRedis]:
    server = OwnRedis(tmp_path / "redis")
    yield server
    server.kill()


def careless(url: str) -> list[str] | None:
    found = careless_redis(BusConfig(url=SecretStr(url), timeout_s=1.0))
    return None if found is None else list(found)


def test_settings_that_lose_messages_are_named(server: OwnRedis) -> None:
    assert careless(server.url) == []
    with redis.Redis.from_url(server.url) as client:
        client.config_set("maxmemory-policy", "volatile-ttl")
        assert careless(server.url) == []
        client.config_set("maxmemory-policy", "allkeys-lru")
        client.config_set("appendfsync", "everysec")
        client.config_set("appendonly", "no")
        assert careless(server.url) == [
            "appendonly no",
            "appendfsync everysec",
            "maxmemory-policy allkeys-lru",
        ]
        client.acl_setuser(
            "guest", enabled=True, nopass=True, categories=["+@all"], commands=["-config"]
        )
    guest = server.url.replace("redis://", "redis://guest:any@")
    assert careless(guest) == ["settings that it does not tell"]


def test_the_doctor_warns_where_events_are_accepted_by_it(server: OwnRedis, tmp_path: Path) -> None:
    bus = BusConfig(url=SecretStr(server.url))
    settings = Settings(
        home=tmp_path / "none", bus=bus, interactions=InteractionsConfig(through="bus")
    )
    with redis.Redis.from_url(server.url) as client:
        client.config_set("appendonly", "no")
    [warning] = [one for one in examine(settings) if "Redis" in one.what]
    assert warning.health is Health.WARNING
    assert "appendonly no" in warning.what
    assert not [one for one in examine(Settings(home=tmp_path, bus=bus)) if "Redis" in one.what]


def test_only_redis_is_asked_and_one_that_is_away_is_named() -> None:
    assert careless("kafka://127.0.0.1:1") is None
    with pytest.raises(BusUnavailable):
        careless("redis://127.0.0.1:1/0")
