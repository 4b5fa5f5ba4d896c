"""Features of a candidate among the other candidates, from what the models say."""

import numba
import numpy as np
from numpy.typing import NDArray

from tastemaker.models.strongest import keep_strongest

Floats = NDArray[np.float32]


def fill_signals(
    signals: Floats,
    blend: Floats,
    candidates: NDArray[np.int64],
    n_uses: Floats,
    n_shared: int,
    out: Floats,
) -> None:
    """Values, ranks and shares of the signals, then the columns BLEND and FIRST.

    Ranks are stable among equals in the order of the blend.
    """
    value = signals[:, candidates]
    # Not in the kernel: the compiler takes seconds for a sort.
    order = np.argsort(-value, axis=1, kind="stable")
    _fill_signals(value, order, blend[candidates], n_uses, n_shared, out)


@numba.njit(nogil=True, cache=True)
def _fill_signals(
    value: Floats,
    order: NDArray[np.int64],
    blend: Floats,
    n_uses: Floats,
    n_shared: int,
    out: Floats,
) -> None:
    """value, order: (n_signals, n_candidates). blend: (n_candidates,), falling."""
    n_signals, n = value.shape
    n_shared = min(n_shared, n_signals)
    for v in range(n_signals):
        for rank in range(n):
            out[rank, v] = value[v, rank]
            out[order[v, rank], n_signals + v] = np.log1p(np.float32(rank))
        if v < n_shared:
            best = value[v, order[v, 0]] if n else np.float32(0)
            for i in range(n):
                out[i, 2 * n_signals + v] = value[v, i] / (abs(best) + np.float32(1e-6))
    column = 2 * n_signals + n_shared
    for i in range(n):
        out[i, column] = blend[i]
        out[i, column + 1] = blend[i] - blend[0]
        out[i, column + 2] = np.log1p(np.float32(i))
    if n_signals:
        _fill_first(value[0], n_uses, out[:, column + 3 :])


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
