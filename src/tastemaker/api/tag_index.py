"""Which items have which tags."""

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

_BETWEEN = ", "


class TagIndex:
    """Immutable. Tags differ by their letters only: "Pixar" and "pixar" are one."""

    def __init__(self, texts: Sequence[str | None]) -> None:
        """texts: of each item, its tags in one text, with a comma and a space between them."""
        self._n_items = len(texts)
        tags = pl.DataFrame({"tag": pl.Series(texts, dtype=pl.String)}).with_row_index("item")
        pairs = (
            tags.with_columns(pl.col("tag").str.to_lowercase().str.split(_BETWEEN))
            .explode("tag")
            .filter(pl.col("tag").is_not_null() & (pl.col("tag") != ""))
            .unique()
            .sort("tag", "item")
        )
        self._names = pairs["tag"].unique().sort()
        names = pl.Enum(self._names)
        self._tag = pairs["tag"].cast(names).to_physical().cast(pl.Int64).to_numpy()
        self._item = pairs["item"].cast(pl.Int64).to_numpy()

    def having(self, tag: str) -> NDArray[np.bool_]:
        """(n_items,); all False for a tag nobody gave."""
        having = np.zeros(self._n_items, np.bool_)
        place = self._names.search_sorted(tag.lower())
        if place < len(self._names) and self._names[place] == tag.lower():
            low, high = np.searchsorted(self._tag, [place, place + 1])
            having[self._item[low:high]] = True
        return having

    def counts(self, matching: NDArray[np.bool_], max_tags: int) -> dict[str, int]:
        """How many of the matching items have each of their commonest tags, that first.

        matching: bool (n_items,).
        """
        n_by_tag = np.bincount(self._tag[matching[self._item]], minlength=len(self._names))
        commonest = np.argsort(-n_by_tag, kind="stable")[:max_tags]
        return {self._names[int(at)]: int(n_by_tag[at]) for at in commonest if n_by_tag[at]}
