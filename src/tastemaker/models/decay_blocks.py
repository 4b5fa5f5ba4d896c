"""Histories decayed at several speeds, side by side."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

NEGLIGIBLE = 1e-3
"""An entry decayed below this share of its weight is left out, in training and in scoring."""


class DecayBlocks(NamedTuple):
    """One block a half-life, from the shortest to the longest.

    decay: float64 (n_blocks,), the share kept per item further back; 0 keeps the last item alone.
    band: int64 (n_blocks,), how many places back an entry still counts.
    powers: float32 (n_blocks, longest band + 1), decay by distance.
    first_block: int64 (longest band + 1,), by distance the first block whose band reaches so far.
    """

    decay: NDArray[np.float64]
    band: NDArray[np.int64]
    powers: NDArray[np.float32]
    first_block: NDArray[np.int64]

    @property
    def n_blocks(self) -> int:
        return len(self.decay)

    @classmethod
    def of_half_lives(cls, half_lives_items: tuple[float, ...]) -> "DecayBlocks":
        """Half-lives ascending, in items; 0 stands for the last item alone."""
        decay = np.array([2.0 ** (-1.0 / h) if h > 0 else 0.0 for h in half_lives_items])
        band = np.array(
            [math.ceil(-math.log2(NEGLIGIBLE) * h) if h > 0 else 0 for h in half_lives_items],
            dtype=np.int64,
        )
        distance = np.arange(band[-1] + 1)
        powers = np.power(decay[:, None], distance[None, :]).astype(np.float32)
        return cls(decay, band, powers, np.searchsorted(band, distance).astype(np.int64))

    def carried(self, longest: int) -> NDArray[np.float32]:
        """(n_blocks, n_blocks, longest + 1): sum of (d_a d_b)^k over the first m terms, by m."""
        product = self.decay[:, None] * self.decay[None, :]
        terms = np.power(product[:, :, None], np.arange(longest)[None, None, :])
        start = np.zeros((*product.shape, 1))
        sums = np.concatenate([start, np.cumsum(terms, axis=2)], axis=2)
        return sums.astype(np.float32)
