"""Reading a table of items."""

from dataclasses import dataclass
from typing import Protocol

import polars as pl

from tastemaker.core.item import ItemKind
from tastemaker.ingest.columns import LIST_SEPARATOR, ItemColumnMap
from tastemaker.ingest.frames import ITEMS_SCHEMA
from tastemaker.ingest.parse import number, trimmed
from tastemaker.ingest.raw import Table
from tastemaker.ingest.rejects import Rejects
from tastemaker.ingest.validate import control_character, first_reason, id_too_long, missing_id

TABLE = "items"
YEARS = (1800, 2200)
"""A year outside is taken for unknown."""


class ItemsReader(Protocol):
    def read(self, rejects: Rejects) -> pl.DataFrame:
        """All good items (ITEMS_SCHEMA), each id once."""
        ...


@dataclass(frozen=True, slots=True)
class MappedItems:
    """A table of items and which of its columns mean what."""

    table: Table
    columns: ItemColumnMap

    def read(self, rejects: Rejects) -> pl.DataFrame:
        wanted = self.columns.wanted()
        rows = rows_with_ids(self.table, wanted, rejects, TABLE)
        return items_frame(first_of_each(rows, rejects), self.columns)


def rows_with_ids(
    table: Table, wanted: dict[str, str], rejects: Rejects, name: str
) -> pl.DataFrame:
    """The wanted fields, trimmed, of the rows whose item_id is good; beside `line` and `raw`."""
    schema = {"line": pl.Int64, "raw": pl.String} | dict.fromkeys(wanted, pl.String)
    checks = [check("item_id") for check in (missing_id, id_too_long, control_character)]
    good = [pl.DataFrame(schema=schema)]
    for chunk in table.chunks(wanted):
        rejects.read(name, len(chunk.rows) + len(chunk.rejected))
        rejects.add(name, chunk.rejected)
        rows = chunk.rows.with_columns(trimmed(field) for field in wanted)
        judged = rows.with_columns(first_reason(checks))
        bad = pl.col("reason").is_not_null()
        rejects.add(name, judged.filter(bad).select("line", "reason", "raw"))
        good.append(judged.filter(~bad).select(list(schema)))
    return pl.concat(good)


def first_of_each(rows: pl.DataFrame, rejects: Rejects) -> pl.DataFrame:
    """Each item once: later rows with the same id are rejected."""
    is_first = pl.col("item_id").is_first_distinct()
    again = rows.filter(~is_first)
    rejects.add(TABLE, again.select("line", pl.lit("duplicate item").alias("reason"), "raw"))
    return rows.filter(is_first)


def items_frame(rows: pl.DataFrame, columns: ItemColumnMap) -> pl.DataFrame:
    """From rows of text to ITEMS_SCHEMA; a year or price that cannot be read is unknown."""
    absent = [
        pl.lit(None, pl.String).alias(field) for field in ITEMS_SCHEMA if field not in rows.columns
    ]
    year = pl.col("year").cast(pl.Float64, strict=False).cast(pl.Int64, strict=False)
    price = number("price")
    typed = rows.with_columns(absent).with_columns(
        kind=pl.lit(columns.kind.value),
        title=pl.coalesce("title", "item_id"),
        year=pl.when(year.is_between(*YEARS)).then(year).cast(pl.Int16),
        genres=names_of("genres", columns.separator),
        tags=names_of("tags", columns.separator),
        description=pl.col("description").fill_null(""),
        price=pl.when(price >= 0).then(price),
        available=_available(),
    )
    return typed.select(pl.col(field).cast(kind) for field, kind in ITEMS_SCHEMA.items())


def names_of(field: str, separator: str) -> pl.Expr:
    """The names that a cell lists, trimmed, each once, empty ones left out."""
    cell = pl.col(field).fill_null("").str.replace_all(separator, LIST_SEPARATOR, literal=True)
    names = cell.str.split(LIST_SEPARATOR).list.eval(pl.element().str.strip_chars())
    return names.list.eval(pl.element().filter(pl.element() != "")).list.unique(maintain_order=True)


def bare_items(item_ids: pl.Series, kind: ItemKind) -> pl.DataFrame:
    """Items of which only the ids are known (ITEMS_SCHEMA)."""
    rows = pl.DataFrame({"item_id": item_ids.cast(pl.String)})
    return items_frame(rows, ItemColumnMap(title="title", kind=kind))


def _available() -> pl.Expr:
    """True unless the cell says no."""
    no = pl.col("available").str.to_lowercase().is_in(["false", "0", "no", "f", "n"])
    return ~no.fill_null(False)
