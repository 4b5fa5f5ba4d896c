"""One version of the data on the disk."""

from datetime import datetime
from pathlib import Path
from typing import Self

import polars as pl
from pydantic import BaseModel, ValidationError

from tastemaker.core.errors import FileUnreadable
from tastemaker.store.parquet_file import read_parquet_file

METADATA = "metadata.json"
COMPLETENESS = "completeness.json"
REJECTS = "rejects.csv"


class TableDescription(BaseModel, frozen=True, extra="forbid"):
    """columns: name to type. key: the columns whose values are different in every row."""

    n_rows: int
    columns: dict[str, str]
    key: list[str]


class SourceDescription(BaseModel, frozen=True, extra="forbid"):
    """content: hash of what was accepted from it. files: name to SHA-256, as they were read."""

    location: str
    content: str
    files: dict[str, str]


class DatasetMetadata(BaseModel, frozen=True, extra="forbid"):
    """first_at, last_at: of the events; None in data without times."""

    version: str
    made_at: datetime
    n_users: int
    first_at: datetime | None
    last_at: datetime | None
    tables: dict[str, TableDescription]
    sources: list[SourceDescription]


class Dataset:
    """A folder that is never changed once it can be seen."""

    def __init__(self, folder: Path, metadata: DatasetMetadata) -> None:
        self.folder = folder
        self.metadata = metadata

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Reads the description only. Raises FileUnreadable."""
        try:
            text = (folder / METADATA).read_text()
            return cls(folder, DatasetMetadata.model_validate_json(text))
        except (OSError, ValidationError) as error:
            raise FileUnreadable(
                "The description of the data set is damaged",
                where=str(folder / METADATA),
                next_step="Ingest the data again with --replace.",
            ) from error

    @property
    def version(self) -> str:
        return self.metadata.version

    @property
    def interactions(self) -> Path:
        return self.folder / "interactions.parquet"

    @property
    def items(self) -> Path:
        return self.folder / "items.parquet"

    @property
    def rejects(self) -> Path:
        """Rows set aside in the run that made this version: table, line, reason, raw."""
        return self.folder / REJECTS

    def read_interactions(self) -> pl.DataFrame:
        """INTERACTIONS_SCHEMA, in the order of `row`. Raises FileUnreadable."""
        return _read(self.interactions)

    def read_items(self) -> pl.DataFrame:
        """ITEMS_SCHEMA, each item once. Raises FileUnreadable."""
        return _read(self.items)


def _read(path: Path) -> pl.DataFrame:
    return read_parquet_file(
        path, "A table of the data set", "Ingest the data again with --replace."
    )
