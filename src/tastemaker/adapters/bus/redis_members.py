"""Who reads a bus in Redis: a member lives while it says so, by the clock of the server."""

import json
import threading
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Any
from uuid import uuid4

import redis

from tastemaker.adapters.bus.sharing import Place

_BEATS_A_SESSION = 4

# In: seen (member -> ms), topics (member -> JSON), owners (place -> member); member, its topics,
# session in ms. Out: topics of the living, owners.
_BEAT = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZADD', KEYS[1], now, ARGV[1])
redis.call('HSET', KEYS[2], ARGV[1], ARGV[2])
for _, dead in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now - ARGV[3])) do
    redis.call('ZREM', KEYS[1], dead)
    redis.call('HDEL', KEYS[2], dead)
end
return {redis.call('HGETALL', KEYS[2]), redis.call('HGETALL', KEYS[3])}
"""
# In: the same keys; member, number of places to give, places to give, places to take.
_EXCHANGE = """
local taken = {}
for at = 3, #ARGV do
    local owner = redis.call('HGET', KEYS[3], ARGV[at])
    if at < 3 + ARGV[2] then
        if owner == ARGV[1] then redis.call('HDEL', KEYS[3], ARGV[at]) end
    elseif not owner or owner == ARGV[1] or not redis.call('ZSCORE', KEYS[1], owner) then
        redis.call('HSET', KEYS[3], ARGV[at], ARGV[1])
        taken[#taken + 1] = ARGV[at]
    end
end
return taken
"""
_LEAVE = """
redis.call('ZREM', KEYS[1], ARGV[1])
redis.call('HDEL', KEYS[2], ARGV[1])
"""


def keys_of(group: str) -> list[str]:
    """When each member was seen last, its topics, and who owns which place."""
    return [f"bus-{what}:{group}" for what in ("seen", "topics", "owners")]


class RedisMembership:
    """One member of one group; a thread says that it lives while its reader is at work."""

    def __init__(
        self, client: "redis.Redis", topics: Sequence[str], group: str, session_timeout_s: float
    ) -> None:
        self._topics = json.dumps(list(topics))
        self._keys = keys_of(group)
        self._session_ms = int(session_timeout_s * 1000)
        self._beat = client.register_script(_BEAT)
        self._exchange = client.register_script(_EXCHANGE)
        self._leave = client.register_script(_LEAVE)
        # No count of the server: emptied, it would begin again while members live.
        self.member_id = uuid4().int
        self._left = threading.Event()
        self.look()
        self._thread = threading.Thread(target=self._keep_alive, name="bus-heartbeat", daemon=True)
        self._thread.start()

    def look(self) -> tuple[dict[int, frozenset[str]], dict[Place, int]]:
        """Topics of the living members, and the owner of each place that has one."""
        arguments = (self.member_id, self._topics, self._session_ms)
        found: Any = self._beat(keys=self._keys, args=arguments)
        topics, owners = (dict(zip(flat[::2], flat[1::2], strict=True)) for flat in found)
        return (
            {int(member): frozenset(json.loads(named)) for member, named in topics.items()},
            {_place(text): int(member) for text, member in owners.items()},
        )

    def exchange(self, to_give: Iterable[Place], to_take: Iterable[Place]) -> list[Place]:
        """The places that were free to take."""
        given, wanted = [_text(one) for one in to_give], [_text(one) for one in sorted(to_take)]
        arguments: list[str | int] = [self.member_id, len(given), *given, *wanted]
        taken: Any = self._exchange(keys=self._keys, args=arguments)
        return [_place(text) for text in taken]

    def leave(self) -> None:
        self._left.set()
        self._thread.join()
        self._leave(keys=self._keys, args=(self.member_id,))

    def _keep_alive(self) -> None:
        while not self._left.wait(self._session_ms / 1000 / _BEATS_A_SESSION):
            # Where Redis is away the reader hears of it by itself.
            with suppress(redis.RedisError):
                self.look()


def _text(place: Place) -> str:
    return f"{place[1]}:{place[0]}"


def _place(text: bytes) -> Place:
    partition, _, topic = text.decode().partition(":")
    return topic, int(partition)
