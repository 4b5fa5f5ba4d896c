"""Reading a table of interactions: from text to checked, typed events."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from tastemaker.core.interaction import Action
from tastemaker.ingest.columns import ColumnMap
from tastemaker.ingest.frames import INTERACTIONS_SCHEMA
from tastemaker.ingest.limits import IngestConfig
from tastemaker.ingest.parse import moments, number, trimmed
from tastemaker.ingest.raw import RawChunk, Table
from tastemaker.ingest.rejects import Rejects
from tastemaker.ingest.validate import Check, checks_of, first_reason, unknown_item

TABLE = "interactions"

_EVENT_SCHEMA = pl.Schema({k: v for k, v in INTERACTIONS_SCHEMA.items() if k != "row"})


@dataclass(frozen=True, slots=True)
class InteractionTable:
    """A table and which of its columns mean what."""

    table: Table
    columns: ColumnMap


@dataclass(frozen=True, slots=True)
class ReadInteractions:
    """now: the moment after which an event is impossible. known: the ids of the catalogue; None:
    every item of the source is welcome."""

    config: IngestConfig
    now: datetime
    known: pl.Series | None = None

    def run(
        self, source: InteractionTable, rejects: Rejects, on_progress: Callable[[float], None]
    ) -> pl.DataFrame:
        """All good events in the order of the source: INTERACTIONS_SCHEMA without `row`.

        Bad ones go to the rejects; it is for the caller to say how many are too many.
        """
        columns = source.columns
        checks = checks_of(self.config, self.now, has_times=columns.at is not None)
        if self.known is not None:
            checks = (*checks, unknown_item(self.known))
        events = [pl.DataFrame(schema=_EVENT_SCHEMA)]
        for chunk in source.table.chunks(columns.wanted()):
            events.append(_good_events(chunk, columns, checks, rejects))
            on_progress(chunk.fraction)
        return pl.concat(events)


def _good_events(
    chunk: RawChunk, columns: ColumnMap, checks: tuple[Check, ...], rejects: Rejects
) -> pl.DataFrame:
    rejects.read(TABLE, len(chunk.rows) + len(chunk.rejected))
    rejects.add(TABLE, chunk.rejected)
    judged = _typed(chunk.rows, columns).with_columns(first_reason(checks))
    bad = pl.col("reason").is_not_null()
    rejects.add(TABLE, judged.filter(bad).select("line", "reason", "raw"))
    return judged.filter(~bad).select(_EVENT_SCHEMA.names())


def _typed(rows: pl.DataFrame, columns: ColumnMap) -> pl.DataFrame:
    """The fields as text under `said_...`, and as values under their own names."""
    absent = [
        pl.lit(None, pl.String).alias(field)
        for field in ("action", "value", "price", "at")
        if field not in rows.columns
    ]
    said = rows.with_columns(absent).with_columns(
        trimmed("user_id"),
        trimmed("item_id"),
        *(trimmed(field).alias(f"said_{field}") for field in ("action", "value", "price", "at")),
    )
    return said.with_columns(
        action=_action(columns),
        value=number("said_value"),
        price=number("said_price"),
        at=moments(said["said_at"]),
    )


def _action(columns: ColumnMap) -> pl.Expr:
    """Name of the action; null where the row states one that does not exist."""
    if columns.action is None:
        return pl.lit(columns.action_of_all.value)
    stated = pl.col("said_action").str.to_lowercase()
    return pl.when(stated.is_in([action.value for action in Action])).then(stated)
