"""From a data set to its feature tables."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import narwhals as nw
import polars as pl

from tastemaker.core.clock import Clock
from tastemaker.core.weights import FeedbackWeights
from tastemaker.features import tables
from tastemaker.features.histories import Histories
from tastemaker.features.store import (
    HISTORIES,
    MANIFEST,
    FeatureManifest,
    FeatureSet,
    FeatureStore,
    TableManifest,
)
from tastemaker.store.parquet_file import read_parquet_file

CODE_VERSION = 1
"""To be raised with every change of what a table holds, so that old ones are made anew."""

_VERSION_LENGTH = 16


class TablesOnDisk(Protocol):
    """A version of the data set: two Parquet files."""

    @property
    def version(self) -> str: ...
    @property
    def interactions(self) -> Path: ...
    @property
    def items(self) -> Path: ...


class Preprocess:
    def __init__(self, store: FeatureStore, weights: FeedbackWeights) -> None:
        self._store = store
        self._weights = weights

    def run(
        self, data: TablesOnDisk, *, clock: Clock, on_progress: Callable[[str, float], None]
    ) -> FeatureSet:
        """The features of this data set; made only where they are not there yet.

        on_progress takes the name of a table and how much of it is done. Raises Conflict,
        DiskFull, StoreUnavailable, FileUnreadable.
        """
        version = self._version(data)
        with self._store.locked():
            current = self._store.current_whole()
            if current is not None and current.version == version:
                return current
            with self._store.draft(version) as folder:
                self._write(data, folder, on_progress)
                manifest = FeatureManifest(
                    version=version,
                    dataset=data.version,
                    weights=self._weights,
                    code_version=CODE_VERSION,
                    made_at=clock(),
                    tables={path.stem: _described(path) for path in folder.glob("*.parquet")},
                )
                (folder / MANIFEST).write_text(manifest.model_dump_json(indent=2))
            return FeatureSet(self._store.folder / version, manifest)

    def _version(self, data: TablesOnDisk) -> str:
        made_of = f"{data.version}\n{self._weights.model_dump_json()}\n{CODE_VERSION}"
        return hashlib.sha256(made_of.encode()).hexdigest()[:_VERSION_LENGTH]

    def _write(
        self, data: TablesOnDisk, folder: Path, on_progress: Callable[[str, float], None]
    ) -> None:
        on_progress(HISTORIES, 0.0)
        (folder / HISTORIES).mkdir()
        next_step = "Ingest the data again with --replace."
        events = read_parquet_file(data.interactions, "The interactions", next_step)
        Histories.build(events).save(folder / HISTORIES)
        on_progress(HISTORIES, 1.0)
        interactions = nw.scan_parquet(data.interactions, backend="polars")
        items = nw.scan_parquet(data.items, backend="polars")
        made = {
            "item_stats": tables.item_stats(interactions, self._weights),
            "user_stats": tables.user_stats(interactions, self._weights),
            "genre_stats": tables.genre_stats(interactions, items, self._weights),
            "interactions_wide": tables.interactions_wide(interactions, items, self._weights),
        }
        for name, table in made.items():
            on_progress(name, 0.0)
            table.sink_parquet(folder / f"{name}.parquet")
            on_progress(name, 1.0)


def _described(path: Path) -> TableManifest:
    table = pl.scan_parquet(path)
    columns = {name: str(kind) for name, kind in table.collect_schema().items()}
    n_rows = table.select(pl.len()).collect().item()
    return TableManifest(n_rows=n_rows, n_bytes=path.stat().st_size, columns=columns)
