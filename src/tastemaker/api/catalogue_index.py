"""The catalogue prepared for being searched, filtered, counted and paged through in memory."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tastemaker.api.tag_index import TagIndex
from tastemaker.core.ids import ItemId
from tastemaker.ingest.catalogue import Catalogue

_MAX_TAGS = 50
_PRIOR_RATINGS = 10.0
"""An item with this many ratings stands half way between its own mean and that of all."""


class Sort(StrEnum):
    POPULARITY = "popularity"
    RATING = "rating"
    NEWEST = "newest"
    OLDEST = "oldest"
    TITLE = "title"


@dataclass(frozen=True, slots=True)
class CatalogueQuery:
    """Conditions that must all hold; None and empty ones hold for every item.

    words: each must stand in the title, as any part of it, whatever its case and accents.
    tags: the item must have each.
    """

    words: tuple[str, ...] = ()
    genres_any: tuple[str, ...] = ()
    genres_all: tuple[str, ...] = ()
    genres_none: tuple[str, ...] = ()
    year_from: int | None = None
    year_to: int | None = None
    rating_from: float | None = None
    rating_to: float | None = None
    min_ratings: int = 0
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """Of a query: how many items match in all, and how many of these by genre and decade and by
    the commonest tags."""

    positions: NDArray[np.int64]
    has_more: bool
    n_items: int
    n_by_genre: dict[str, int]
    n_by_decade: dict[int, int]
    n_by_tag: dict[str, int]


class CatalogueIndex:
    """Immutable; about 30 bytes an item and genre beside the catalogue itself."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self._titles = pl.Series([folded(title) for title in catalogue.titles], dtype=pl.String)
        self._has_genre = np.ascontiguousarray(catalogue.item_genre.T) > 0
        self._tags = TagIndex(catalogue.details["tags"])
        self._order = {sort: self._sorted(sort) for sort in Sort}

    def find(
        self,
        query: CatalogueQuery,
        sort: Sort,
        after: ItemId | None,
        limit: int,
        among: NDArray[np.bool_] | None = None,
        offset: int = 0,
    ) -> Found:
        """after: the last item of the page before; None for a page that begins at `offset` of all
        that match. among: (n_items,) the items that may match; None: all.

        KeyError where the catalogue has no item `after` (any more).
        """
        matching = self._matching(query)
        if among is not None:
            matching &= among
        order = self._order[sort]
        ranks = np.flatnonzero(matching[order])
        start = offset
        if after is not None:
            rank = np.flatnonzero(order == self.catalogue.position[after])[0]
            start = int(np.searchsorted(ranks, rank, side="right"))
        return Found(
            positions=order[ranks[start : start + limit]],
            has_more=start + limit < len(ranks),
            n_items=len(ranks),
            n_by_genre=self._n_by_genre(matching),
            n_by_decade=self._n_by_decade(matching),
            n_by_tag=self._tags.counts(matching, _MAX_TAGS),
        )

    def _matching(self, query: CatalogueQuery) -> NDArray[np.bool_]:
        catalogue = self.catalogue
        keep = catalogue.n_ratings >= query.min_ratings
        for word in query.words:
            keep &= self._titles.str.contains(folded(word), literal=True).to_numpy()
        if query.genres_any:
            keep &= self._having(query.genres_any).any(axis=0)
        if query.genres_all:
            keep &= self._having(query.genres_all).all(axis=0)
        if query.genres_none:
            keep &= ~self._having(query.genres_none).any(axis=0)
        for tag in query.tags:
            keep &= self._tags.having(tag)
        if query.year_from is not None:
            keep &= catalogue.year >= max(query.year_from, 1)
        if query.year_to is not None:
            keep &= (catalogue.year <= query.year_to) & (catalogue.year > 0)
        if query.rating_from is not None:
            keep &= (catalogue.mean_rating >= query.rating_from) & (catalogue.n_ratings > 0)
        if query.rating_to is not None:
            keep &= (catalogue.mean_rating <= query.rating_to) & (catalogue.n_ratings > 0)
        return keep

    def _having(self, genres: Sequence[str]) -> NDArray[np.bool_]:
        """(len(genres), n_items); no item has a genre the catalogue does not know."""
        having = np.zeros((len(genres), len(self.catalogue.ids)), np.bool_)
        for row, genre in enumerate(genres):
            if genre in self.catalogue.genres:
                having[row] = self._has_genre[self.catalogue.genres.index(genre)]
        return having

    def _n_by_genre(self, matching: NDArray[np.bool_]) -> dict[str, int]:
        counts = [int(np.count_nonzero(has & matching)) for has in self._has_genre]
        named = zip(self.catalogue.genres, counts, strict=True)
        return {genre: count for genre, count in named if count}

    def _n_by_decade(self, matching: NDArray[np.bool_]) -> dict[int, int]:
        counts = np.bincount(self.catalogue.year[matching] // 10)
        return {int(d) * 10: int(counts[d]) for d in np.flatnonzero(counts) if d > 0}

    def _sorted(self, sort: Sort) -> NDArray[np.int64]:
        """Positions in the order of `sort`, equal ones in the catalogue's order."""
        catalogue = self.catalogue
        if sort is Sort.TITLE:
            rank = self._titles.rank("dense").to_numpy()
            return np.argsort(rank, kind="stable")
        if sort is Sort.OLDEST:
            years = np.where(catalogue.year > 0, catalogue.year, np.iinfo(np.int16).max)
            return np.argsort(years, kind="stable")
        if sort is Sort.NEWEST:
            return np.argsort(-catalogue.year, kind="stable")
        if sort is Sort.RATING:
            return np.argsort(-_damped_rating(catalogue), kind="stable")
        return np.argsort(-catalogue.n_ratings, kind="stable")


def folded(text: str) -> str:
    """Without case and accents."""
    if not text.isascii():
        text = "".join(c for c in unicodedata.normalize("NFKD", text) if not _is_mark(c))
    return text.casefold()


def _is_mark(character: str) -> bool:
    return unicodedata.combining(character) > 0


def _damped_rating(catalogue: Catalogue) -> NDArray[np.float64]:
    """The mean rating drawn towards the mean of all, the more so the fewer ratings there are."""
    n_ratings = catalogue.n_ratings.astype(np.float64)
    total = n_ratings * catalogue.mean_rating
    mean_of_all = total.sum() / max(n_ratings.sum(), 1.0)
    damped: NDArray[np.float64] = (total + _PRIOR_RATINGS * mean_of_all) / (
        n_ratings + _PRIOR_RATINGS
    )
    return damped
