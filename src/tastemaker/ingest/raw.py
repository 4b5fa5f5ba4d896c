"""What a reader hands on: rows as text, before any judgement."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

import polars as pl

REJECTED_SCHEMA = pl.Schema({"line": pl.Int64(), "reason": pl.String(), "raw": pl.String()})
MAX_RAW_CHARS = 500
"""How much of a rejected row is kept."""


@dataclass(frozen=True, slots=True)
class RawChunk:
    """A piece of a table.

    rows: line i64 (from 1; the number of the row where there are no lines), raw str, and one
    column of nullable str for each wanted field. rejected: rows that have no fields to judge
    (REJECTED_SCHEMA). fraction: how much of the table is read after this chunk, in [0, 1].
    """

    rows: pl.DataFrame
    rejected: pl.DataFrame
    fraction: float


class Table(Protocol):
    """A table somewhere, read in pieces of bounded size, as often as asked."""

    @property
    def where(self) -> str:
        """File or address, for messages; never with a password."""
        ...

    def chunks(self, wanted: Mapping[str, str]) -> Iterator[RawChunk]:
        """The wanted fields (our name to the table's column).

        Raises FileUnreadable, ColumnMissing, StoreUnavailable.
        """
        ...


def rejected_rows(rows: list[tuple[int, str, str]]) -> pl.DataFrame:
    """(line, reason, raw) as a frame, the raw text cut to its bound."""
    cut = [(line, reason, raw[:MAX_RAW_CHARS]) for line, reason, raw in rows]
    return pl.DataFrame(cut, REJECTED_SCHEMA, orient="row")
