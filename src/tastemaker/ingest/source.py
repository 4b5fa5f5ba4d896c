"""Where a data set comes from."""

from dataclasses import dataclass
from pathlib import Path

from tastemaker.ingest.interactions import InteractionTable
from tastemaker.ingest.items import ItemsReader


@dataclass(frozen=True, slots=True)
class Source:
    """location: as the reader of a message knows it, without a password.

    files: everything that is read from the disk, for the record of what a data set is made of.
    items: None where only the interactions tell which items there are.
    """

    location: str
    interactions: InteractionTable
    items: ItemsReader | None
    files: tuple[Path, ...] = ()
