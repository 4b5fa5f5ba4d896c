"""Where the versions of the data live."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import polars as pl

from tastemaker.core.errors import FileUnreadable, NotFound
from tastemaker.ingest.dataset import COMPLETENESS, METADATA, Dataset, DatasetMetadata
from tastemaker.store.version_folder import POINTER, VersionFolder


@dataclass(frozen=True, slots=True)
class NewVersion:
    """Everything that is written of one version."""

    interactions: pl.DataFrame
    items: pl.DataFrame
    metadata: DatasetMetadata
    completeness: dict[str, Any]
    rejects: pl.DataFrame


class DatasetStore:
    """Readers see the version before or the one after, never one half written."""

    def __init__(self, folder: Path) -> None:
        self._versions = VersionFolder(folder)

    def current(self) -> Dataset | None:
        """None before the first ingest. Raises FileUnreadable where it is damaged."""
        folder = self._versions.current()
        if folder is not None:
            return Dataset.load(folder)
        kept = self._versions.names()
        if kept:
            raise FileUnreadable(
                "The name of the data set in use is lost",
                where=str(self._versions.folder / POINTER),
                next_step=f"Write one of the versions kept there into it: {', '.join(kept)}; "
                "or ingest again with --replace.",
            )
        return None

    def version(self, version: str) -> Dataset:
        """One that may have been replaced since. Raises NotFound and FileUnreadable."""
        folder = self._versions.folder / version
        if not folder.is_dir():
            raise NotFound(
                f"The data set {version} is no longer on the disk",
                where=str(self._versions.folder),
                next_step="Ingest the same files again; ingest.keep_versions says how many stay.",
            )
        return Dataset.load(folder)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """The right to write. Raises Conflict while another process has it."""
        with self._versions.locked():
            yield

    def write(self, new: NewVersion, keep_versions: int) -> Dataset:
        """Only under `locked`. Raises DiskFull and leaves what was there."""
        with self._versions.draft(new.metadata.version) as draft:
            dataset = Dataset(draft, new.metadata)
            new.interactions.write_parquet(dataset.interactions)
            new.items.write_parquet(dataset.items)
            new.rejects.write_csv(dataset.rejects)
            (draft / COMPLETENESS).write_bytes(_json(new.completeness))
            (draft / METADATA).write_bytes(_json(new.metadata.model_dump(mode="json")))
        self._versions.prune(keep_versions)
        return Dataset(self._versions.folder / new.metadata.version, new.metadata)


def _json(content: dict[str, Any]) -> bytes:
    return orjson.dumps(content, option=orjson.OPT_INDENT_2)
