"""Writing events that are not there yet, in each database's quickest way."""

from collections.abc import Callable, Iterable, Sequence

from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql

from tastemaker.core.interaction import Interaction
from tastemaker.store.interaction_rows import row_of
from tastemaker.store.interaction_table import interactions

InsertMissing = Callable[[Connection, Sequence[Interaction]], Iterable[str]]
"""Takes the connection of a writing transaction; returns the ids of the events that went in."""

_COLUMNS = ("event_id", "user_id", "item_id", "action", "value", "price", "at_us", "session_id")
_SQLITE_INSERT = (
    f"INSERT INTO interactions ({', '.join(_COLUMNS)}) VALUES ({', '.join('?' * len(_COLUMNS))})"
    " ON CONFLICT (event_id) DO NOTHING"
)
_POSTGRESQL_INSERT = (
    postgresql.insert(interactions)
    .on_conflict_do_nothing(index_elements=[interactions.c.event_id])
    .returning(interactions.c.event_id)
)


def insert_missing(dialect: str) -> InsertMissing:
    return _into_sqlite if dialect == "sqlite" else _into_postgresql


def _into_sqlite(connection: Connection, events: Sequence[Interaction]) -> Iterable[str]:
    # A statement for many rows returns none of them; but whoever writes is alone in the file, and
    # what is new has the highest numbers.
    last = connection.exec_driver_sql("SELECT max(row) FROM interactions").scalar() or 0
    rows = [tuple(row_of(event).values()) for event in events]
    connection.exec_driver_sql(_SQLITE_INSERT, rows)
    new = connection.exec_driver_sql("SELECT event_id FROM interactions WHERE row > ?", (last,))
    return new.scalars()


def _into_postgresql(connection: Connection, events: Sequence[Interaction]) -> Iterable[str]:
    return connection.execute(_POSTGRESQL_INSERT, [row_of(event) for event in events]).scalars()
