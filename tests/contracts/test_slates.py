"""What every keeper of stored slates promises, on the real server."""

import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic

import pytest
import redis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import SecretStr
from pymongo import MongoClient

from tastemaker.core.backends import SlatesConfig
from tastemaker.core.clock import system_clock
from tastemaker.core.errors import RequestInvalid, SlatesUnavailable
from tastemaker.core.stored_slate import SlateKey, SlateKind, StoredSlate
from tastemaker.ports import Slates
from tastemaker.wire.backends import open_slates

LIMIT_S = 60.0
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
SERVERS: Mapping[str, str] = {
    "sqlite": "",
    "postgresql": "TASTEMAKER_TEST_POSTGRES_URL",
    "mongodb": "TASTEMAKER_TEST_MONGODB_URL",
    "redis": "TASTEMAKER_TEST_REDIS_URL",
}
AWAY: Mapping[str, str] = {
    "postgresql": "postgresql://postgres@127.0.0.1:1/none",
    "mongodb": "mongodb://127.0.0.1:1/none",
    "redis": "redis://127.0.0.1:1/0",
}


@pytest.fixture(params=sorted(SERVERS))
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/store.db"
    url = os.environ.get(SERVERS[request.param])
    if not url:
        pytest.skip(f"{SERVERS[request.param]} names no server to test with")
    return url


@pytest.fixture
def slates(url: str) -> Iterator[Slates]:
    """Empty."""
    with open_slates(_config(url), system_clock) as slates:
        _clear(slates)
        yield slates


def test_a_slate_comes_back_as_it_was_put(slates: Slates) -> None:
    slate = _slate("пользователь 🎬:a%b", answer='{"ответ": 1}'.encode() + bytes(range(256)))
    slates.put_many([slate])
    assert slates.get(slate.key) == slate


def test_keys_are_told_apart(slates: Slates) -> None:
    keys = [
        SlateKey(kind, owner, variant)
        for kind in SlateKind
        for owner in ("a", "a:b", "a%3Ab", "b")
        for variant in ("full", "b:full", "a")
    ]
    slates.put_many([_slate(key=key, answer=repr(key).encode()) for key in keys])
    assert slates.kept().n == len(keys)
    for key in keys:
        found = slates.get(key)
        assert found is not None
        assert (found.key, found.answer) == (key, repr(key).encode())


@pytest.mark.parametrize(
    ("key", "name"),
    [
        (SlateKey(SlateKind.USER, "ann", "full"), "recommendations:ann:full"),
        (SlateKey(SlateKind.ITEM, "a:b%", "full"), "similar:a%3Ab%25:full"),
    ],
)
def test_a_key_is_the_same_text_in_redis_and_mongodb(
    url: str, slates: Slates, key: SlateKey, name: str
) -> None:
    slates.put_many([_slate(key=key)])
    if url.startswith("redis"):
        with redis.Redis.from_url(url) as server:
            assert server.exists(name)
    elif url.startswith("mongodb"):
        with MongoClient[dict[str, object]](url) as client:
            assert client.get_default_database()["recommendations"].find_one({"_id": name})


def test_a_document_of_an_earlier_release_is_left_to_its_end(url: str, slates: Slates) -> None:
    if not url.startswith("mongodb"):
        return
    slates.put_many([_slate("ann"), _slate("bob")])
    with MongoClient[dict[str, object]](url) as client:
        documents = client.get_default_database()["recommendations"]
        found = documents.find_one_and_delete({"_id": "recommendations:ann:full"})
        assert found is not None
        documents.insert_one(found | {"_id": "user:3:ann:full"})
        assert slates.get(_key("ann")) is None
        assert _older_than(slates, NOON, "v2", n=1) == ["bob"]
        documents.delete_one({"_id": "user:3:ann:full"})


def test_nothing_is_nothing(slates: Slates) -> None:
    slates.put_many([])
    slates.delete([])
    slates.delete([_key("nobody")])
    slates.prune()
    assert slates.get(_key("nobody")) is None
    assert slates.kept().n == 0
    assert _older_than(slates, NOON, "v1") == []


@pytest.mark.parametrize("owner", ["\x00", "\ud800"])
def test_a_name_the_server_cannot_hold_is_no_ones_or_the_askers_fault(
    slates: Slates, owner: str
) -> None:
    with suppress(RequestInvalid):
        assert slates.get(_key(owner)) is None


@given(ages=st.lists(st.integers(0, 4), min_size=1, max_size=6), split=st.integers(0, 6))
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_one_made_last_stays(slates: Slates, ages: list[int], split: int) -> None:
    slates.delete([_key("ann")])
    made = [
        _slate("ann", made_at=NOON - age * MINUTE, answer=str(number).encode())
        for number, age in enumerate(ages)
    ]
    slates.put_many(made[:split])
    slates.put_many(made[split:])
    found = slates.get(_key("ann"))
    assert found is not None
    assert found.made_at == NOON - min(ages) * MINUTE
    last = max(number for number, age in enumerate(ages) if age == min(ages))
    assert found.answer == str(last).encode()


def test_an_older_one_in_the_batch_does_not_keep_out_the_others(slates: Slates) -> None:
    slates.put_many([_slate("ann", made_at=NOON)])
    slates.put_many([_slate("ann", made_at=NOON - MINUTE, version="old"), _slate("bob")])
    found = slates.get(_key("ann"))
    assert found is not None
    assert found.model_version == "v1"
    assert slates.get(_key("bob")) is not None


@pytest.mark.parametrize("at_once", [False, True])
def test_a_slate_made_before_the_clock_stepped_back_hinders_no_other(
    slates: Slates, at_once: bool
) -> None:
    now = system_clock().replace(microsecond=0)
    ahead = [_slate("ann", made_at=now + 60 * MINUTE), _slate("bob", made_at=now + 60 * MINUTE)]
    anew = [_slate("ann", made_at=now, version="v2"), _slate("bob", made_at=now)]
    for some in [ahead + anew] if at_once else [ahead, anew]:
        slates.put_many(some)
    assert [slates.get(slate.key) for slate in anew] == anew
    slates.put_many([_slate("ann", made_at=now - MINUTE)])
    assert slates.get(_key("ann")) == anew[0]
    assert slates.kept().n == 2


def test_a_clock_some_seconds_ahead_is_believed(slates: Slates) -> None:
    now = system_clock().replace(microsecond=0)
    ahead = _slate("ann", made_at=now + MINUTE / 12)
    slates.put_many([ahead])
    slates.put_many([_slate("ann", made_at=now)])
    assert slates.get(ahead.key) == ahead


def test_old_ones_come_oldest_first(slates: Slates) -> None:
    slates.put_many([_slate(f"u{age}", made_at=NOON - age * MINUTE) for age in range(10)])
    slates.put_many([_slate("other", made_at=NOON - 4.5 * MINUTE, version="v0")])
    slates.put_many([_slate("newest other", made_at=NOON + MINUTE, version="v2")])
    owners = ["u9", "u8", "u7", "other", "newest other"]
    for n in (1, 2, 5, 10):
        assert _older_than(slates, NOON - 6 * MINUTE, "v1", n) == owners


def test_old_ones_come_in_pages_each_once_also_those_made_at_one_moment(slates: Slates) -> None:
    owners = [f"u{number:02}" for number in range(30)]
    slates.put_many([_slate(owner, version=f"v{at % 3}") for at, owner in enumerate(owners)])
    for n in (1, 7, 30):
        pages = list(slates.older_than(NOON, "", n))
        assert max(len(page) for page in pages) <= n
        assert sorted(key.owner_id for page in pages for key in page) == owners


def test_what_changes_between_two_pages_hides_nothing_that_is_old(slates: Slates) -> None:
    slates.put_many([_slate(f"u{age}", made_at=NOON - age * MINUTE) for age in range(10)])
    pages = slates.older_than(NOON, "v2", 4)
    assert [key.owner_id for key in next(pages)] == ["u9", "u8", "u7", "u6"]
    slates.put_many([_slate("u8", made_at=NOON + MINUTE, version="v2")])
    slates.delete([_key("u9"), _key("u5")])
    left = [key.owner_id for page in pages for key in page]
    assert left == ["u4", "u3", "u2", "u1", "u0"]


def test_a_slate_made_anew_is_not_old_any_more(slates: Slates) -> None:
    slates.put_many([_slate("ann", version="v0"), _slate("bob", version="v0")])
    slates.put_many([_slate("ann", version="v1", made_at=NOON + MINUTE)])
    assert _older_than(slates, NOON, "v1") == ["bob"]
    assert slates.kept().n == 2


def test_what_is_deleted_is_gone(slates: Slates) -> None:
    slates.put_many([_slate("ann"), _slate("bob")])
    slates.delete([_key("ann"), _key("nobody")])
    assert slates.get(_key("ann")) is None
    assert slates.get(_key("bob")) is not None
    assert slates.kept().n == 1
    assert _older_than(slates, NOON, "v2") == ["bob"]


def test_a_slate_made_earlier_may_follow_a_deleted_one(slates: Slates) -> None:
    slates.put_many([_slate("ann")])
    slates.delete([_key("ann")])
    slates.put_many([_slate("ann", made_at=NOON - MINUTE)])
    assert slates.get(_key("ann")) is not None


def test_a_thousand_at_once(slates: Slates) -> None:
    many = [_slate(f"u{number}", answer=str(number).encode()) for number in range(1_000)]
    slates.put_many(many)
    kept = slates.kept()
    assert kept.n == 1_000
    assert kept.n_bytes >= sum(len(slate.answer) for slate in many)
    for slate in many[::100]:
        assert slates.get(slate.key) == slate
    pages = slates.older_than(NOON + MINUTE, "v1", 600)
    assert [len(page) for page in pages] == [600, 400]
    slates.delete([slate.key for slate in many])
    assert slates.kept().n == 0


def test_a_slate_is_gone_after_its_time(url: str) -> None:
    config = _config(url, ttl_s=0.3)
    with open_slates(config, system_clock) as slates:
        _clear(slates)
        slates.put_many([_slate("ann")])
        until = monotonic() + LIMIT_S
        while slates.get(_key("ann")) is not None:
            assert monotonic() < until
        assert slates.kept().n == 0
        assert _older_than(slates, NOON, "v2") == []
        slates.prune()
        slates.put_many([_slate("ann", made_at=NOON - MINUTE)])
        assert slates.kept().n == 1


@pytest.mark.parametrize("kind", sorted(AWAY))
def test_a_server_that_is_away_is_named(kind: str) -> None:
    config = SlatesConfig(url=SecretStr(AWAY[kind]))
    with (
        pytest.raises(SlatesUnavailable) as refused,
        open_slates(config, system_clock) as slates,
    ):
        slates.get(_key("ann"))
    assert "127.0.0.1" in refused.value.where


def _config(url: str, ttl_s: float = 86_400.0) -> SlatesConfig:
    # A busy machine is not a server that is away.
    return SlatesConfig(url=SecretStr(url), ttl_s=ttl_s, timeout_s=10.0)


def _clear(slates: Slates) -> None:
    distant = datetime(2100, 1, 1, tzinfo=UTC)
    for keys in slates.older_than(distant, "", 5_000):
        slates.delete(keys)


def _older_than(
    slates: Slates, made_before: datetime, model_version: str, n: int = 10
) -> list[str]:
    """Their owners."""
    pages = slates.older_than(made_before, model_version, n)
    return [key.owner_id for page in pages for key in page]


def _key(owner: str) -> SlateKey:
    return SlateKey(SlateKind.USER, owner, "full")


def _slate(
    owner: str = "ann",
    *,
    key: SlateKey | None = None,
    version: str = "v1",
    made_at: datetime = NOON,
    answer: bytes = b"{}",
) -> StoredSlate:
    return StoredSlate(key or _key(owner), version, made_at, answer)
