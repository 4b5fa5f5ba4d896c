"""The catalogue in the numbering of the models."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tastemaker.ingest.catalogue import Catalogue
from tastemaker.recommend.filters import Filters, allowed
from tastemaker.recommend.shown import Shown, fingerprints


@dataclass(frozen=True, slots=True)
class Shelf:
    """item_ids: the vocabulary. position: its inverse. entry: int64 (n_items,) positions in the
    catalogue, -1 for items that have left it. item_genre: uint8 (n_items, n_genres). fingerprint:
    uint32 (n_items,), of the ids."""

    catalogue: Catalogue
    item_ids: NDArray[np.str_]
    position: dict[str, int]
    entry: NDArray[np.int64]
    item_genre: NDArray[np.uint8]
    fingerprint: NDArray[np.uint32]

    @classmethod
    def of(cls, catalogue: Catalogue, item_ids: NDArray[np.str_]) -> "Shelf":
        ids = [str(item) for item in item_ids]
        entry = np.array([catalogue.position.get(item, -1) for item in ids], np.int64)
        item_genre = np.where(entry[:, None] >= 0, catalogue.item_genre[entry], np.uint8(0))
        position = {item: number for number, item in enumerate(ids)}
        return cls(catalogue, item_ids, position, entry, item_genre, fingerprints(ids))

    def allowed(self, filters: Filters) -> NDArray[np.bool_]:
        """(n_items,) in the vocabulary's order."""
        return np.where(self.entry >= 0, allowed(filters, self.catalogue)[self.entry], False)

    def not_yet(self, shown: Shown) -> NDArray[np.bool_]:
        """(n_items,) whether the item stood on none of the pages before."""
        return np.isin(self.fingerprint, shown.fingerprint, invert=True)

    def having(self, genre: str) -> NDArray[np.bool_]:
        """(n_items,) whether the item has the genre; all False for an unknown one."""
        if genre not in self.catalogue.genres:
            return np.zeros(len(self.item_ids), np.bool_)
        return self.item_genre[:, self.catalogue.genres.index(genre)] > 0
