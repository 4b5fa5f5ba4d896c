"""What is shown where no personal answer can be: popular in a genre, then popular."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tastemaker.core.ids import ItemId
from tastemaker.core.slate import Reason, ReasonKind, SlateItem, Source
from tastemaker.recommend.reasons import POPULAR
from tastemaker.recommend.retrieve import top
from tastemaker.recommend.shelf import Shelf


class Fallback(NamedTuple):
    items: tuple[SlateItem, ...]
    source: Source


def popular_items(
    popularity: NDArray[np.float32],
    allowed: NDArray[np.bool_],
    shelf: Shelf,
    genres: Sequence[str],
    k: int,
) -> Fallback:
    """Popular items with any of the genres, or of all kinds where the genres give none.

    popularity: (n_items,), higher is more popular. allowed: bool (n_items,).
    """
    having = {genre: shelf.having(genre) for genre in genres}
    in_genres = np.logical_or.reduce([*having.values(), np.zeros_like(allowed)]) & allowed
    if in_genres.any():
        chosen = top(np.where(in_genres, popularity, np.float32(-np.inf)), k)
        items = tuple(
            _item(shelf, int(item), popularity, _genre_reason(having, int(item))) for item in chosen
        )
        return Fallback(items, Source.POPULAR_IN_GENRE)
    chosen = top(np.where(allowed, popularity, np.float32(-np.inf)), k)
    return Fallback(
        tuple(_item(shelf, int(item), popularity, POPULAR) for item in chosen), Source.POPULAR
    )


def _genre_reason(having: dict[str, NDArray[np.bool_]], item: int) -> Reason:
    return Reason(ReasonKind.GENRE, genre=next(g for g, has in having.items() if has[item]))


def _item(shelf: Shelf, item: int, popularity: NDArray[np.float32], reason: Reason) -> SlateItem:
    item_id = ItemId(str(shelf.item_ids[item]))
    return SlateItem(item_id, float(popularity[item]), reason, ("popular",))
