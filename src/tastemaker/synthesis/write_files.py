"""A generated world as files of a folder."""

from pathlib import Path
from typing import Literal

import polars as pl

from tastemaker.core.errors import Conflict
from tastemaker.store.disk import writing_to
from tastemaker.synthesis.world import World

FileKind = Literal["csv", "parquet", "jsonl"]

_BETWEEN_GENRES = "|"


def write_files(world: World, folder: Path, kind: FileKind) -> list[Path]:
    """users, movies, and all that happened as one table of interactions.

    Raises Conflict where one of them is there already, DiskFull, StoreUnavailable.
    """
    tables = {
        "users": world.users,
        "movies": world.movies.with_columns(pl.col("genres").list.join(_BETWEEN_GENRES)),
        "interactions": world.interactions().with_columns(
            at=pl.col("at").dt.timestamp("ms") // 1000
        ),
    }
    files = {folder / f"{name}.{kind}": table for name, table in tables.items()}
    for file in files:
        if file.exists():
            raise Conflict(
                "There is such a file already", where=str(file), next_step="Name another folder."
            )
    with writing_to(folder):
        folder.mkdir(parents=True, exist_ok=True)
        for file, table in files.items():
            _write(table, file, kind)
    return list(files)


def _write(table: pl.DataFrame, file: Path, kind: FileKind) -> None:
    match kind:
        case "csv":
            table.write_csv(file)
        case "parquet":
            table.write_parquet(file)
        case "jsonl":
            table.write_ndjson(file)
