"""The bus on Redis Streams.

A message is as durable as Redis is told to be: `appendfsync always` keeps what was accepted
through a power cut, `everysec` may lose the last second.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import redis

from tastemaker.adapters.bus.redis_groups import drop_deserted
from tastemaker.adapters.bus.redis_streams import entry_of, stream_of, streams
from tastemaker.adapters.bus.redis_subscription import RedisSubscription
from tastemaker.adapters.redis_client import address, connect, redis_errors
from tastemaker.core.errors import BusUnavailable
from tastemaker.core.kept import Kept
from tastemaker.core.message import Message
from tastemaker.store.instants import to_us

_N_AT_ONCE = 1_000
_DESERTED_SESSIONS = 10
"""A group is not deserted before, however little is kept."""


class RedisBus:
    """timeout_s: until Redis counts as away. session_timeout_s: until a silent reader is dead."""

    def __init__(self, url: str, *, timeout_s: float, session_timeout_s: float) -> None:
        self._redis: redis.Redis = connect(url, timeout_s)
        self._where = address(self._redis)
        self._session_timeout_s = session_timeout_s
        self._deserted_ms = int(_DESERTED_SESSIONS * session_timeout_s * 1000)

    def publish(self, topic: str, messages: Sequence[Message]) -> None:
        with self._errors():
            for start in range(0, len(messages), _N_AT_ONCE):
                pipe = self._redis.pipeline(transaction=True)
                for message in messages[start : start + _N_AT_ONCE]:
                    entry: Any = entry_of(message)
                    pipe.xadd(stream_of(topic, message), entry)
                pipe.execute()

    def subscribe(self, topics: Sequence[str], group: str) -> RedisSubscription:
        return RedisSubscription(self._redis, topics, group, self._session_timeout_s)

    def lag(self, topic: str, group: str) -> int:
        with self._errors():
            return sum(self._lag(name, group) for name in streams(topic))

    def kept(self, topic: str) -> Kept:
        with self._errors():
            pipe = self._redis.pipeline(transaction=False)
            for name in streams(topic):
                pipe.xlen(name)
                pipe.memory_usage(name)
            found = pipe.execute()
        # Nothing where there is no such stream.
        return Kept(sum(found[::2]), sum(n_bytes or 0 for n_bytes in found[1::2]))

    def prune(self, topic: str, before: datetime, read_by: str | None = None) -> None:
        """By the clock of the server, which numbers messages by the millisecond. Groups that
        nobody has read by since go too."""
        before_ms = to_us(before) // 1000
        first_kept = (before_ms, 0)
        with self._errors():
            drop_deserted(self._redis, topic, before_ms, self._deserted_ms)
            for name in streams(topic):
                kept = first_kept
                if read_by is not None:
                    kept = min(kept, self._first_unread(name, read_by))
                self._redis.xtrim(name, minid="{}-{}".format(*kept), approximate=False)

    def close(self) -> None:
        self._redis.close()

    def _group(self, name: str, group: str) -> dict[str, Any] | None:
        groups: Any = self._redis.xinfo_groups(name) if self._redis.exists(name) else []
        return next((one for one in groups if one["name"].decode() == group), None)

    def _first_unread(self, name: str, group: str) -> tuple[int, int]:
        """All entries before it are acknowledged."""
        known = self._group(name, group)
        if known is None:
            return (0, 0)
        pending: Any = self._redis.xpending(name, group)
        if pending["min"] is not None:
            return _id(pending["min"])
        ms, number = _id(known["last-delivered-id"])
        return ms, number + 1

    def _lag(self, name: str, group: str) -> int:
        known = self._group(name, group)
        if known is None:
            return int(self._redis.xlen(name))
        unread = known["lag"]
        if unread is None:
            # Redis does not know it where messages were forgotten unread.
            unread = sum(1 for _ in self._after(name, known["last-delivered-id"]))
        return int(unread) + int(known["pending"])

    def _after(self, name: str, entry_id: bytes) -> Iterator[bytes]:
        while True:
            found: Any = self._redis.xrange(name, f"({entry_id.decode()}", "+", count=_N_AT_ONCE)
            if not found:
                return
            yield from (one for one, _ in found)
            entry_id = found[-1][0]

    def _errors(self) -> Any:
        return redis_errors(self._where, BusUnavailable)


def _id(entry_id: bytes) -> tuple[int, int]:
    ms, number = entry_id.split(b"-")
    return int(ms), int(number)
