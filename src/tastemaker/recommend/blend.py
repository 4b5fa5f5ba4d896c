"""Which items a ranker gets to see: the best of a blend of everything the models say."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Self

import numba
import numpy as np
from numpy.typing import NDArray

POPULARITY = "popularity"

Floats = NDArray[np.float32]
Seen = NDArray[np.bool_]


class Blend(NamedTuple):
    """signals: (n_signals,). popularity: of log(1 + uses)."""

    signals: Floats
    popularity: float

    @classmethod
    def of(cls, weights: Mapping[str, float], names: Sequence[str]) -> Self:
        """weights: by signal, 0 where not named; one called `popularity` is of the uses."""
        by_signal = np.array([weights.get(name, 0.0) for name in names], np.float32)
        return cls(by_signal, float(weights.get(POPULARITY, 0.0)))

    def by_name(self, names: Sequence[str]) -> dict[str, float]:
        """What `of` takes."""
        by_signal = zip(names, self.signals, strict=True)
        return {name: float(w) for name, w in by_signal} | {POPULARITY: self.popularity}


@numba.njit(nogil=True, cache=True, fastmath=True)
def blended(signals: Floats, weight: Floats, seen: Seen, n_uses: Floats, share: float) -> Floats:
    """(n_items,): sum over signals of weight times squashed z-score, and share times log count.

    signals: (n_signals, n_items), a row of weight 0 is not read. seen: as in `squashed`.
    """
    out = np.zeros(signals.shape[1], np.float32)
    for v in range(len(signals)):
        if weight[v] != 0:
            mean, scale = _mean_and_scale(signals[v], seen)
            for z in range(len(out)):
                out[z] += weight[v] * _squash((signals[v, z] - mean) * scale)
    for z in range(len(out)):
        out[z] += np.float32(share) * np.log1p(n_uses[z])
    return out


@numba.njit(nogil=True, cache=True, fastmath=True)
def squashed(signals: Floats, seen: Seen) -> Floats:
    """(n_signals, n_items): z-scores over the items not seen, squashed."""
    out = np.empty_like(signals)
    for v in range(len(signals)):
        mean, scale = _mean_and_scale(signals[v], seen)
        for z in range(signals.shape[1]):
            out[v, z] = _squash((signals[v, z] - mean) * scale)
    return out


@numba.njit(nogil=True, cache=True, fastmath=True, inline="always")
def _squash(x: np.float32) -> np.float32:
    """8 ((1 + |x|)^(1/8) - 1) with the sign of x: close to a logarithm and a third of its cost, so
    that one signal's far tail does not outvote the others."""
    root = np.sqrt(np.sqrt(np.sqrt(np.float32(1) + abs(x)))) - np.float32(1)
    return np.float32(8 * root if x > 0 else -8 * root)


@numba.njit(nogil=True, cache=True, fastmath=True, inline="always")
def _mean_and_scale(signal: Floats, seen: Seen) -> tuple[np.float32, np.float32]:
    # Inlined: a sum that may be reordered comes out otherwise where it is called as a function of
    # its own, as in the process that compiles, than where the cache is read.
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
