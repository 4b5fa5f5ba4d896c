"""Features of a candidate among the other candidates, from what the models say."""

import numba
import numpy as np
from numpy.typing import NDArray

from tastemaker.models.strongest import falling, keep_strongest

Floats = NDArray[np.float32]


def fill_signals(
    signals: Floats,
    blend: Floats,
    candidates: NDArray[np.int64],
    chosen: NDArray[np.int64],
    n_uses: Floats,
    n_shared: int,
    out: Floats,
) -> None:
    """Values, ranks and shares of the signals, then the columns BLEND and FIRST.

    Of the chosen candidates, by their place; n_uses is of those. Ranks are among all candidates,
    stable among equals in the order of the blend.
    """
    value = signals.take(candidates, axis=1)
    # Not in the kernel: the compiler takes seconds for a sort.
    _fill_signals(value, falling(value), blend[candidates], chosen, n_uses, n_shared, out)


@numba.njit(nogil=True, cache=True)
def _fill_signals(
    value: Floats,
    order: NDArray[np.int64],
    blend: Floats,
    chosen: NDArray[np.int64],
    n_uses: Floats,
    n_shared: int,
    out: Floats,
) -> None:
    """value, order: (n_signals, n_candidates). blend: (n_candidates,), falling."""
    n_signals, n = value.shape
    n_shared = min(n_shared, n_signals)
    place = np.empty(n, np.int64)
    for v in range(n_signals):
        for rank in range(n):
            place[order[v, rank]] = rank
        best = value[v, order[v, 0]] if n else np.float32(0)
        for row, i in enumerate(chosen):
            out[row, v] = value[v, i]
            out[row, n_signals + v] = np.log1p(np.float32(place[i]))
            if v < n_shared:
                out[row, 2 * n_signals + v] = value[v, i] / (abs(best) + np.float32(1e-6))
    column = 2 * n_signals + n_shared
    for row, i in enumerate(chosen):
        out[row, column] = blend[i]
        out[row, column + 1] = blend[i] - blend[0]
        out[row, column + 2] = np.log1p(np.float32(i))
    if n_signals:
        _fill_first(value[0], chosen, n_uses, out[:, column + 3 :])


@numba.njit(nogil=True, cache=True)
def _fill_first(value: Floats, chosen: NDArray[np.int64], n_uses: Floats, out: Floats) -> None:
    n = len(value)
    if n == 0:
        return
    first = keep_strongest(value, min(n, 10))
    best, sum_10, mean = value[first[0]], np.float32(0), np.float32(0)
    for k in first:
        best = max(best, value[k])
        sum_10 += value[k]
    for i in range(n):
        mean += value[i] / np.float32(n)
    variance = np.float32(0)
    for i in range(n):
        variance += (value[i] - mean) ** 2 / np.float32(n)
    for row, i in enumerate(chosen):
        out[row, 0] = value[i] - best
        out[row, 1] = best
        out[row, 2] = sum_10
        out[row, 3] = (value[i] - mean) / (np.sqrt(variance) + np.float32(1e-6))
        out[row, 4] = value[i] / (n_uses[row] + np.float32(20))
