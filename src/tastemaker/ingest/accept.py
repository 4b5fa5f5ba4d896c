"""Everything good that a source holds, with its items and interactions joined."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from tastemaker.core.errors import FileUnreadable
from tastemaker.core.item import ItemKind
from tastemaker.ingest.describe import content_hash
from tastemaker.ingest.frames import ITEMS_SCHEMA
from tastemaker.ingest.interactions import ReadInteractions
from tastemaker.ingest.items import bare_items
from tastemaker.ingest.limits import IngestConfig
from tastemaker.ingest.merge import Tables
from tastemaker.ingest.rejects import Rejects
from tastemaker.ingest.source import Source


@dataclass(frozen=True, slots=True)
class Accepted:
    """content: hash of the tables, the same for the same rows from any file."""

    tables: Tables
    content: str
    rejects: Rejects


@dataclass(frozen=True, slots=True)
class Accept:
    """now: the moment after which an event is impossible. catalogued: ids of the items that are
    in the data set already."""

    config: IngestConfig
    now: datetime
    catalogued: pl.Series | None = None

    def run(self, source: Source, on_progress: Callable[[str, float], None]) -> Accepted:
        """Raises InputError where nothing usable is found or too much is bad."""
        rejects = Rejects(self.config.max_kept_rejects)
        on_progress("items", 0.0)
        described = pl.DataFrame(schema=ITEMS_SCHEMA)
        if source.items is not None:
            described = source.items.read(rejects)
        on_progress("items", 1.0)
        known = self._known(described["item_id"])
        is_closed = source.items is not None and self.config.unknown_items == "reject"
        read = ReadInteractions(self.config, self.now, known if is_closed else None)
        events = read.run(
            source.interactions, rejects, lambda share: on_progress("interactions", share)
        )
        rejects.check(self.config.max_rejected, source.location)
        if events.is_empty():
            raise FileUnreadable(
                "There is not one usable interaction",
                where=source.location,
                next_step="Give a file with at least one good row, and check the column map.",
            )
        items = _joined(events, described, known, source.interactions.columns.item_kind)
        return Accepted(Tables(events, items), content_hash(events, items), rejects)

    def _known(self, described: pl.Series) -> pl.Series:
        return described if self.catalogued is None else pl.concat([described, self.catalogued])


def _joined(
    events: pl.DataFrame, described: pl.DataFrame, known: pl.Series, kind: ItemKind
) -> pl.DataFrame:
    """The items described, and bare ones for those that only the events name."""
    used = events["item_id"].unique(maintain_order=True)
    return pl.concat([described, bare_items(used.filter(~used.is_in(known.implode())), kind)])
