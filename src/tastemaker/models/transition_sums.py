"""Sums for the ridge from decayed histories to the next item, without building its rows.

For a sequence s_0 .. s_{n-1} (oldest first), every t in 0 .. n-2 is a row: block b of its input is
x_t[item of s] = w_s d_b^(t-s) for s <= t, its target is w_{t+1} at the item of t+1. Then

  gram[(i, a), (j, b)] = sum over places s of i, q of j, of
                         w_s w_q sum_{t >= max(s, q)}^{n-2} d_a^(t-s) d_b^(t-q)
  cross[(i, a), j]     = sum over places s of i, q > s of j, of w_s w_q d_a^(q-1-s)

The inner sum over t is geometric: d^|s-q| times a number that depends only on how many rows
follow, so it is looked up. Places further apart than a block's band are left out. Row (i, a)
stands at n_blocks * place(i) + a. A thread fills whole rows, so no two write to the same memory
and the rows of one item stay in the cache.
"""

import numba
import numpy as np
from numpy.typing import NDArray

from tastemaker.models.decay_blocks import DecayBlocks
from tastemaker.models.item_chunks import over_item_chunks
from tastemaker.models.item_places import ItemPlaces
from tastemaker.models.occurrences import Occurrences

Floats = NDArray[np.float32]


def dense_sums(
    seen: Occurrences, places: ItemPlaces, blocks: DecayBlocks, n_threads: int
) -> tuple[Floats, Floats]:
    """gram (n_rows, n_rows), lower triangle only, and cross (n_rows, n_dense)."""
    n_rows = blocks.n_blocks * places.n_dense
    gram = np.zeros((n_rows, n_rows), np.float32)
    cross = np.zeros((n_rows, places.n_dense), np.float32)
    carried = blocks.carried(seen.longest)

    def fill(start: int, stop: int) -> None:
        for p in range(start, stop):
            own = slice(p * blocks.n_blocks, (p + 1) * blocks.n_blocks)
            _fill_item(p, seen, places, blocks, carried, gram[own], cross[own])

    over_item_chunks(places.n_dense, n_threads, fill)
    return gram, cross


@numba.njit(nogil=True, cache=True)
def _fill_item(
    own_place: int,
    seen: Occurrences,
    places: ItemPlaces,
    blocks: DecayBlocks,
    carried: Floats,
    gram: Floats,
    cross: Floats,
) -> None:
    """Rows of one item. gram: (n_blocks, n_rows), cross: (n_blocks, n_dense), both zero before."""
    powers, first_block = blocks.powers, blocks.first_block
    n_blocks, widest = len(powers), blocks.band[-1]
    own_item = places.dense_item[own_place]
    for s in seen.event[seen.ptr[own_item] : seen.ptr[own_item + 1]]:
        last = seen.end[s] - 1
        if s == last:
            continue
        for q in range(max(seen.start[s], s - widest), min(last, s + widest + 1) + 1):
            p = places.place[seen.item[q]]
            if p < 0:
                continue
            both = seen.weight[s] * seen.weight[q]
            if q > s:
                for a in range(first_block[q - 1 - s], n_blocks):
                    cross[a, p] += both * powers[a, q - 1 - s]
            if p > own_place:
                continue
            if q <= s:
                _add_pair(gram, p, both, s - q, carried[:, :, last - s], blocks, True)
            elif q < last and q - s <= widest:
                _add_pair(gram, p, both, q - s, carried[:, :, last - q], blocks, False)


@numba.njit(nogil=True, cache=True, inline="always")
def _add_pair(
    gram: Floats,
    p: int,
    both: float,
    gap: int,
    carried: Floats,
    blocks: DecayBlocks,
    is_partner_earlier: bool,
) -> None:
    """The earlier of the two has decayed over the gap when the later enters."""
    n_blocks = len(blocks.powers)
    for a in range(blocks.first_block[gap], n_blocks):
        share = both * blocks.powers[a, gap]
        for b in range(n_blocks):
            if is_partner_earlier:
                gram[b, p * n_blocks + a] += share * carried[a, b]
            else:
                gram[a, p * n_blocks + b] += share * carried[a, b]
