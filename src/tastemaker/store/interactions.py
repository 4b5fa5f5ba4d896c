"""What people did, kept for good."""

from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import polars as pl
from sqlalchemy import Engine, Row, Select, bindparam, func, select

from tastemaker.core.history import PastEvent
from tastemaker.core.ids import EventId, ItemId, UserId
from tastemaker.core.interaction import Action, Interaction
from tastemaker.store.engine import reader
from tastemaker.store.group_commit import GroupCommit, GroupCommitConfig
from tastemaker.store.interaction_insert import insert_missing
from tastemaker.store.interaction_rows import interaction_of
from tastemaker.store.interaction_table import interactions
from tastemaker.store.vendor_errors import translated

_MICROSECONDS_A_SECOND = 1_000_000
_COLUMNS = interactions.c

_OF_USER = (
    select(interactions)
    .where(_COLUMNS.user_id == bindparam("user_id"))
    .order_by(_COLUMNS.at_us.desc(), _COLUMNS.row.desc())
    .limit(bindparam("limit"))
)
_PAST_OF_USER = _OF_USER.with_only_columns(
    _COLUMNS.item_id, _COLUMNS.action, _COLUMNS.value, _COLUMNS.at_us
)
_REVISION = select(func.max(_COLUMNS.row), func.count()).where(
    _COLUMNS.user_id == bindparam("user_id")
)
_REVISION_ON_SQLITE = "SELECT max(row), count(*) FROM interactions WHERE user_id = ?"
_MAX_EVENTS_OF_USER = 2**20
_AFTER = (
    select(interactions)
    .where(_COLUMNS.row > bindparam("row"))
    .order_by(_COLUMNS.row)
    .limit(bindparam("limit"))
)
_NAMING_SLATES = (
    select(interactions)
    .where(
        _COLUMNS.row > bindparam("row"),
        _COLUMNS.row <= bindparam("last_row"),
        _COLUMNS.session_id.is_not(None),
    )
    .order_by(_COLUMNS.row)
    .limit(bindparam("limit"))
)
_FRAME_SCHEMA = {
    "user_id": pl.String,
    "item_id": pl.String,
    "action": pl.String,
    "value": pl.Float32,
    "price": pl.Float32,
    "at": pl.Int64,
    "row": pl.Int64,
}


@dataclass(frozen=True, slots=True)
class AppendResult:
    """new: for each event given, in order, whether it went in now or its id was there before."""

    new: tuple[bool, ...]


class InteractionLog:
    """Append-only. Safe to use from several threads and, on one database, several processes."""

    def __init__(self, engine: Engine, config: GroupCommitConfig | None = None) -> None:
        self._engine = engine
        self._reader = reader(engine)
        self._where = engine.url.render_as_string(hide_password=True)
        self._insert_missing = insert_missing(engine.dialect.name)
        self._writer: GroupCommit[Interaction, AppendResult] = GroupCommit(
            self._write, config or GroupCommitConfig()
        )

    def submit(self, events: Sequence[Interaction]) -> "Future[AppendResult]":
        """Durable when the future is done. Raises StoreBusy; the future may hold DiskFull,
        StoreUnavailable or RequestInvalid, and then nothing of these events went in."""
        return self._writer.submit(events)

    def append(self, events: Sequence[Interaction]) -> AppendResult:
        """Durable on return; an event whose id is already there changes nothing."""
        return self.submit(events).result()

    def of_user(self, user_id: UserId, limit: int) -> list[Interaction]:
        """The latest `limit` events of a user by their time, newest last."""
        rows = self._rows(_OF_USER, user_id, limit)
        return [interaction_of(row) for row in reversed(rows)]

    def past_of_user(self, user_id: UserId, limit: int) -> list[PastEvent]:
        """The same with only what a slate is computed from, at half the time."""
        rows = self._rows(_PAST_OF_USER, user_id, limit)
        return [
            PastEvent(ItemId(item_id), Action(action), value, at_us // _MICROSECONDS_A_SECOND)
            for item_id, action, value, at_us in reversed(rows)
        ]

    def since(self, row: int = 0, rows_per_frame: int = 100_000) -> Iterator[pl.DataFrame]:
        """All events that arrived after a row number, as interactions frames in that order."""
        while True:
            with translated(self._where), self._reader.connect() as connection:
                found = connection.execute(_AFTER, {"row": row, "limit": rows_per_frame}).all()
            if not found:
                return
            yield _frame(found)
            row = found[-1].row

    def naming_slates(self, row: int, last_row: int, limit: int) -> list[tuple[int, Interaction]]:
        """The first events after a row number and up to another that answer a slate, each with its
        own number."""
        asked = {"row": row, "last_row": last_row, "limit": limit}
        with translated(self._where), self._reader.connect() as connection:
            found = connection.execute(_NAMING_SLATES, asked).all()
        return [(one.row, interaction_of(one)) for one in found]

    def revision(self, user_id: UserId) -> int:
        """Another one whenever an event of the user has come or gone; 0 where there is none."""
        row, n_events = self._newest_and_number(user_id)
        return int((row or 0) * _MAX_EVENTS_OF_USER + n_events % _MAX_EVENTS_OF_USER)

    def _newest_and_number(self, user_id: UserId) -> tuple[int | None, int]:
        with translated(self._where):
            if self._engine.dialect.name != "sqlite":
                with self._reader.connect() as connection:
                    row, n_events = connection.execute(_REVISION, {"user_id": user_id}).one()
                return row, n_events
            # A fraction of the time of the way through SQLAlchemy; slates wait for it.
            with closing(self._engine.raw_connection()) as raw:
                found = raw.cursor().execute(_REVISION_ON_SQLITE, (user_id,)).fetchone()
            return found[0], found[1]

    def last_row(self) -> int:
        """Of all events; 0 where there is none."""
        with translated(self._where), self._reader.connect() as connection:
            return connection.execute(select(func.max(_COLUMNS.row))).scalar_one() or 0

    def count(self, after_row: int = 0) -> int:
        """Of the events with a higher number. Numbers alone do not tell: some are of no event, as
        those that PostgreSQL gives to a repetition."""
        statement = select(func.count()).where(_COLUMNS.row > after_row)
        with translated(self._where), self._reader.connect() as connection:
            return connection.execute(statement).scalar_one()

    def ping(self) -> None:
        """Raises StoreUnavailable where the database does not answer."""
        with translated(self._where), self._reader.connect() as connection:
            connection.execute(select(1))

    def n_waiting(self) -> int:
        """Events that are not being written yet."""
        return self._writer.n_waiting()

    def close(self) -> None:
        """Write what waits, then stop; later events are refused."""
        self._writer.close()

    def _rows(self, statement: Select[Any], user_id: UserId, limit: int) -> Sequence[Row[Any]]:
        with translated(self._where), self._reader.connect() as connection:
            return connection.execute(statement, {"user_id": user_id, "limit": limit}).all()

    def _write(self, groups: Sequence[Sequence[Interaction]]) -> list[AppendResult]:
        together = [event for events in groups for event in events]
        if not together:
            return [AppendResult(()) for _ in groups]
        with translated(self._where), self._engine.begin() as connection:
            inserted = set(self._insert_missing(connection, together))
        return [
            AppendResult(tuple(_claim(inserted, event.event_id) for event in events))
            for events in groups
        ]


def _claim(inserted: set[str], event_id: EventId) -> bool:
    """True for the first event of an id that went in, False for its repetitions."""
    if event_id not in inserted:
        return False
    inserted.remove(event_id)
    return True


def _frame(rows: Sequence[Row[Any]]) -> pl.DataFrame:
    columns = [
        [row.user_id for row in rows],
        [row.item_id for row in rows],
        [row.action for row in rows],
        [row.value for row in rows],
        [row.price for row in rows],
        [row.at_us for row in rows],
        [row.row for row in rows],
    ]
    frame = pl.DataFrame(dict(zip(_FRAME_SCHEMA, columns, strict=True)), schema=_FRAME_SCHEMA)
    return frame.with_columns(pl.col("at").cast(pl.Datetime("us", "UTC")))
