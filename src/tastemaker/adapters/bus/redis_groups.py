"""Groups in Redis whose readers are gone for good, as those of machines that are no more."""

from collections.abc import Iterator
from typing import Any

import redis

from tastemaker.adapters.bus.redis_members import keys_of
from tastemaker.adapters.bus.redis_streams import streams


def drop_deserted(client: "redis.Redis", topic: str, before_ms: int, min_silent_ms: int) -> None:
    """Those that nobody has read by since a moment, at least for so long. One that comes back is a
    new group, and begins with the oldest message kept."""
    time: Any = client.time()
    now_ms = time[0] * 1000 + time[1] // 1000
    silent_ms = max(now_ms - before_ms, min_silent_ms)
    for name in streams(topic):
        for group in _groups(client, name):
            has_member = _has_member(client, group, now_ms - silent_ms)
            if not has_member and not _was_read(client, name, group, silent_ms):
                client.xgroup_destroy(name, group)
                client.delete(*keys_of(group))


def _groups(client: "redis.Redis", name: str) -> Iterator[str]:
    known: Any = client.xinfo_groups(name) if client.exists(name) else []
    yield from (one["name"].decode() for one in known)


def _has_member(client: "redis.Redis", group: str, since_ms: int) -> bool:
    seen, *_ = keys_of(group)
    return bool(client.zcount(seen, since_ms, "+inf"))


def _was_read(client: "redis.Redis", name: str, group: str, silent_ms: int) -> bool:
    readers: Any = client.xinfo_consumers(name, group)
    return any(reader["idle"] < silent_ms for reader in readers)
