"""Reading the platform's own Parquet files."""

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from tastemaker.core.errors import FileUnreadable


def read_parquet_file(
    path: Path, what: str, next_step: str, columns: Sequence[str] | None = None
) -> pl.DataFrame:
    """what: names the file in the error. Raises FileUnreadable where it is missing or damaged."""
    chosen = None if columns is None else list(columns)
    try:
        return pl.read_parquet(path, columns=chosen, glob=False)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise FileUnreadable(
            f"{what} cannot be read: {str(error).splitlines()[0]}",
            where=str(path),
            next_step=next_step,
        ) from error
