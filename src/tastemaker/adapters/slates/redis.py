"""Stored slates in Redis: a hash a slate, and sorted sets that know how old each is.

The sets may name slates that are gone, by their time or because Redis needed the room: whoever
reads them strikes such names off.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

import redis

from tastemaker.adapters.redis_client import address, connect, redis_errors
from tastemaker.adapters.slates.slate_name import key_of, name_of
from tastemaker.core.clock import Clock
from tastemaker.core.errors import SlatesUnavailable
from tastemaker.core.kept import Kept
from tastemaker.core.stored_slate import SlateKey, StoredSlate, last_credible
from tastemaker.store.instants import from_us, to_us

_OF_VERSION = "slates-by-age:"
_VERSIONS = "slates-versions"
_N_AT_ONCE = 500
"""Few enough for the time limit of one request."""

_N_WEIGHED = 100
"""Slates whose size stands for that of all."""

# In: the key; version, made_at_us, answer, time to live in ms, last credible made_at_us.
_PUT = f"""
local was = redis.call('HMGET', KEYS[1], 'model_version', 'made_at_us')
local was_made = tonumber(was[2] or 0)
if was_made > tonumber(ARGV[2]) and was_made <= tonumber(ARGV[5]) then return end
if was[1] and was[1] ~= ARGV[1] then redis.call('ZREM', '{_OF_VERSION}' .. was[1], KEYS[1]) end
redis.call('HSET', KEYS[1], 'model_version', ARGV[1], 'made_at_us', ARGV[2], 'answer', ARGV[3])
redis.call('PEXPIRE', KEYS[1], ARGV[4])
redis.call('ZADD', '{_OF_VERSION}' .. ARGV[1], ARGV[2], KEYS[1])
redis.call('SADD', '{_VERSIONS}', ARGV[1])
"""
_DELETE = f"""
local version = redis.call('HGET', KEYS[1], 'model_version')
if version then redis.call('ZREM', '{_OF_VERSION}' .. version, KEYS[1]) end
redis.call('DEL', KEYS[1])
"""

Entry = tuple[float, bytes, str]
"""Made at, key, version."""

_BEFORE_ALL: Entry = (float("-inf"), b"", "")


class RedisSlates:
    """ttl_s: counted from when a slate is put. timeout_s: until Redis counts as away."""

    def __init__(self, url: str, clock: Clock, ttl_s: float, timeout_s: float) -> None:
        self._redis: redis.Redis = connect(url, timeout_s)
        self._where = address(self._redis)
        self._clock = clock
        self._ttl_ms = max(1, int(ttl_s * 1000))
        self._put = self._redis.register_script(_PUT)
        self._delete = self._redis.register_script(_DELETE)

    def get(self, key: SlateKey) -> StoredSlate | None:
        with self._errors():
            name = _name(key)
            found: Any = self._redis.hmget(name, "model_version", "made_at_us", "answer")
        version, made_at_us, answer = found
        if version is None:
            return None
        return StoredSlate(key, version.decode(), from_us(int(made_at_us)), answer)

    def put_many(self, slates: Sequence[StoredSlate]) -> None:
        last_us = to_us(last_credible(self._clock()))

        def put(pipe: Any, slate: StoredSlate) -> None:
            made_at_us = to_us(slate.made_at)
            values = (slate.model_version, made_at_us, slate.answer, self._ttl_ms, last_us)
            self._put(keys=[_name(slate.key)], args=values, client=pipe)

        self._each(slates, put)

    def older_than(
        self, made_before: datetime, model_version: str, n: int
    ) -> Iterator[Sequence[SlateKey]]:
        before_us, last = to_us(made_before), _BEFORE_ALL
        while True:
            with self._errors():
                entries = self._oldest(before_us, model_version, n, last)
                gone = set(self._strike_off(entries))
            if len(gone) < len(entries):
                yield [key_of(entry[1].decode()) for entry in entries if entry not in gone]
            if len(entries) < n:
                return
            last = entries[-1]

    def delete(self, keys: Sequence[SlateKey]) -> None:
        self._each(keys, lambda pipe, key: self._delete(keys=[_name(key)], client=pipe))

    def kept(self) -> Kept:
        self.prune()
        with self._errors():
            found = [self._kept_of(_OF_VERSION + version) for version in self._versions()]
        return Kept(sum(one.n for one in found), sum(one.n_bytes for one in found))

    def prune(self) -> None:
        """Names of slates that are gone; Redis itself frees the slates."""
        with self._errors():
            last_us = to_us(self._clock()) - self._ttl_ms * 1000
            for version in self._versions():
                self._prune_version(version, last_us)

    def close(self) -> None:
        self._redis.close()

    def _kept_of(self, of_version: str) -> Kept:
        some: Any = self._redis.zrandmember(of_version, _N_WEIGHED)
        pipe = self._redis.pipeline(transaction=False)
        pipe.zcard(of_version)
        pipe.memory_usage(of_version)
        for name in some:
            pipe.memory_usage(name)
        n, of_set, *sizes = pipe.execute()
        weighed = [size for size in sizes if size is not None]
        n_bytes = n * sum(weighed) / len(weighed) if weighed else 0
        return Kept(n, round(n_bytes) + (of_set or 0))

    def _prune_version(self, version: str, last_us: int) -> None:
        """last_us: whatever was made later cannot be over yet."""
        of_version, kept = _OF_VERSION + version, 0
        while True:
            found: Any = self._redis.zrangebyscore(
                of_version, "-inf", last_us, start=kept, num=_N_AT_ONCE
            )
            kept += len(found) - len(self._strike_off([(0.0, name, version) for name in found]))
            if len(found) < _N_AT_ONCE:
                break
        if not self._redis.zcard(of_version):
            self._redis.srem(_VERSIONS, version)

    def _oldest(self, before_us: int, model_version: str, n: int, after: Entry) -> list[Entry]:
        entries: list[Entry] = []
        for version in self._versions():
            below = f"({before_us}" if version == model_version else "+inf"
            entries += self._oldest_of(version, below, n, after)
        return sorted(entries)[:n]

    def _oldest_of(self, version: str, below: str, n: int, after: Entry) -> list[Entry]:
        """A place in the set cannot be gone on from, since others take slates out meanwhile; so
        those made at the very moment of the last one are read again, and passed over."""
        n_read = n
        while True:
            found: Any = self._redis.zrangebyscore(
                _OF_VERSION + version, after[0], below, start=0, num=n_read, withscores=True
            )
            entries = [(made_at_us, name, version) for name, made_at_us in found]
            new = [entry for entry in entries if entry > after]
            if len(new) >= n or len(found) < n_read:
                return new[:n]
            n_read *= 2

    def _strike_off(self, entries: Sequence[Entry]) -> list[Entry]:
        """Those that were named but are not there in that version any more."""
        pipe = self._redis.pipeline(transaction=False)
        for _, name, _ in entries:
            pipe.hget(name, "model_version")
        found: Any = pipe.execute()
        gone = [
            entry
            for entry, now in zip(entries, found, strict=True)
            if now is None or now.decode() != entry[2]
        ]
        for _, name, version in gone:
            pipe.zrem(_OF_VERSION + version, name)
        pipe.execute()
        return gone

    def _versions(self) -> list[str]:
        found: Any = self._redis.smembers(_VERSIONS)
        return [version.decode() for version in found]

    def _each(self, things: Sequence[Any], work: Callable[[Any, Any], None]) -> None:
        """In as few journeys as there are thousands of things."""
        left = iter(things)
        with self._errors():
            while some := list(islice(left, _N_AT_ONCE)):
                pipe = self._redis.pipeline(transaction=False)
                for thing in some:
                    work(pipe, thing)
                pipe.execute()

    def _errors(self) -> Any:
        return redis_errors(self._where, SlatesUnavailable)


def _name(key: SlateKey) -> bytes:
    return name_of(key).encode()
