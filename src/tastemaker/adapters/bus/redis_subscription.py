"""One reader of a bus in Redis."""

import threading
import time
from collections import deque
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Any

import redis

from tastemaker.adapters.bus.redis_members import RedisMembership
from tastemaker.adapters.bus.redis_streams import N_PARTITIONS, delivery_of, stream
from tastemaker.adapters.bus.sharing import Place, share
from tastemaker.adapters.redis_client import address, redis_errors
from tastemaker.core.errors import BusUnavailable
from tastemaker.core.message import Delivery

_LOOK_EVERY_S = 0.1
_WAIT_WITHOUT_PLACE_S = 0.02
_CLAIMED_AT_ONCE = 1_000
_GONE = ("NOGROUP", "UNBLOCKED")
"""What Redis answers of a stream or a group that is not there, or went while it was read."""


class RedisSubscription:
    """Every place is read by one member, which gives it up only when it owes nothing there."""

    def __init__(
        self, client: "redis.Redis", topics: Sequence[str], group: str, session_timeout_s: float
    ) -> None:
        self._redis = client
        self._group = group
        self._where = address(client)
        self._held: dict[Place, set[str]] = {}
        """Tokens of what was read and is not acknowledged, by place."""
        self._ready: deque[Delivery] = deque()
        """Read and not delivered yet."""
        self._mine: frozenset[Place] = frozenset()
        self._look_at = 0.0
        with self._errors():
            self._membership = RedisMembership(client, topics, group, session_timeout_s)

    def poll(self, max_messages: int, timeout_s: float) -> Sequence[Delivery]:
        until = time.monotonic() + timeout_s
        while True:
            with self._errors():
                self._settle()
                if not self._ready:
                    self._read(max_messages, until - time.monotonic())
            n = min(max_messages, len(self._ready))
            if n or time.monotonic() >= until:
                return [self._ready.popleft() for _ in range(n)]

    def acknowledge(self, deliveries: Sequence[Delivery]) -> None:
        done: dict[Place, list[str]] = {}
        for delivery in deliveries:
            partition, _, entry_id = delivery.token.partition(":")
            done.setdefault((delivery.topic, int(partition)), []).append(entry_id)
        if not done:
            return
        with self._errors():
            pipe = self._redis.pipeline(transaction=False)
            for place, entry_ids in done.items():
                pipe.xack(stream(place), self._group, *entry_ids)
            pipe.execute()
        for place, entry_ids in done.items():
            self._held.get(place, set()).difference_update(entry_ids)

    def close(self) -> None:
        # Where Redis is away, the others learn of it when the session is over.
        with suppress(BusUnavailable), self._errors():
            self._membership.leave()

    def _settle(self) -> None:
        """Take and give up places as the membership asks."""
        if time.monotonic() < self._look_at and self._held.keys() == self._mine:
            return
        living, owners = self._membership.look()
        self._look_at = time.monotonic() + _LOOK_EVERY_S
        me = self._membership.member_id
        # Another took it because this member was silent for too long.
        self._drop(place for place in list(self._held) if owners.get(place) != me)
        self._mine = share(me, living, N_PARTITIONS)
        to_give = [
            place for place, owed in self._held.items() if place not in self._mine and not owed
        ]
        to_take = [
            place
            for place in self._mine - self._held.keys()
            if owners.get(place) not in living or owners.get(place) == me
        ]
        if to_give or to_take:
            taken = self._membership.exchange(to_give, to_take)
            self._drop(to_give)
            for place in taken:
                self._take(place)

    def _drop(self, places: Iterable[Place]) -> None:
        for place in places:
            for entry_id in self._held.pop(place):
                token = f"{place[1]}:{entry_id}"
                self._ready = deque(
                    one for one in self._ready if (one.topic, one.token) != (place[0], token)
                )

    def _take(self, place: Place) -> None:
        """What its last owner left undone comes first."""
        name, me = stream(place), str(self._membership.member_id)
        with suppress(redis.ResponseError):  # the group is there already
            self._redis.xgroup_create(name, self._group, id="0", mkstream=True)
        self._held[place] = set()
        start: Any = b"0-0"
        while True:
            found: Any = self._redis.xautoclaim(
                name, self._group, me, min_idle_time=0, start_id=start, count=_CLAIMED_AT_ONCE
            )
            start = found[0]
            self._add(place, found[1])
            if start == b"0-0":
                break
        readers: Any = self._redis.xinfo_consumers(name, self._group)
        for reader in readers:
            if reader["name"].decode() != me:
                self._redis.xgroup_delconsumer(name, self._group, reader["name"])

    def _read(self, max_messages: int, left_s: float) -> None:
        places = [place for place in self._held if place in self._mine]
        wait_s = min(max(left_s, 0.0), _LOOK_EVERY_S)
        if not places:
            threading.Event().wait(min(wait_s, _WAIT_WITHOUT_PLACE_S))
            return
        by_stream: Any = {stream(place).encode(): place for place in places}
        try:
            found: Any = self._redis.xreadgroup(
                self._group,
                str(self._membership.member_id),
                dict.fromkeys(by_stream, ">"),
                count=max_messages,
                block=max(1, int(wait_s * 1000)),
            )
        except redis.ResponseError as error:
            if not str(error).startswith(_GONE):
                raise
            # Redis was emptied, or a stream or its group is gone: everything is taken anew, which
            # makes what is missing.
            self._drop(list(self._held))
            self._look_at = 0.0
            threading.Event().wait(min(wait_s, _WAIT_WITHOUT_PLACE_S))
            return
        for name, entries in found.items() if isinstance(found, dict) else found:
            self._add(by_stream[name], entries)

    def _add(self, place: Place, entries: Sequence[tuple[bytes, dict[bytes, bytes]]]) -> None:
        for entry_id, entry in entries:
            self._held[place].add(entry_id.decode())
            self._ready.append(delivery_of(place, entry_id, entry))

    def _errors(self) -> Any:
        return redis_errors(self._where, BusUnavailable)
