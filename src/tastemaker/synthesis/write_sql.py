"""A generated world as tables of a database."""

from collections.abc import Iterator
from typing import Any

import polars as pl
from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    Integer,
    MetaData,
    String,
    Table,
    create_engine,
    inspect,
)
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from tastemaker.core.errors import Conflict, StoreUnavailable
from tastemaker.synthesis.world import World

_ROWS_A_STATEMENT = 10_000

INTERACTIONS_QUERY = """\
SELECT user_id, movie_id, action, value, at FROM (
  SELECT 1 AS part, number, user_id, movie_id,
         CASE WHEN finished THEN 'watched' ELSE 'play' END AS action, NULL AS value, at
  FROM watched_movies
  UNION ALL SELECT 2, number, user_id, movie_id, 'rate', rating / 2.0, at FROM likes
  UNION ALL SELECT 3, number, user_id, movie_id, 'bookmark', NULL, at FROM bookmarks
) AS events ORDER BY part, number"""
ITEMS_QUERY = "SELECT movie_id, title, year, genres FROM movies ORDER BY number"

_META = MetaData()


def _table(name: str, *columns: Column[Any]) -> Table:
    return Table(name, _META, Column("number", Integer, primary_key=True), *columns)


def _of_both() -> tuple[Column[Any], ...]:
    return (Column("user_id", String), Column("movie_id", String))


_AT = DateTime(timezone=True)
_TABLES = {
    "users": _table(
        "users",
        Column("user_id", String),
        Column("taste", Integer),
        Column("favourite_genre", String),
    ),
    "movies": _table(
        "movies",
        Column("movie_id", String),
        Column("title", String),
        Column("year", Integer),
        Column("genres", String),
    ),
    "watched_movies": _table(
        "watched_movies", *_of_both(), Column("finished", Boolean), Column("at", _AT)
    ),
    "likes": _table("likes", *_of_both(), Column("rating", Integer), Column("at", _AT)),
    "bookmarks": _table("bookmarks", *_of_both(), Column("at", _AT)),
}


def write_sql(world: World, url: str) -> None:
    """In one transaction. Raises Conflict where a table is there already, StoreUnavailable."""
    frames = {
        "users": world.users,
        "movies": world.movies.with_columns(pl.col("genres").list.join("|")),
        "watched_movies": world.watched,
        "likes": world.likes,
        "bookmarks": world.bookmarks,
    }
    try:
        engine = create_engine(url, poolclass=NullPool)
        with engine.begin() as connection:
            known = set(_TABLES) & set(inspect(connection).get_table_names())
            if known:
                raise Conflict(
                    f"The database has tables of that name: {', '.join(sorted(known))}",
                    next_step="Name an empty database.",
                )
            _META.create_all(connection)
            for name, frame in frames.items():
                for rows in _rows(frame):
                    connection.execute(_TABLES[name].insert(), rows)
    except (SQLAlchemyError, ImportError) as error:
        raise StoreUnavailable(
            f"The database does not take it: {str(error).splitlines()[0]}",
            next_step="Check the address, and that the database runs.",
        ) from error


def _rows(frame: pl.DataFrame) -> Iterator[list[dict[str, Any]]]:
    for part in frame.with_row_index("number", offset=1).iter_slices(_ROWS_A_STATEMENT):
        yield part.to_dicts()
