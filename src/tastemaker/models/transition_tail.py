"""The ridge of `transition_sums` for items outside its dense part, one item at a time.

The Gram matrix is taken as block-diagonal: item i alone explains what follows it, so its weights
are (gram_ii + lambda)^-1 cross_i with gram_ii of n_blocks x n_blocks. They are on the same scale
as the dense part's, and only the strongest neighbours of each item are kept.
"""

import numba
import numpy as np
from numpy.typing import NDArray

from tastemaker.models.decay_blocks import DecayBlocks
from tastemaker.models.item_chunks import over_item_chunks
from tastemaker.models.item_places import ItemPlaces
from tastemaker.models.occurrences import Occurrences
from tastemaker.models.strongest import keep_strongest
from tastemaker.models.tail_weights import TailRows

Floats = NDArray[np.float32]


def transition_tail(
    seen: Occurrences,
    places: ItemPlaces,
    blocks: DecayBlocks,
    ridge: float,
    n_neighbours: int,
    n_threads: int,
) -> TailRows:
    """Weights of every pair of items of which one at least is not dense."""
    rows = TailRows.empty(seen.n_items, blocks.n_blocks, n_neighbours)
    inverse = _own_inverses(seen, blocks, ridge)

    def fill(start: int, stop: int) -> None:
        _fill_tail(start, stop, seen, places, blocks, inverse, rows.neighbour, rows.weight)

    over_item_chunks(seen.n_items, n_threads, fill)
    return rows


def _own_inverses(seen: Occurrences, blocks: DecayBlocks, ridge: float) -> Floats:
    """(n_items, n_blocks, n_blocks): inverse of each item's own part of the regularised Gram."""
    carried = blocks.carried(seen.longest)
    position = np.arange(len(seen.item)) - seen.start
    n_following = seen.end - seen.start - 1 - position
    own = np.zeros((seen.n_items, blocks.n_blocks, blocks.n_blocks))
    for a in range(blocks.n_blocks):
        for b in range(blocks.n_blocks):
            each = seen.weight.astype(np.float64) ** 2 * carried[a, b, n_following]
            own[:, a, b] = np.bincount(seen.item, each, minlength=seen.n_items)
    inverse = np.linalg.inv(own + ridge * np.eye(blocks.n_blocks))
    return np.asarray(inverse, dtype=np.float32)


@numba.njit(nogil=True, cache=True)
def _fill_tail(
    start_item: int,
    stop_item: int,
    seen: Occurrences,
    places: ItemPlaces,
    blocks: DecayBlocks,
    inverse: Floats,
    neighbour: NDArray[np.int32],
    out: Floats,
) -> None:
    n_items, n_blocks = out.shape[0], out.shape[1]
    place, powers = places.place, blocks.powers
    cross = np.zeros((n_items, n_blocks), np.float32)
    touched = np.empty(n_items, np.int32)
    for i in range(start_item, stop_item):
        n_touched = 0
        for s in seen.event[seen.ptr[i] : seen.ptr[i + 1]]:
            for q in range(s + 1, min(seen.end[s], s + 1 + powers.shape[1])):
                j = seen.item[q]
                if place[i] >= 0 and place[j] >= 0:
                    continue
                if cross[j, n_blocks - 1] == 0.0:
                    touched[n_touched] = j
                    n_touched += 1
                both = seen.weight[s] * seen.weight[q]
                for a in range(blocks.first_block[q - 1 - s], n_blocks):
                    cross[j, a] += both * powers[a, q - 1 - s]
        _keep(i, touched[:n_touched], cross, inverse[i], neighbour, out)
        for j in touched[:n_touched]:
            cross[j] = 0.0


@numba.njit(nogil=True, cache=True)
def _keep(
    i: int,
    touched: NDArray[np.int32],
    cross: Floats,
    inverse: Floats,
    neighbour: NDArray[np.int32],
    out: Floats,
) -> None:
    """Write the strongest neighbours of item i, by their largest weight over the blocks."""
    n_blocks = len(inverse)
    weight = np.zeros((len(touched), n_blocks), np.float32)
    strength = np.zeros(len(touched), np.float32)
    for k, j in enumerate(touched):
        for a in range(n_blocks):
            for b in range(n_blocks):
                weight[k, a] += inverse[a, b] * cross[j, b]
            strength[k] = max(strength[k], abs(weight[k, a]))
    for n, k in enumerate(keep_strongest(strength, neighbour.shape[1])):
        neighbour[i, n] = touched[k]
        for a in range(n_blocks):
            out[i, a, n] = weight[k, a]
