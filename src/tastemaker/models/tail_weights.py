"""Weights of the items outside the dense part, found by their strongest neighbours."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array


def no_weights(n_rows: int, n_columns: int) -> csr_array:
    nothing = np.empty(0, np.float32), np.empty(0, np.int32), np.zeros(n_rows + 1, np.int32)
    return csr_array(nothing, shape=(n_rows, n_columns))


@dataclass(frozen=True, slots=True)
class TailRows:
    """Filled in place, one row an item; `neighbour` is -1 where a row has fewer.

    neighbour: int32 (n_items, n_neighbours). weight: float32 (n_items, n_blocks, n_neighbours).
    """

    neighbour: NDArray[np.int32]
    weight: NDArray[np.float32]

    @classmethod
    def empty(cls, n_items: int, n_blocks: int, n_neighbours: int) -> "TailRows":
        return cls(
            np.full((n_items, n_neighbours), -1, np.int32),
            np.zeros((n_items, n_blocks, n_neighbours), np.float32),
        )

    def matrix(self) -> csr_array:
        """float32 (n_items * n_blocks, n_items); row (i, b) stands at n_blocks * i + b."""
        n_items, n_blocks, _ = self.weight.shape
        there = np.broadcast_to(self.neighbour[:, None, :] >= 0, self.weight.shape)
        columns = np.broadcast_to(self.neighbour[:, None, :], self.weight.shape)[there]
        ptr = np.concatenate([[0], np.cumsum(there.sum(axis=2).ravel())])
        shape = (n_items * n_blocks, n_items)
        return csr_array((self.weight[there], columns, ptr), shape=shape)
