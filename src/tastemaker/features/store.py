"""Versions of the feature tables on the disk."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Self

import polars as pl
from pydantic import BaseModel, Field, ValidationError

from tastemaker.core.errors import FileUnreadable, NotFound
from tastemaker.core.weights import FeedbackWeights
from tastemaker.features.histories import Histories
from tastemaker.store.parquet_file import read_parquet_file
from tastemaker.store.version_folder import VersionFolder

MANIFEST = "manifest.json"
HISTORIES = "histories"
_MAKE_ANEW = "Make the features again with `tastemaker preprocess`."


class FeatureConfig(BaseModel, frozen=True, extra="forbid"):
    keep_versions: int = Field(default=2, ge=1, le=100)  # versions of the tables left on the disk


class TableManifest(BaseModel, frozen=True, extra="forbid"):
    """columns: name to type."""

    n_rows: int
    n_bytes: int
    columns: dict[str, str]


class FeatureManifest(BaseModel, frozen=True, extra="forbid"):
    """What the tables were made of: the same three make the same version."""

    version: str
    dataset: str
    weights: FeedbackWeights
    code_version: int
    made_at: datetime
    tables: dict[str, TableManifest]


class FeatureSet:
    """One version: a folder that is never changed once it can be seen."""

    def __init__(self, folder: Path, manifest: FeatureManifest) -> None:
        self.folder = folder
        self.manifest = manifest

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Reads the manifest only. Raises FileUnreadable."""
        try:
            text = (folder / MANIFEST).read_text()
            return cls(folder, FeatureManifest.model_validate_json(text))
        except (OSError, ValidationError) as error:
            raise FileUnreadable(
                "The manifest of the features is damaged",
                where=str(folder / MANIFEST),
                next_step=_MAKE_ANEW,
            ) from error

    @property
    def version(self) -> str:
        return self.manifest.version

    def table(self, name: str) -> Path:
        """The Parquet file of a table. Raises NotFound."""
        if name not in self.manifest.tables:
            raise NotFound(
                f"No feature table {name!r}",
                where=str(self.folder),
                next_step=f"There are {', '.join(self.manifest.tables)}.",
            )
        return self.folder / f"{name}.parquet"

    def read(self, name: str) -> pl.DataFrame:
        """Raises NotFound, FileUnreadable."""
        return read_parquet_file(self.table(name), "A feature table", _MAKE_ANEW)

    def check(self) -> None:
        """Raises FileUnreadable where a file is missing or of another size than when written."""
        for name, table in self.manifest.tables.items():
            path = self.table(name)
            if not path.is_file() or path.stat().st_size != table.n_bytes:
                raise FileUnreadable(
                    "A feature table is missing or cut", where=str(path), next_step=_MAKE_ANEW
                )
        self.histories()

    def histories(self) -> Histories:
        """Memory-mapped. Raises FileUnreadable."""
        return Histories.load(self.folder / HISTORIES)


class FeatureStore:
    """Readers see the version before or the one after, never one half written."""

    def __init__(self, folder: Path, config: FeatureConfig) -> None:
        self.folder = folder
        self._versions = VersionFolder(folder)
        self._config = config

    def current(self) -> FeatureSet | None:
        """None before the first. Raises FileUnreadable where its manifest is damaged."""
        folder = self._versions.current()
        return None if folder is None else FeatureSet.load(folder)

    def current_whole(self) -> FeatureSet | None:
        """The current one where all its files can be read, else None: it must be made anew."""
        try:
            current = self.current()
            if current is not None:
                current.check()
        except FileUnreadable:
            return None
        return current

    @contextmanager
    def locked(self) -> Iterator[None]:
        """The right to write. Raises Conflict while another process has it."""
        with self._versions.locked():
            yield

    @contextmanager
    def draft(self, version: str) -> Iterator[Path]:
        """An empty folder to fill, current when the block ends well. Only under `locked`."""
        with self._versions.draft(version) as folder:
            yield folder
        self._versions.prune(self._config.keep_versions)
