"""What a data set holds, and how complete it is."""

import hashlib
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl

from tastemaker.ingest.dataset import DatasetMetadata, SourceDescription, TableDescription
from tastemaker.ingest.frames import SAME_EVENT

_HASH_CHUNK_ROWS = 1_000_000


def describe(
    version: str,
    made_at: datetime,
    interactions: pl.DataFrame,
    items: pl.DataFrame,
    sources: list[SourceDescription],
) -> DatasetMetadata:
    times = interactions["at"].drop_nulls()
    return DatasetMetadata(
        version=version,
        made_at=made_at,
        n_users=interactions["user_id"].n_unique(),
        first_at=_moment(times.min()),
        last_at=_moment(times.max()),
        tables={
            "interactions": _table(interactions, list(SAME_EVENT)),
            "items": _table(items, ["item_id"]),
        },
        sources=sources,
    )


def completeness(interactions: pl.DataFrame, items: pl.DataFrame) -> dict[str, Any]:
    """Rows, and nulls and distinct values of each column; coverage of the join both ways."""
    used = interactions["item_id"].unique()
    catalogued = items["item_id"]
    return {
        "tables": {"interactions": _columns(interactions), "items": _columns(items)},
        "joins": {
            "interactions with their item": _share(
                interactions["item_id"].is_in(catalogued.implode())
            ),
            "items with an interaction": _share(catalogued.is_in(used.implode())),
        },
    }


def content_hash(*frames: pl.DataFrame) -> str:
    """Hash of the values, the same for the same rows in the same order on any machine."""
    digest = hashlib.sha256()
    for frame in frames:
        nested = [name for name, kind in frame.schema.items() if isinstance(kind, pl.List)]
        flat = frame.with_columns(pl.col(nested).list.join("\x1f"))
        digest.update(",".join(flat.columns).encode())
        for part in flat.iter_slices(_HASH_CHUNK_ROWS):
            digest.update(part.write_csv(include_header=False).encode())
    return digest.hexdigest()


def file_hash(path: Path) -> str:
    """SHA-256 of the file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _table(frame: pl.DataFrame, key: list[str]) -> TableDescription:
    columns = {name: str(kind) for name, kind in frame.schema.items()}
    return TableDescription(n_rows=len(frame), columns=columns, key=key)


def _columns(frame: pl.DataFrame) -> dict[str, Any]:
    columns = {
        column.name: {"nulls": column.null_count(), "distinct": _n_distinct(column)}
        for column in frame
    }
    return {"rows": len(frame), "columns": columns}


def _n_distinct(column: pl.Series) -> int:
    """Nulls not counted; in a column of lists, the distinct entries."""
    values = column.explode() if isinstance(column.dtype, pl.List) else column
    return values.drop_nulls().n_unique()


def _share(holds: pl.Series) -> float:
    """In [0, 1]; 1.0 of nothing."""
    return 1.0 if holds.is_empty() else int(holds.sum()) / len(holds)


def _moment(value: object) -> datetime | None:
    return value if isinstance(value, datetime) else None
