"""One value of a JSON document or a database row as text."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import polars as pl

from tastemaker.ingest.columns import LIST_SEPARATOR
from tastemaker.ingest.raw import RawChunk, rejected_rows


class NotText(ValueError):
    """The value has no text form."""


def as_text(value: Any) -> str | None:
    """None for null. Raises NotText for bytes that are not UTF-8 and for nested values."""
    kind = type(value)
    if value is None or kind is str:
        return value  # type: ignore[no-any-return]
    if kind is int:
        return str(value)
    return _rarer_as_text(value)


def _rarer_as_text(value: Any) -> str:
    match value:
        case bool():
            return str(value).lower()
        case float() if value.is_integer():
            return str(int(value))
        case datetime() | date():
            return value.isoformat()
        case bytes():
            return _decoded(value)
        case list() | tuple():
            return LIST_SEPARATOR.join(text for part in value if (text := as_text(part)))
        case dict():
            raise NotText("nested value")
    return str(value)


def _decoded(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        raise NotText("not valid UTF-8") from None


@dataclass(frozen=True, slots=True)
class NumberedRow:
    """raw: the row as its source wrote it. cells: by the source's own names of the columns."""

    number: int
    raw: str
    cells: Mapping[str, Any]


def chunk_of_rows(
    rows: Sequence[NumberedRow],
    wanted: Mapping[str, str],
    fraction: float,
    rejected: Sequence[tuple[int, str, str]] = (),
) -> RawChunk:
    """Those that have no text form are rejected besides the ones given."""
    try:
        good, bad = _by_columns(rows, wanted), list(rejected)
    except NotText:
        kept, bad = [], list(rejected)
        for row in rows:
            try:
                _by_columns([row], wanted)
            except NotText as reason:
                bad.append((row.number, str(reason), row.raw))
            else:
                kept.append(row)
        good = _by_columns(kept, wanted)
    return RawChunk(good, rejected_rows(bad), fraction)


def _by_columns(rows: Sequence[NumberedRow], wanted: Mapping[str, str]) -> pl.DataFrame:
    """Raises NotText where one cell has no text form."""
    columns: dict[str, Any] = {
        "line": pl.Series([row.number for row in rows], dtype=pl.Int64),
        "raw": pl.Series([row.raw for row in rows], dtype=pl.String),
    }
    for field, column in wanted.items():
        texts = [as_text(row.cells.get(column)) for row in rows]
        columns[field] = pl.Series(texts, dtype=pl.String)
    return pl.DataFrame(columns)
