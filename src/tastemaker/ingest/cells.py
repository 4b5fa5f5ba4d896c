"""One value of a JSON document or a database row as text."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import polars as pl

from tastemaker.ingest.columns import LIST_SEPARATOR
from tastemaker.ingest.raw import RawChunk, rejected_rows


class NotText(ValueError):
    """The value has no text form."""


def as_text(value: Any) -> str | None:
    """None for null. Raises NotText for bytes that are not UTF-8 and for nested values."""
    match value:
        case None | str():
            return value
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


def chunk_of_rows(
    numbered: Sequence[tuple[int, Mapping[str, Any]]],
    wanted: Mapping[str, str],
    fraction: float,
    rejected: Sequence[tuple[int, str, str]] = (),
) -> RawChunk:
    """Rows given by the table's own column names; those without a text form are rejected."""
    good, bad = [], list(rejected)
    for number, row in numbered:
        raw = repr(dict(row))
        try:
            fields = [as_text(row.get(column)) for column in wanted.values()]
        except NotText as reason:
            bad.append((number, str(reason), raw))
            continue
        good.append((number, raw, *fields))
    schema = {"line": pl.Int64, "raw": pl.String} | dict.fromkeys(wanted, pl.String)
    return RawChunk(pl.DataFrame(good, schema, orient="row"), rejected_rows(bad), fraction)
