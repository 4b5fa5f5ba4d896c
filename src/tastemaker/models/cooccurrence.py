"""How often two items stand in the same sequence, weighted: the matrix X^T X of users and items."""

import numba
import numpy as np
from numpy.typing import NDArray

from tastemaker.models.item_chunks import over_item_chunks
from tastemaker.models.item_places import ItemPlaces
from tastemaker.models.occurrences import Occurrences
from tastemaker.models.strongest import keep_strongest
from tastemaker.models.tail_weights import TailRows

Floats = NDArray[np.float32]
Numbers = NDArray[np.int64]


def dense_gram(seen: Occurrences, places: ItemPlaces, n_threads: int) -> Floats:
    """(n_dense, n_dense) of the dense items; only the lower triangle is filled."""
    gram = np.zeros((places.n_dense, places.n_dense), np.float32)

    def fill(start: int, stop: int) -> None:
        _fill_gram(
            start,
            stop,
            places.dense_item,
            seen.ptr,
            seen.event,
            seen.item,
            seen.weight,
            seen.start,
            seen.end,
            places.place,
            gram,
        )

    over_item_chunks(places.n_dense, n_threads, fill)
    return gram


def strongest_pairs(
    seen: Occurrences,
    places: ItemPlaces,
    own: Floats,
    other: Floats,
    shrinkage: float,
    n_neighbours: int,
    n_threads: int,
) -> TailRows:
    """For each item i the items j of the largest (X^T X)_ij / (own_i other_j + shrinkage).

    Pairs of two dense items are left out. own, other: (n_items,), positive.
    """
    rows = TailRows.empty(seen.n_items, 1, n_neighbours)

    def fill(start: int, stop: int) -> None:
        _fill_pairs(
            start,
            stop,
            seen.ptr,
            seen.event,
            seen.item,
            seen.weight,
            seen.start,
            seen.end,
            places.place,
            own,
            other,
            shrinkage,
            rows.neighbour,
            rows.weight[:, 0],
        )

    over_item_chunks(seen.n_items, n_threads, fill)
    return rows


@numba.njit(nogil=True, cache=True)
def _fill_gram(
    start_place: int,
    stop_place: int,
    dense_item: NDArray[np.int32],
    ptr: Numbers,
    event: Numbers,
    item: NDArray[np.int32],
    weight: Floats,
    start: Numbers,
    end: Numbers,
    place: NDArray[np.int32],
    gram: Floats,
) -> None:
    for own_place in range(start_place, stop_place):
        i = dense_item[own_place]
        for s in event[ptr[i] : ptr[i + 1]]:
            for q in range(start[s], end[s]):
                p = place[item[q]]
                if 0 <= p <= own_place:
                    gram[own_place, p] += weight[s] * weight[q]


@numba.njit(nogil=True, cache=True)
def _fill_pairs(
    start_item: int,
    stop_item: int,
    ptr: Numbers,
    event: Numbers,
    item: NDArray[np.int32],
    weight: Floats,
    start: Numbers,
    end: Numbers,
    place: NDArray[np.int32],
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
        for s in event[ptr[i] : ptr[i + 1]]:
            for q in range(start[s], end[s]):
                j = item[q]
                if j == i or (place[i] >= 0 and place[j] >= 0):
                    continue
                if together[j] == 0.0:
                    touched[n_touched] = j
                    n_touched += 1
                together[j] += weight[s] * weight[q]
        found = touched[:n_touched]
        strength = together[found] / (own[i] * other[found] + np.float32(shrinkage))
        for n, k in enumerate(keep_strongest(strength, neighbour.shape[1])):
            neighbour[i, n] = found[k]
            out[i, n] = strength[k]
        together[found] = 0.0
