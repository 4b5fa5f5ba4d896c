"""Which items a ranker gets to see: the best of a blend of everything the models say."""

import numba
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


@numba.njit(nogil=True, cache=True, fastmath=True)
def blended(
    signals: Floats, weight: Floats, seen: NDArray[np.bool_], popularity: Floats, share: float
) -> Floats:
    """(n_items,): sum over signals of weight times the squashed z-score, and share times log count.

    signals: (n_signals, n_items), a row of weight 0 is not read. A z-score is over items not
    seen; it is squashed by 8 ((1 + |z|)^(1/8) - 1), which is close to a logarithm and a third of
    its cost, so that one signal's far tail does not outvote the others.
    """
    out = np.zeros(signals.shape[1], np.float32)
    for v in range(len(signals)):
        if weight[v] != 0:
            mean, scale = _mean_and_scale(signals[v], seen)
            factor = np.float32(8) * weight[v]
            for z in range(len(out)):
                x = (signals[v, z] - mean) * scale
                root = np.sqrt(np.sqrt(np.sqrt(np.float32(1) + abs(x)))) - np.float32(1)
                out[z] += factor * root if x > 0 else -factor * root
    for z in range(len(out)):
        out[z] += np.float32(share) * np.log1p(popularity[z])
    return out


@numba.njit(nogil=True, cache=True, fastmath=True)
def _mean_and_scale(signal: Floats, seen: NDArray[np.bool_]) -> tuple[np.float32, np.float32]:
    n, total, squares = np.float32(0), np.float32(0), np.float32(0)
    for z in range(len(signal)):
        counts = np.float32(0) if seen[z] else np.float32(1)
        n += counts
        total += counts * signal[z]
        squares += counts * signal[z] * signal[z]
    n = max(n, np.float32(1))
    mean = total / n
    deviation = np.sqrt(max(squares / n - mean * mean, np.float32(0)))
    return mean, np.float32(1) / (deviation + np.float32(1e-9))
