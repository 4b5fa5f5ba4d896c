"""Which items an item-item model keeps dense, so that its memory has a bound."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tastemaker.core.errors import NotEnoughData

BYTES_PER_GB = 1 << 30


class ItemPlaces(NamedTuple):
    """dense_item: int32 (n_dense,) ascending. place: int32 (n_items,), -1 for the tail."""

    dense_item: NDArray[np.int32]
    place: NDArray[np.int32]

    @property
    def n_dense(self) -> int:
        return len(self.dense_item)

    @classmethod
    def of(cls, dense_item: NDArray[np.int32], n_items: int) -> "ItemPlaces":
        place = np.full(n_items, -1, np.int32)
        place[dense_item] = np.arange(len(dense_item), dtype=np.int32)
        return cls(dense_item, place)

    def has_tail(self, n_times: NDArray[np.int64]) -> bool:
        """Whether an item that was used stands outside the dense part."""
        return bool((n_times[self.place < 0] > 0).any())


def strongest_items(n_times: NDArray[np.int64], n_most: int, min_uses: int) -> ItemPlaces:
    """The `n_most` items used most often, of those used at least `min_uses` times.

    Where none was used so often the most used ones are taken. Raises NotEnoughData where no item
    was used at all.
    """
    if not n_times.any():
        raise NotEnoughData("No interaction to learn from", next_step="Ingest some data first.")
    n_strong = int((n_times >= min(min_uses, n_times.max())).sum())
    order = np.argsort(-n_times, kind="stable")[: min(n_most, n_strong)]
    return ItemPlaces.of(np.sort(order).astype(np.int32), len(n_times))


def largest_within(n_most: int, max_memory_gb: float, n_bytes: Callable[[int], int]) -> int:
    """The largest n <= n_most with n_bytes(n) within the bound, at least 1; n_bytes must grow."""
    low, high = 1, max(n_most, 1)
    while low < high:
        middle = (low + high + 1) // 2
        if n_bytes(middle) <= max_memory_gb * BYTES_PER_GB:
            low = middle
        else:
            high = middle - 1
    return low
