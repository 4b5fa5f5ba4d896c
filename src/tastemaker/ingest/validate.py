"""The checks of an interaction. One check is one function: a reason and what it applies to.

They see the fields as text (`said_value`, `said_at`, `said_price`, `said_action`; null where the
cell is empty) beside what was read from them (`value`, `at`, `price`, `action`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

import polars as pl

from tastemaker.core.event_rules import MAX_NUMBER, MIN_RATING
from tastemaker.core.ids import MAX_ID_LENGTH
from tastemaker.core.interaction import Action
from tastemaker.ingest.limits import IngestConfig


@dataclass(frozen=True, slots=True)
class Check:
    """fails: true for the rows to set aside; null counts as false."""

    reason: str
    fails: pl.Expr


def missing_id(field: str) -> Check:
    return Check(f"missing {field}", pl.col(field).is_null())


def id_too_long(field: str) -> Check:
    return Check(f"{field} too long", pl.col(field).str.len_chars() > MAX_ID_LENGTH)


def control_character(field: str) -> Check:
    """A tab, a line end or a zero byte in an id is always a slip of the file's writer."""
    return Check(f"control character in {field}", pl.col(field).str.contains(r"[\x00-\x1f\x7f]"))


def unknown_action() -> Check:
    return Check("unknown action", pl.col("action").is_null())


def broken_value() -> Check:
    return Check("value is not a number", _unread("value"))


def missing_rating() -> Check:
    return Check("missing rating", _is(Action.RATE) & pl.col("value").is_null())


def rating_out_of_range(max_rating: float) -> Check:
    in_range = pl.col("value").is_between(MIN_RATING, max_rating)
    return Check(f"rating outside {MIN_RATING} to {max_rating}", _is(Action.RATE) & ~in_range)


def share_out_of_range() -> Check:
    in_range = pl.col("value").is_between(0.0, 1.0)
    return Check("share watched outside 0 to 1", _is(Action.WATCHED) & ~in_range)


def negative_value() -> Check:
    return Check("negative value", pl.col("value") < 0)


def too_large(field: str) -> Check:
    return Check(f"{field} too large", pl.col(field) > MAX_NUMBER)


def broken_price() -> Check:
    return Check("price is not a number", _unread("price"))


def negative_price() -> Check:
    return Check("negative price", pl.col("price") < 0)


def missing_time() -> Check:
    return Check("missing time", pl.col("said_at").is_null())


def broken_time() -> Check:
    return Check("time cannot be read", _unread("at"))


def impossible_time(earliest: datetime, latest: datetime) -> Check:
    """Before the first possible event, or later than our clock allows."""
    return Check("impossible time", ~pl.col("at").is_between(earliest, latest))


def unknown_item(known: pl.Series) -> Check:
    """known: ids of the catalogue."""
    return Check("unknown item", ~pl.col("item_id").is_in(known.implode()))


def checks_of(config: IngestConfig, now: datetime, *, has_times: bool) -> tuple[Check, ...]:
    """All checks, the plainest reason first."""
    ids = ("user_id", "item_id")
    earliest = datetime.combine(config.earliest, time(), UTC)
    of_time = (
        missing_time(),
        broken_time(),
        impossible_time(earliest, now + timedelta(seconds=config.future_s)),
    )
    return (
        *(missing_id(field) for field in ids),
        *(id_too_long(field) for field in ids),
        *(control_character(field) for field in ids),
        unknown_action(),
        broken_value(),
        missing_rating(),
        rating_out_of_range(config.max_rating),
        share_out_of_range(),
        negative_value(),
        too_large("value"),
        broken_price(),
        negative_price(),
        too_large("price"),
        *(of_time if has_times else ()),
    )


def first_reason(checks: Sequence[Check]) -> pl.Expr:
    """The reason of the first check that fails, null where none does."""
    return pl.coalesce(pl.when(check.fails).then(pl.lit(check.reason)) for check in checks).alias(
        "reason"
    )


def _is(action: Action) -> pl.Expr:
    return pl.col("action") == action.value


def _unread(field: str) -> pl.Expr:
    return pl.col(f"said_{field}").is_not_null() & pl.col(field).is_null()
