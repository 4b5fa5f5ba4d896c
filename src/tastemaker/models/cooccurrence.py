"""How often two items stand in the same sequence, weighted: the matrix X^T X of users and items.

A pair also counts by how near its entries stand: nearness[d] for d places between them, float32,
positive, as long as the longest sequence; ones where only the company counts.
"""

import numba
import numpy as np
from numpy.typing import NDArray

from tastemaker.models.company import Company
from tastemaker.models.item_chunks import over_item_chunks
from tastemaker.models.item_places import ItemPlaces
from tastemaker.models.strongest import keep_strongest
from tastemaker.models.tail_weights import TailRows

Floats = NDArray[np.float32]


def dense_gram(seen: Company, places: ItemPlaces, nearness: Floats, n_threads: int) -> Floats:
    """(n_dense, n_dense) of the dense items; only the lower triangle is filled."""
    gram = np.zeros((places.n_dense, places.n_dense), np.float32)

    def fill(start: int, stop: int) -> None:
        _fill_gram(start, stop, seen, places, nearness, gram)

    over_item_chunks(places.n_dense, n_threads, fill)
    return gram


def strongest_pairs(
    seen: Company,
    places: ItemPlaces,
    nearness: Floats,
    own: Floats,
    other: Floats,
    shrinkage: float,
    n_neighbours: int,
    n_threads: int,
) -> TailRows:
    """For each item i the items j of the largest (X^T X)_ij / (own_i other_j + shrinkage).

    Pairs of two dense items are left out. own, other: (n_items,), positive.
    """
    n_items = len(own)
    rows = TailRows.empty(n_items, 1, n_neighbours)

    def fill(start: int, stop: int) -> None:
        neighbour, weight = rows.neighbour, rows.weight[:, 0]
        _fill_pairs(start, stop, seen, places, nearness, own, other, shrinkage, neighbour, weight)

    over_item_chunks(n_items, n_threads, fill)
    return rows


@numba.njit(nogil=True, cache=True)
def _fill_gram(
    start_place: int,
    stop_place: int,
    seen: Company,
    places: ItemPlaces,
    nearness: Floats,
    gram: Floats,
) -> None:
    for own_place in range(start_place, stop_place):
        i = places.dense_item[own_place]
        row = gram[own_place]
        for s in seen.event[seen.ptr[i] : seen.ptr[i + 1]]:
            weight, position = seen.weight[s], seen.position[s]
            # No item stands in a sequence twice: up to s are those of lower places, and itself.
            for q in range(seen.start[seen.sequence[s]], s + 1):
                distance = abs(position - seen.position[q])
                row[seen.place[q]] += weight * seen.weight[q] * nearness[distance]


@numba.njit(nogil=True, cache=True)
def _fill_pairs(
    start_item: int,
    stop_item: int,
    seen: Company,
    places: ItemPlaces,
    nearness: Floats,
    own: Floats,
    other: Floats,
    shrinkage: float,
    neighbour: NDArray[np.int32],
    out: Floats,
) -> None:
    together = np.zeros(len(own), np.float32)
    touched = np.empty(len(own), np.int32)
    for i in range(start_item, stop_item):
        n_touched = 0
        first = seen.tail if places.place[i] >= 0 else seen.start
        for s in seen.event[seen.ptr[i] : seen.ptr[i + 1]]:
            sequence = seen.sequence[s]
            for q in range(first[sequence], seen.start[sequence + 1]):
                j = seen.item[q]
                if j == i:
                    continue
                if together[j] == 0.0:
                    touched[n_touched] = j
                    n_touched += 1
                distance = abs(seen.position[s] - seen.position[q])
                together[j] += seen.weight[s] * seen.weight[q] * nearness[distance]
        found = touched[:n_touched]
        strength = np.empty(n_touched, np.float32)
        for k, j in enumerate(found):
            strength[k] = together[j] / (own[i] * other[j] + np.float32(shrinkage))
            together[j] = 0.0
        for n, k in enumerate(keep_strongest(strength, neighbour.shape[1])):
            neighbour[i, n] = found[k]
            out[i, n] = strength[k]
