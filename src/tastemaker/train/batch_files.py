"""Files into interactions, recommendations into files, without a data set on the disk."""

from collections.abc import Callable
from pathlib import Path

import polars as pl
import structlog

from tastemaker.core.clock import Clock
from tastemaker.core.errors import ConfigInvalid, StoreUnavailable
from tastemaker.ingest.accept import Accept
from tastemaker.ingest.columns import ColumnMap
from tastemaker.ingest.limits import IngestConfig
from tastemaker.ingest.merge import Tables, merge_interactions
from tastemaker.ingest.open_source import open_source

log = structlog.get_logger(__name__)


def read_source(
    location: str,
    columns: ColumnMap | None,
    limits: IngestConfig,
    *,
    clock: Clock,
    on_progress: Callable[[str, float], None],
) -> Tables:
    """The good rows of a file, a MovieLens folder or `movielens-small`; bad ones are logged.

    Raises InputError where the file cannot be used or too many of its rows are bad.
    """
    accepted = Accept(limits, clock()).run(open_source(location, columns), on_progress)
    for (table, reason), n_rows in accepted.rejects.reasons.items():
        log.warning("rows set aside", source=location, table=table, reason=reason, n_rows=n_rows)
    return Tables(
        merge_interactions(None, accepted.tables.interactions),
        accepted.tables.items,
    )


def write_recommendations(rows: pl.DataFrame, path: Path) -> None:
    """CSV or Parquet by the name's ending, seen whole or not at all.

    Raises ConfigInvalid for another ending, StoreUnavailable.
    """
    suffix = path.suffix.lower()
    if suffix not in (".csv", ".parquet", ".pq"):
        raise ConfigInvalid(
            f"The ending '{suffix}' names no format of output",
            where=str(path),
            next_step="End the name in .csv or .parquet.",
        )
    unfinished = path.with_name(f".{path.name}.unfinished")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if suffix == ".csv":
            rows.write_csv(unfinished)
        else:
            rows.write_parquet(unfinished)
        unfinished.replace(path)
    except OSError as error:
        raise StoreUnavailable(
            f"The recommendations cannot be written: {error}",
            where=str(path),
            next_step="Choose a folder that this user may write to, with some space left.",
        ) from error
    finally:
        unfinished.unlink(missing_ok=True)
