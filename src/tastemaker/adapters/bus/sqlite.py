"""The embedded bus: an append-only log in an SQLite file, for the processes of one machine."""

import json
import sqlite3
import threading
import time
import zlib
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import datetime
from operator import mul
from pathlib import Path

from tastemaker.adapters.bus.sqlite_file import (
    N_PARTITIONS,
    bus_errors,
    connect,
    create_tables,
    writing,
)
from tastemaker.adapters.bus.sqlite_subscription import SqliteSubscription
from tastemaker.core.clock import Clock
from tastemaker.core.errors import BusUnavailable
from tastemaker.core.kept import Kept
from tastemaker.core.message import Message
from tastemaker.store.group_commit import GroupCommit, GroupCommitConfig
from tastemaker.store.instants import to_us

_INSERT = (
    "INSERT INTO messages (topic, partition, message_id, key, value, headers, at_us)"
    " VALUES (?, ?, ?, ?, ?, ?, ?)"
)
_PRUNED_AT_ONCE = 10_000
_OLD = """
SELECT row FROM messages
WHERE topic = :topic AND at_us < :before_us AND (:read_by IS NULL OR row <= (
    SELECT acknowledged_row FROM places
    WHERE group_name = :read_by AND places.topic = messages.topic
        AND places.partition = messages.partition
)) LIMIT :limit
"""
_ACKNOWLEDGED = "SELECT partition, acknowledged_row FROM places WHERE group_name = ? AND topic = ?"
_COUNT = "SELECT count(*) FROM messages WHERE topic = ? AND partition = ? AND row > ?"
_MEAN_BYTES = """
SELECT avg(length(message_id) + length(key) + length(value) + length(headers)) FROM (
    SELECT * FROM messages WHERE topic = ? AND partition = ? ORDER BY row DESC LIMIT 100
)
"""
_DROP_READ_BY_ALL = """
DELETE FROM messages WHERE row <= (
    SELECT min(acknowledged_row) FROM places
    WHERE places.topic = messages.topic AND places.partition = messages.partition
)
"""

Row = tuple[str, int, str, str, bytes, str, int]


class SqliteBus:
    """A full file refuses messages; before that it forgets what all groups have read."""

    def __init__(
        self,
        file: Path,
        clock: Clock,
        *,
        max_bytes: int = 2**30,
        stopwatch: Callable[[], float] = time.monotonic,
    ) -> None:
        self._file = file
        self._clock = clock
        self._max_bytes = max_bytes
        self._stopwatch = stopwatch
        self._published = threading.Condition()
        with bus_errors(file):
            _make_folder(file.parent)
            self._connection = connect(file, is_durable=True, max_bytes=max_bytes)
            create_tables(self._connection)
        # Messages of several threads share a commit, and so one wait for the disk.
        self._writer: GroupCommit[Row, None] = GroupCommit(self._write, GroupCommitConfig())

    def publish(self, topic: str, messages: Sequence[Message]) -> None:
        if not messages:
            return
        with bus_errors(self._file):
            at_us = to_us(self._clock())
            self._writer.submit([_row(topic, one, at_us) for one in messages]).result()
        with self._published:
            self._published.notify_all()

    def subscribe(self, topics: Sequence[str], group: str) -> SqliteSubscription:
        return SqliteSubscription(self._file, topics, group, self._published, self._stopwatch)

    def lag(self, topic: str, group: str) -> int:
        with bus_errors(self._file), closing(connect(self._file, is_durable=False)) as connection:
            done = dict(connection.execute(_ACKNOWLEDGED, (group, topic)).fetchall())
            places = [(topic, part, done.get(part, 0)) for part in range(N_PARTITIONS)]
            return sum(connection.execute(_COUNT, place).fetchone()[0] for place in places)

    def kept(self, topic: str) -> Kept:
        with bus_errors(self._file), closing(connect(self._file, is_durable=False)) as connection:
            places = [(topic, part, 0) for part in range(N_PARTITIONS)]
            n = [connection.execute(_COUNT, place).fetchone()[0] for place in places]
            sizes = [connection.execute(_MEAN_BYTES, place[:2]).fetchone()[0] for place in places]
        n_bytes = sum(map(mul, n, (size or 0.0 for size in sizes)))
        return Kept(sum(n), round(n_bytes))

    def prune(self, topic: str, before: datetime, read_by: str | None = None) -> None:
        wanted = {"topic": topic, "before_us": to_us(before), "read_by": read_by}
        # In slices, so that writers need not wait for all of it.
        with bus_errors(self._file), closing(connect(self._file, is_durable=False)) as connection:
            while True:
                old = connection.execute(_OLD, wanted | {"limit": _PRUNED_AT_ONCE}).fetchall()
                with writing(connection):
                    connection.executemany("DELETE FROM messages WHERE row = ?", old)
                if len(old) < _PRUNED_AT_ONCE:
                    return

    def close(self) -> None:
        self._writer.close()
        self._connection.close()

    def _write(self, groups: Sequence[Sequence[Row]]) -> Sequence[None]:
        rows = [row for group in groups for row in group]
        try:
            self._insert(rows)
        except sqlite3.Error as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_FULL:
                raise
            with writing(self._connection):
                self._connection.execute(_DROP_READ_BY_ALL)
            self._insert(rows)
        return [None] * len(groups)

    def _insert(self, rows: Sequence[Row]) -> None:
        with writing(self._connection):
            self._connection.executemany(_INSERT, rows)


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BusUnavailable(
            f"No folder for the bus: {error.strerror}",
            where=str(folder),
            next_step="Choose a folder that can be written.",
        ) from error


def _row(topic: str, message: Message, at_us: int) -> Row:
    partition = zlib.crc32((message.key or message.message_id).encode()) % N_PARTITIONS
    headers = json.dumps(dict(message.headers)) if message.headers else "{}"
    return (
        topic,
        partition,
        message.message_id,
        message.key,
        message.value,
        headers,
        at_us,
    )
