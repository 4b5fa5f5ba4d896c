"""From an address to a source: the address tells what is there."""

from pathlib import Path

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from tastemaker.core.errors import ConfigInvalid
from tastemaker.ingest.columns import ColumnMap, ItemColumnMap
from tastemaker.ingest.interactions import InteractionTable
from tastemaker.ingest.items import MappedItems
from tastemaker.ingest.mongo import is_mongo, mongo_source
from tastemaker.ingest.movielens import bundled_movielens, is_movielens, movielens
from tastemaker.ingest.raw import Table
from tastemaker.ingest.source import Source
from tastemaker.ingest.sql import SqlTable
from tastemaker.ingest.table_file import FileFormat, table_file

BUNDLED = "movielens-small"


def open_source(
    location: str,
    columns: ColumnMap | None = None,
    *,
    items: str | None = None,
    item_columns: ItemColumnMap | None = None,
    query: str | None = None,
    form: FileFormat | None = None,
    max_rating: float = 5.0,
) -> Source:
    """location: `movielens-small`, a folder of MovieLens, a file, or a database URL.

    items: a file, or with a database URL a second query; it needs `item_columns`. query: what to
    ask a database. max_rating: of the data set. Nothing is read yet except names. Raises
    InputError.
    """
    if location == BUNDLED:
        return movielens(bundled_movielens())
    if is_mongo(location):
        return mongo_source(location, max_rating)
    path = Path(location)
    if "://" not in location and (path.is_dir() or is_movielens(path)):
        return movielens(path)
    if items is not None and item_columns is None:
        raise ConfigInvalid(
            "A table of items without a map of its columns",
            where=items,
            next_step="Say which of its columns hold the id, the title and so on.",
        )
    table = _table(location, query, form)
    described = None
    if items is not None and item_columns is not None:
        item_table = _table(location, items, form) if query else table_file(Path(items), form)
        described = MappedItems(item_table, item_columns)
    files = () if query else tuple(Path(name) for name in (location, items) if name is not None)
    interactions = InteractionTable(table, columns or ColumnMap())
    return Source(table.where, interactions, described, files)


def _table(location: str, query: str | None, form: FileFormat | None) -> Table:
    if "://" not in location:
        if query is not None:
            raise ConfigInvalid(
                "A query needs the URL of a database",
                where=location,
                next_step="For example sqlite:///shop.db or postgresql://user@host/shop.",
            )
        return table_file(Path(location), form)
    try:
        make_url(location)
    except ArgumentError as error:
        raise ConfigInvalid(
            "The URL of the database cannot be read", next_step="For example sqlite:///shop.db."
        ) from error
    if query is None:
        raise ConfigInvalid(
            "A database needs a query", next_step="For example SELECT * FROM orders."
        )
    return SqlTable(location, query)
