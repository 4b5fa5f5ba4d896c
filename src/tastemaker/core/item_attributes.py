"""What the models know of the items besides who used them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array


@dataclass(frozen=True, slots=True)
class ItemAttributes:
    """Rows follow the vocabulary of the training set.

    genres: names, sorted. item_genre: float32 (n_items, n_genres), 1.0 where the item has it.
    year: int16 (n_items,), 0 where unknown. text: title, tags and description of each item.
    """

    genres: tuple[str, ...]
    item_genre: csr_array
    year: NDArray[np.int16]
    text: Sequence[str]

    @classmethod
    def none(cls, n_items: int) -> "ItemAttributes":
        """Attributes of a catalogue of which only the ids are known."""
        empty = csr_array(np.zeros((n_items, 0), dtype=np.float32))
        return cls((), empty, np.zeros(n_items, np.int16), [""] * n_items)
