"""One reader of the embedded bus."""

import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tastemaker.adapters.bus.foreign import headers_of
from tastemaker.adapters.bus.sharing import Place, share
from tastemaker.adapters.bus.sqlite_file import N_PARTITIONS, bus_errors, connect, writing
from tastemaker.adapters.bus.sqlite_members import Membership
from tastemaker.core.errors import BusUnavailable, DiskFull
from tastemaker.core.message import Delivery, Message

_FIRST_WAIT_S = 0.002
_LONGEST_WAIT_S = 0.1
_LOOK_FOR_DEAD_EVERY_S = 0.25
_FETCH = (
    "SELECT row, message_id, key, value, headers FROM messages"
    " WHERE topic = ? AND partition = ? AND row > ? ORDER BY row LIMIT ?"
)
_TAKE = """
INSERT INTO places (group_name, topic, partition, member_id) VALUES (?, ?, ?, ?)
ON CONFLICT DO UPDATE SET member_id = excluded.member_id
    WHERE member_id IS NULL OR member_id NOT IN (SELECT member_id FROM members)
RETURNING acknowledged_row
"""
_OF_PLACE = "WHERE group_name = ? AND topic = ? AND partition = ? AND member_id = ?"
_GIVE = f"UPDATE places SET member_id = NULL {_OF_PLACE}"
_ACKNOWLEDGE = f"UPDATE places SET acknowledged_row = ? {_OF_PLACE}"


@dataclass(slots=True)
class _Held:
    """Rows up to which the messages of a place were delivered, and acknowledged."""

    delivered: int
    acknowledged: int


class SqliteSubscription:
    """Every place is read by one member, which gives it up only when it owes nothing there."""

    def __init__(
        self,
        file: Path,
        topics: Sequence[str],
        group: str,
        published: threading.Condition,
        stopwatch: Callable[[], float],
    ) -> None:
        self._file = file
        self._group = group
        self._published = published
        self._stopwatch = stopwatch
        self._held: dict[Place, _Held] = {}
        self._mine: frozenset[Place] = frozenset()
        self._seen_version = -1
        self._is_drained = False
        self._look_at = 0.0
        with bus_errors(file):
            # Not durable: an acknowledgement lost in a power cut brings its message again.
            self._connection = connect(file, is_durable=False)
            self._membership = Membership(self._connection, file, topics, group)

    def poll(self, max_messages: int, timeout_s: float) -> Sequence[Delivery]:
        until = self._stopwatch() + timeout_s
        wait_s = _FIRST_WAIT_S
        while True:
            with bus_errors(self._file):
                self._settle()
                found = [] if self._is_drained else self._fetch(max_messages)
            left_s = until - self._stopwatch()
            if found or left_s <= 0:
                return found
            with self._published:
                self._published.wait(min(wait_s, left_s))
            wait_s = min(2 * wait_s, _LONGEST_WAIT_S)

    def acknowledge(self, deliveries: Sequence[Delivery]) -> None:
        done: dict[Place, int] = {}
        for delivery in deliveries:
            partition, row = map(int, delivery.token.split(":"))
            place = (delivery.topic, partition)
            if place in self._held and row > self._held[place].acknowledged:
                done[place] = max(row, done.get(place, 0))
        if not done:
            return
        with bus_errors(self._file), writing(self._connection):
            for place, row in done.items():
                self._connection.execute(_ACKNOWLEDGE, (row, *self._at(place)))
        for place, row in done.items():
            self._held[place].acknowledged = row

    def close(self) -> None:
        with suppress(BusUnavailable, DiskFull), bus_errors(self._file):
            self._membership.leave()
        self._connection.close()

    def _settle(self) -> None:
        """Notice what others wrote; take and give up places as the membership asks."""
        (version,) = self._connection.execute("PRAGMA data_version").fetchone()
        now_s = self._stopwatch()
        if version != self._seen_version:
            self._is_drained = False
        elif now_s < self._look_at and self._held.keys() == self._mine:
            return
        self._seen_version = version
        self._look_at = now_s + _LOOK_FOR_DEAD_EVERY_S
        self._mine = share(self._membership.member_id, self._membership.living(), N_PARTITIONS)
        to_take = self._mine - self._held.keys()
        to_give = [
            place
            for place, held in self._held.items()
            if place not in self._mine and held.delivered == held.acknowledged
        ]
        if to_give or (to_take and self._is_any_free(to_take)):
            self._exchange(to_take, to_give)

    def _is_any_free(self, places: frozenset[Place]) -> bool:
        taken = self._connection.execute(
            "SELECT topic, partition FROM places JOIN members USING (member_id)"
            " WHERE places.group_name = ?",
            (self._group,),
        )
        return bool(places - set(taken.fetchall()))

    def _exchange(self, to_take: frozenset[Place], to_give: Sequence[Place]) -> None:
        taken: dict[Place, _Held] = {}
        with writing(self._connection):
            for place in to_give:
                self._connection.execute(_GIVE, self._at(place))
            for place in sorted(to_take):
                row = self._connection.execute(_TAKE, self._at(place)).fetchone()
                if row is not None:
                    taken[place] = _Held(delivered=row[0], acknowledged=row[0])
        for place in to_give:
            del self._held[place]
        self._held |= taken
        self._is_drained = False

    def _fetch(self, max_messages: int) -> list[Delivery]:
        found: list[Delivery] = []
        # Whoever was read now is asked last next time, so that none waits for another.
        for place in list(self._held):
            if len(found) >= max_messages:
                return found
            held = self._held[place]
            if place not in self._mine:
                continue
            parameters = (*place, held.delivered, max_messages - len(found))
            rows = self._connection.execute(_FETCH, parameters).fetchall()
            if rows:
                found += [_delivery(place, *row) for row in rows]
                held.delivered = rows[-1][0]
                self._held[place] = self._held.pop(place)
        self._is_drained = len(found) < max_messages
        return found

    def _at(self, place: Place) -> tuple[str, str, int, int]:
        return (self._group, *place, self._membership.member_id)


def _delivery(
    place: Place, row: int, message_id: str, key: str, value: bytes, headers: str
) -> Delivery:
    topic, partition = place
    message = Message(message_id, key, value, headers_of(headers))
    return Delivery(topic, message, f"{partition}:{row}")
