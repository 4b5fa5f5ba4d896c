"""Weights of a history added up entry by entry: the sum at every moment for the price of the last.

Entries are read in the order in which they happened, so that what is known after n of them is a
step on the way to what is known after n + 1. The plain sum and the one that forgets are read from
the same rows at once: forgetting by Horner's scheme, r = r * decay + w, leaves each entry with
decay^(places back).
"""

import numba
import numpy as np
from numpy.typing import NDArray

N_SUMS = 2
"""Of the whole history, and of its latest items."""

BLOCK = 1024
"""Columns added up together: few enough that the sums stay in the first cache."""

Floats = NDArray[np.float32]


@numba.njit(nogil=True, cache=True)
def fill_running_sums(
    place: NDArray[np.int32], weight: Floats, decay: np.float32, dense: Floats, out: Floats
) -> None:
    """out: (n_moments, N_SUMS, n_dense); the last one knows the whole history, each before it one
    entry less. place: of the history, most recent first, -1 where it adds nothing; dense:
    (n_dense, n_dense)."""
    n, n_moments = len(place), len(out)
    for start in range(0, dense.shape[1], BLOCK):
        stop = min(start + BLOCK, dense.shape[1])
        whole = np.zeros(stop - start, np.float32)
        latest = np.zeros(stop - start, np.float32)
        for n_left in range(n, -1, -1):
            if n_left < n:
                latest *= decay
                if place[n_left] >= 0:
                    _add(weight[n_left], dense[place[n_left], start:stop], whole, latest)
            if n_left < n_moments:
                _copy(whole, out[n_moments - 1 - n_left, 0, start:stop])
                _copy(latest, out[n_moments - 1 - n_left, 1, start:stop])


@numba.njit(nogil=True, cache=True)
def _add(weight: np.float32, row: Floats, whole: Floats, latest: Floats) -> None:
    for z in range(len(row)):
        share = weight * row[z]
        whole[z] += share
        latest[z] += share


@numba.njit(nogil=True, cache=True)
def _copy(row: Floats, to: Floats) -> None:
    """As `to[:] = row`, whose message about shapes that differ takes seconds to compile."""
    for z in range(len(row)):
        to[z] = row[z]


@numba.njit(nogil=True, cache=True)
def add_tail_sums(
    item: NDArray[np.int32],
    weight: Floats,
    decay: np.float32,
    ptr: NDArray[np.integer],
    neighbour: NDArray[np.integer],
    tail: Floats,
    out: Floats,
) -> None:
    """The same of the sparse weights. out: (n_moments, N_SUMS, n_items), added to. item: of the
    history, most recent first; its neighbours stand at ptr[item]:ptr[item + 1]."""
    n_moments = len(out)
    for moment in range(n_moments):
        whole, latest = out[moment]
        faded = np.float32(1)
        for k in range(n_moments - 1 - moment, len(item)):
            for at in range(ptr[item[k]], ptr[item[k] + 1]):
                share = weight[k] * tail[at]
                whole[neighbour[at]] += share
                latest[neighbour[at]] += faded * share
            faded *= decay
