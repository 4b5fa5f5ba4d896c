"""The films of MovieLens with their tags and their ids elsewhere."""

from dataclasses import dataclass

import polars as pl

from tastemaker.core.item import ItemKind
from tastemaker.ingest.columns import LIST_SEPARATOR, ItemColumnMap
from tastemaker.ingest.items import TABLE, first_of_each, items_frame, rows_with_ids
from tastemaker.ingest.raw import Table
from tastemaker.ingest.rejects import Rejects
from tastemaker.ingest.titles import read_title

GENRE_FLAGS = (
    *("unknown", "Action", "Adventure", "Animation", "Children's", "Comedy", "Crime"),
    *("Documentary", "Drama", "Fantasy", "Film-Noir", "Horror", "Musical", "Mystery"),
    *("Romance", "Sci-Fi", "Thriller", "War", "Western"),
)
"""The columns of zeros and ones in the edition of 100,000 ratings, in their order."""
NO_GENRES = ("(no genres listed)", "unknown")
MAX_TAGS = 30
"""Of one film, those given most often."""

_FILMS = ItemColumnMap(title="title", genres="genres", kind=ItemKind.MOVIE)


@dataclass(frozen=True, slots=True)
class Movies:
    """Titles and genres, and where the edition has them tags and links."""

    movies: Table
    tags: Table | None
    links: Table | None

    def read(self, rejects: Rejects) -> pl.DataFrame:
        wanted = {"item_id": "movieId", "title": "title", "genres": "genres"}
        films = first_of_each(rows_with_ids(self.movies, wanted, rejects, TABLE), rejects)
        if self.tags is not None:
            tags = _tags(self.tags, films["item_id"], rejects)
            films = films.join(tags, on="item_id", how="left", maintain_order="left")
        if self.links is not None:
            links = _links(self.links, rejects)
            films = films.join(links, on="item_id", how="left", maintain_order="left")
        return _items(films)


@dataclass(frozen=True, slots=True)
class FlaggedMovies:
    """The edition of 100,000 ratings: a column of zeros and ones for each genre."""

    movies: Table

    def read(self, rejects: Rejects) -> pl.DataFrame:
        wanted = {"item_id": "movieId", "title": "title"} | {flag: flag for flag in GENRE_FLAGS}
        rows = first_of_each(rows_with_ids(self.movies, wanted, rejects, TABLE), rejects)
        names = [pl.when(pl.col(flag) == "1").then(pl.lit(flag)) for flag in GENRE_FLAGS]
        genres = pl.concat_str(names, separator="|", ignore_nulls=True)
        return _items(rows.select("item_id", "title", genres.alias("genres")))


def _items(films: pl.DataFrame) -> pl.DataFrame:
    """ITEMS_SCHEMA of films as they are filed."""
    titles = [read_title(filed or "") for filed in films["title"]]
    said = films.with_columns(
        pl.Series("title", [title.text or None for title in titles], pl.String),
        pl.Series("year", [title.year for title in titles], pl.Int32).cast(pl.String),
    )
    items = items_frame(said, _FILMS)
    is_genre = ~pl.element().is_in(NO_GENRES)
    return items.with_columns(pl.col("genres").list.eval(pl.element().filter(is_genre)))


def _tags(table: Table, item_ids: pl.Series, rejects: Rejects) -> pl.DataFrame:
    """item_id and its tags as one text, the most frequent first."""
    rows = rows_with_ids(table, {"item_id": "movieId", "tag": "tag"}, rejects, "tags")
    is_known = pl.col("item_id").is_in(item_ids.implode())
    for reason, fails in (
        ("empty tag", pl.col("tag").is_null()),
        ("unknown item", pl.col("tag").is_not_null() & ~is_known),
    ):
        bad = rows.filter(fails)
        rejects.add("tags", bad.select("line", pl.lit(reason).alias("reason"), "raw"))
    good = rows.filter(pl.col("tag").is_not_null() & is_known)
    counts = good.group_by("item_id", pl.col("tag").str.to_lowercase()).agg(n=pl.len())
    most = counts.sort("item_id", "n", "tag", descending=[False, True, False])
    texts = most.group_by("item_id").agg(pl.col("tag").head(MAX_TAGS))
    return texts.select("item_id", pl.col("tag").list.join(LIST_SEPARATOR).alias("tags"))


def _links(table: Table, rejects: Rejects) -> pl.DataFrame:
    wanted = {"item_id": "movieId", "imdb_id": "imdbId", "tmdb_id": "tmdbId"}
    rows = rows_with_ids(table, wanted, rejects, "links")
    return rows.select(list(wanted)).unique("item_id", keep="first")
