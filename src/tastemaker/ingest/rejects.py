"""Rows set aside, with their reasons."""

from collections import Counter
from dataclasses import dataclass, field

import polars as pl

from tastemaker.core.errors import TooManyRejected
from tastemaker.ingest.raw import MAX_RAW_CHARS, REJECTED_SCHEMA

REJECTS_SCHEMA = pl.Schema({"table": pl.String(), **REJECTED_SCHEMA})


@dataclass(slots=True)
class Rejects:
    """Counts every rejected row by table and reason, and keeps the first `max_kept` of them."""

    max_kept: int
    n_read: Counter[str] = field(default_factory=Counter)
    reasons: Counter[tuple[str, str]] = field(default_factory=Counter)
    _kept: list[pl.DataFrame] = field(default_factory=list)
    _n_kept: int = 0

    def read(self, table: str, n_rows: int) -> None:
        """Counts rows met, good or bad."""
        self.n_read[table] += n_rows

    def add(self, table: str, rejected: pl.DataFrame) -> None:
        """rejected: line, reason and raw, of rows of the table named."""
        if rejected.is_empty():
            return
        for reason, n_rows in rejected["reason"].value_counts().iter_rows():
            self.reasons[table, reason] += n_rows
        kept = rejected.head(self.max_kept - self._n_kept)
        self._n_kept += len(kept)
        raw = pl.col("raw").str.slice(0, MAX_RAW_CHARS)
        self._kept.append(kept.select(pl.lit(table).alias("table"), "line", "reason", raw))

    def n_rejected(self, table: str | None = None) -> int:
        """Of one table, or of all."""
        return sum(n for (of, _), n in self.reasons.items() if table in (None, of))

    def frame(self) -> pl.DataFrame:
        """The rows kept (REJECTS_SCHEMA), by table and line."""
        kept = pl.concat([pl.DataFrame(schema=REJECTS_SCHEMA), *self._kept])
        return kept.sort("table", "line", maintain_order=True)

    def check(self, max_share: float, location: str) -> None:
        """location: of the source, for the error.

        Raises TooManyRejected where a table has a larger share of bad rows.
        """
        for table, n_read in self.n_read.items():
            n_rejected = self.n_rejected(table)
            if n_rejected > max_share * n_read:
                raise TooManyRejected(
                    f"{n_rejected} of {n_read} rows of {table} rejected: {self._summary(table)}",
                    where=f"{location}, {self._example(table)}",
                    next_step="Nothing was written. Correct the file or the column map, or raise"
                    f" ingest.max_rejected (now {max_share:g}).",
                )

    def _summary(self, table: str) -> str:
        counts = [(n, reason) for (of, reason), n in self.reasons.items() if of == table]
        return ", ".join(f"{reason} ({n})" for n, reason in sorted(counts, reverse=True)[:5])

    def _example(self, table: str) -> str:
        of_table = self.frame().filter(pl.col("table") == table).head(1)
        return "" if of_table.is_empty() else f"first: line {of_table['line'][0]}"
