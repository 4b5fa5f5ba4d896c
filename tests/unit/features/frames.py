"""Interactions frames for the tests of features."""

from collections.abc import Sequence
from datetime import UTC, datetime

import polars as pl

from tastemaker.core.interaction import Action

INTERACTIONS_SCHEMA = pl.Schema(
    {
        "user_id": pl.String(),
        "item_id": pl.String(),
        "action": pl.String(),
        "value": pl.Float32(),
        "price": pl.Float32(),
        "at": pl.Datetime("us", "UTC"),
        "row": pl.Int64(),
    }
)
Event = tuple[str, str, Action, float | None, int | None]
"""user, item, action, value, Unix seconds."""


def interactions(events: Sequence[Event]) -> pl.DataFrame:
    """Events in the order of their source."""
    rows = [
        (user, item, action.value, value, None, _moment(at_s), row)
        for row, (user, item, action, value, at_s) in enumerate(events)
    ]
    return pl.DataFrame(rows, INTERACTIONS_SCHEMA, orient="row")


def _moment(at_s: int | None) -> datetime | None:
    return None if at_s is None else datetime.fromtimestamp(at_s, UTC)
