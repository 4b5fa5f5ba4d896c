"""Features of a candidate among the other candidates, from what the models say."""

import numba
import numpy as np
from numpy.typing import NDArray

from tastemaker.models.strongest import keep_strongest

Floats = NDArray[np.float32]


@numba.njit(nogil=True, cache=True)
def fill_signals(
    signals: Floats,
    blend: Floats,
    candidates: NDArray[np.int64],
    n_uses: Floats,
    n_shared: int,
    out: Floats,
) -> None:
    """Values, ranks and shares of the signals, then the columns BLEND and FIRST."""
    n_signals, n = len(signals), len(candidates)
    n_shared = min(n_shared, n_signals)
    value = np.empty(n, np.float32)
    for v in range(n_signals):
        for i in range(n):
            value[i] = signals[v, candidates[i]]
            out[i, v] = value[i]
        _fill_ranks(value, out[:, n_signals + v])
        if v < n_shared:
            best = value.max() if n else np.float32(0)
            for i in range(n):
                out[i, 2 * n_signals + v] = value[i] / (abs(best) + np.float32(1e-6))
    column = 2 * n_signals + n_shared
    for i in range(n):
        out[i, column] = blend[candidates[i]]
        out[i, column + 1] = blend[candidates[i]] - blend[candidates[0]]
        out[i, column + 2] = np.log1p(np.float32(i))
    _fill_first(out[:, 0].copy(), n_uses, out[:, column + 3 :])


@numba.njit(nogil=True, cache=True)
def _fill_ranks(value: Floats, out: Floats) -> None:
    """log(1 + rank) from 0, stable among equals in the order of the blend."""
    order = np.argsort(-value, kind="mergesort")
    for rank in range(len(order)):
        out[order[rank]] = np.log1p(np.float32(rank))


@numba.njit(nogil=True, cache=True)
def _fill_first(value: Floats, n_uses: Floats, out: Floats) -> None:
    n = len(value)
    if n == 0:
        return
    first = keep_strongest(value, 10)
    best, sum_10, mean = value[first[0]], np.float32(0), np.float32(0)
    for k in first:
        best = max(best, value[k])
        sum_10 += value[k]
    for i in range(n):
        mean += value[i] / np.float32(n)
    variance = np.float32(0)
    for i in range(n):
        variance += (value[i] - mean) ** 2 / np.float32(n)
    for i in range(n):
        out[i, 0] = value[i] - best
        out[i, 1] = best
        out[i, 2] = sum_10
        out[i, 3] = (value[i] - mean) / (np.sqrt(variance) + np.float32(1e-6))
        out[i, 4] = value[i] / (n_uses[i] + np.float32(20))
