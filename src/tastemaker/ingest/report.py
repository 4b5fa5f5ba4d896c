"""What an ingest did."""

from dataclasses import dataclass
from pathlib import Path

from tastemaker.ingest.rejects import Rejects


@dataclass(frozen=True, slots=True)
class ReasonCount:
    table: str
    reason: str
    n_rows: int


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """line: of the file, from 1; of a query or Parquet file, the number of the row."""

    table: str
    line: int
    reason: str
    raw: str


@dataclass(frozen=True, slots=True)
class IngestReport:
    """version: of the data set after the run; None where there is none (a first dry run).

    is_changed: whether there is something that was not there before. In a dry run the counts say
    what would be. n_read, n_rejected: rows of all tables. n_repeated: good events that were
    already there, or twice in the source. examples: the first rejected rows. rejects: the file
    with all of them, where one was written.
    """

    location: str
    version: str | None
    is_changed: bool
    is_dry_run: bool
    n_read: int
    n_rejected: int
    n_repeated: int
    n_new: int
    n_interactions: int
    n_users: int
    n_items: int
    reasons: tuple[ReasonCount, ...]
    examples: tuple[RejectedRow, ...]
    rejects: Path | None


def reasons_of(rejects: Rejects) -> tuple[ReasonCount, ...]:
    """The most frequent first."""
    ordered = sorted(rejects.reasons.items(), key=lambda entry: (-entry[1], entry[0]))
    return tuple(ReasonCount(table, reason, n_rows) for (table, reason), n_rows in ordered)


def examples_of(rejects: Rejects, n_rows: int = 5) -> tuple[RejectedRow, ...]:
    return tuple(RejectedRow(*row) for row in rejects.frame().head(n_rows).iter_rows())
