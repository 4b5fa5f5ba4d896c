"""Linear scores: each entry of a history adds its weights towards every item."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from tastemaker.core.history import History
from tastemaker.models.array_folder import read_only
from tastemaker.models.item_places import ItemPlaces
from tastemaker.models.sparse_block import dense_block

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class ItemWeights:
    """Weights from (item, block of the history) to item.

    dense: float32 (n_blocks * n_dense, n_dense), row (i, b) at n_blocks * place(i) + b.
    tail: float32 (n_blocks * n_items, n_items), row (i, b) at n_blocks * i + b; it holds no pair
    of two dense items. known: bool (n_items,), whether anything was learned of an item.
    """

    places: ItemPlaces
    dense: Floats
    tail: csr_array
    known: NDArray[np.bool_]
    n_blocks: int = 1

    def __post_init__(self) -> None:
        read_only(self.arrays())

    @property
    def n_items(self) -> int:
        return len(self.known)

    def scores(self, entries: csr_array) -> Floats:
        """(n, n_items) of entries (n, n_blocks * n_items).

        -inf for items nothing was learned of, and everywhere for a row with no known entry.
        """
        out = self._dense_scores(entries)
        if self.tail.nnz:
            out += (entries @ self.tail).toarray()
        out[:, ~self.known] = -np.inf
        of_known = entries.indices // self.n_blocks
        n_known = np.concatenate([[0], np.cumsum(self.known[of_known])])
        out[n_known[entries.indptr[1:]] == n_known[entries.indptr[:-1]]] = -np.inf
        return out

    def running_scores(self, history: History, n_moments: int, half_life_items: float) -> Floats:
        """(n_moments, 2, n_items): as the history grew, entry by entry, up to the whole of it.

        Of everything, and of what is recent; -inf as in `scores`. For weights of one block.
        """
        from tastemaker.models.running_sums import N_SUMS, add_tail_sums, fill_running_sums

        of_dense = np.empty((n_moments, N_SUMS, self.places.n_dense), np.float32)
        weight = np.ascontiguousarray(history.weight)
        decay = np.float32(0.5 ** (1 / half_life_items))
        fill_running_sums(self.places.place[history.item], weight, decay, self.dense, of_dense)
        out = self.over_all_items(of_dense)
        if self.tail.nnz:
            tail = self.tail
            add_tail_sums(history.item, weight, decay, tail.indptr, tail.indices, tail.data, out)
        out[..., ~self.known] = -np.inf
        # Before the first entry that anything was learned of there is nothing to say.
        is_known = self.known[history.item]
        oldest_known = np.flatnonzero(is_known).max(initial=-1)
        out[: max(0, n_moments - 1 - int(oldest_known))] = -np.inf
        return out

    def towards(self, columns: NDArray[np.int64], items: NDArray[np.int32]) -> Floats:
        """(len(items), len(columns)): weights of (item, block) columns towards distinct items."""
        weights = np.zeros((len(items), len(columns)), np.float32)
        rows, targets = self._dense_rows(columns), self.places.place[items]
        from_dense, to_dense = np.flatnonzero(rows >= 0), np.flatnonzero(targets >= 0)
        pairs = self.dense[rows[from_dense], targets[to_dense][:, None]]
        weights[to_dense[:, None], from_dense] = pairs
        # The tail holds no pair of two dense items.
        reads_all = len(to_dense) < len(items)
        beside = np.arange(len(columns)) if reads_all else np.flatnonzero(rows < 0)
        if self.tail.nnz and len(beside):
            weights[:, beside] += dense_block(self.tail, columns[beside], items).T
        return weights

    def arrays(self) -> dict[str, NDArray[Any]]:
        return {
            "dense": self.dense,
            "dense_item": self.places.dense_item,
            "known": self.known,
            "tail_weight": self.tail.data,
            "tail_item": self.tail.indices,
            "tail_ptr": self.tail.indptr,
        }

    @classmethod
    def of_arrays(cls, arrays: Mapping[str, NDArray[Any]], n_blocks: int = 1) -> "ItemWeights":
        known = arrays["known"]
        tail = csr_array(
            (arrays["tail_weight"], arrays["tail_item"], arrays["tail_ptr"]),
            shape=(len(known) * n_blocks, len(known)),
        )
        places = ItemPlaces.of(arrays["dense_item"], len(known))
        return cls(places, arrays["dense"], tail, known, n_blocks)

    def _dense_scores(self, entries: csr_array) -> Floats:
        rows = self._dense_rows(entries.indices)
        ptr = np.concatenate([[0], np.cumsum(rows >= 0)])[entries.indptr]
        there = rows >= 0
        shape = (entries.shape[0], len(self.dense))
        dense = csr_array((entries.data[there], rows[there], ptr), shape=shape) @ self.dense
        return self.over_all_items(np.asarray(dense))

    def over_all_items(self, of_dense: Floats) -> Floats:
        """(..., n_dense) to (..., n_items), 0 for the others."""
        if self.places.n_dense == self.n_items:
            return of_dense
        out = np.zeros((*of_dense.shape[:-1], self.n_items), np.float32)
        out[..., self.places.dense_item] = of_dense
        return out

    def _dense_rows(self, columns: NDArray[np.integer]) -> NDArray[np.int64]:
        """Row in `dense` of each (item, block) column, -1 where the item is in the tail."""
        place = self.places.place[columns // self.n_blocks].astype(np.int64)
        rows = place * self.n_blocks + columns % self.n_blocks
        return np.where(place >= 0, rows, -1)
