"""Of whom events have come since it was last asked, whoever wrote them."""

import sqlite3
from collections.abc import Callable
from typing import Any, cast

from sqlalchemy import Engine, event

from tastemaker.core.ids import UserId
from tastemaker.store.vendor_errors import translated

LOOK_EVERY_S = 0.02
"""What other processes write is told after it, at the latest; what this one writes, at once."""

_MAX_TOLD = 10_000
_USERS_AFTER = "SELECT row, user_id FROM interactions WHERE row > ? ORDER BY row LIMIT ?"


class Arrivals:
    """On a file of SQLite, which tells at little cost whether another connection has written.

    Keeps one connection. For one thread at a time.
    """

    def __init__(self, engine: Engine, stopwatch: Callable[[], float]) -> None:
        """engine: of a migrated SQLite database, through which this process writes."""
        self._stopwatch = stopwatch
        self._where = engine.url.render_as_string(hide_password=True)
        with translated(self._where):
            self._held = engine.raw_connection()
            self._connection = cast(sqlite3.Connection, self._held.driver_connection)
        self._data_version = self._read_data_version()
        self._row = self._last_row()
        self._looked_at_s = stopwatch()
        self._is_used = True
        event.listen(engine, "checkin", self._note)

    def users(self) -> frozenset[UserId] | None:
        """None where they are too many to be told. Raises StoreUnavailable."""
        now_s = self._stopwatch()
        if not self._is_used and now_s - self._looked_at_s < LOOK_EVERY_S:
            return frozenset()
        self._is_used, self._looked_at_s = False, now_s
        data_version = self._read_data_version()
        if data_version == self._data_version:
            return frozenset()
        with translated(self._where):
            rows = self._connection.execute(_USERS_AFTER, (self._row, _MAX_TOLD)).fetchall()
        if len(rows) == _MAX_TOLD:
            self._row = self._last_row()
        elif rows:
            self._row = rows[-1][0]
        self._data_version = data_version
        return None if len(rows) == _MAX_TOLD else frozenset(UserId(user) for _, user in rows)

    def close(self) -> None:
        self._held.close()

    def _note(self, _connection: Any, _record: Any) -> None:
        """A connection was given back, after what it wrote was durable."""
        self._is_used = True

    def _read_data_version(self) -> int:
        with translated(self._where):
            return int(self._connection.execute("PRAGMA data_version").fetchone()[0])

    def _last_row(self) -> int:
        with translated(self._where):
            newest = self._connection.execute("SELECT max(row) FROM interactions").fetchone()[0]
        return newest or 0
