"""Which items a slate may hold."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, Field

from tastemaker.core.ids import ItemId
from tastemaker.ingest.catalogue import Catalogue


class Filters(BaseModel, frozen=True, extra="forbid"):
    """Conditions that must all hold. Genres the catalogue does not have match no item."""

    genres_any: tuple[str, ...] = ()
    genres_all: tuple[str, ...] = ()
    genres_none: tuple[str, ...] = ()
    year_from: int | None = Field(default=None, ge=0, le=9999)
    year_to: int | None = Field(default=None, ge=0, le=9999)
    price_from: float | None = Field(default=None, ge=0)
    price_to: float | None = Field(default=None, ge=0)
    exclude: tuple[ItemId, ...] = ()
    include_seen: bool = False


def allowed(filters: Filters, catalogue: Catalogue) -> NDArray[np.bool_]:
    """(n_items,) in the catalogue's order: available and within every condition.

    An item of unknown year or price fails a condition on it.
    """
    keep = catalogue.available.copy()
    if filters.genres_any:
        keep &= _having(filters.genres_any, catalogue).any(axis=1)
    if filters.genres_all:
        keep &= _having(filters.genres_all, catalogue).all(axis=1)
    if filters.genres_none:
        keep &= ~_having(filters.genres_none, catalogue).any(axis=1)
    keep &= _within(catalogue.year, filters.year_from, filters.year_to, catalogue.year > 0)
    known_price = ~np.isnan(catalogue.price)
    keep &= _within(catalogue.price, filters.price_from, filters.price_to, known_price)
    hidden = [catalogue.position[item] for item in filters.exclude if item in catalogue.position]
    keep[hidden] = False
    return keep


def _having(names: Sequence[str], catalogue: Catalogue) -> NDArray[np.bool_]:
    """(n_items, len(names)): whether the item has each genre."""
    having = np.zeros((len(catalogue.ids), len(names)), np.bool_)
    for column, name in enumerate(names):
        if name in catalogue.genres:
            having[:, column] = catalogue.item_genre[:, catalogue.genres.index(name)]
    return having


def _within(
    values: NDArray[np.int16] | NDArray[np.float32],
    low: float | None,
    high: float | None,
    known: NDArray[np.bool_],
) -> NDArray[np.bool_]:
    if low is None and high is None:
        return np.ones(len(values), np.bool_)
    within = known
    if low is not None:
        within = within & (values >= low)
    if high is not None:
        within = within & (values <= high)
    return within
