"""Scores at moments of a person's past, as if all that came later had never been learnt from.

A ridge with inverse Gram P and weights W = P X^T Y that is fitted again without the rows L has
  W' = W - P X_L^T Z,   Z = (I - X_L P X_L^T)^-1 (Y_L - X_L W)
(Sherman and Morrison 1950, Woodbury 1950). With L the rows of one sequence from a moment on, W' is
the model that knows everybody else and this person's own past only: just what serves a request.
So a ranker learns on scores that never saw their label, for the price of a few rows of P and
without a second fit. Exact up to the band beyond which decayed entries are left out.
"""

from dataclasses import dataclass

import numba
import numpy as np
from numpy.typing import NDArray

from tastemaker.models.decay_blocks import DecayBlocks
from tastemaker.models.transition_signals import N_LAGS, TAUS_S, fill_signals, time_decay

Floats = NDArray[np.float32]
Numbers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class RidgeSystem:
    """inverse: float32 (n_blocks * n_dense,) squared, P above. dense: W, as the model keeps it."""

    inverse: Floats
    dense: Floats
    blocks: DecayBlocks


def signals_at_cuts(
    place: Numbers, weight: Floats, at_s: Numbers, n_cuts: int, system: RidgeSystem
) -> Floats:
    """(n_cuts, n_signals, n_dense); row q is told the first n - n_cuts + q entries.

    place, weight, at_s: of one sequence, oldest first, -1 outside the dense part; n_cuts < n.
    Signals as `transition_signals.signal_names` lists them.
    """
    blocks = system.blocks
    n_dense = system.dense.shape[1]
    out = np.empty((n_cuts, 1 + blocks.n_blocks + N_LAGS + len(TAUS_S), n_dense), np.float32)
    latest, latest_weight, latest_at_s = place[::-1].copy(), weight[::-1].copy(), at_s[::-1].copy()
    for q in range(n_cuts):
        past = slice(n_cuts - q, None)
        fill_signals(
            latest[past], latest_weight[past], latest_at_s[past],
            system.dense, blocks.powers, blocks.band, TAUS_S, out[q],
        )  # fmt: skip
    first = len(place) - n_cuts
    start = max(0, first - 1 - int(blocks.band[-1]))
    shape = (n_cuts, out.shape[1], len(place) - start, blocks.n_blocks)
    rows: Floats = np.zeros(shape, np.float32)
    _fill_rows(weight, at_s, first, start, blocks.powers, blocks.band, TAUS_S, rows)
    gathered = np.empty((rows.shape[2] * blocks.n_blocks,) * 2, np.float32)
    _gather(system.inverse, place[start:], blocks.n_blocks, gathered)
    flat = rows.reshape(n_cuts, out.shape[1], -1)
    through: Floats = flat[:, 0] @ gathered
    hat: Floats = through @ flat[:, 0].T
    told = np.matmul(flat, through.T)
    _take_out(place, weight, first, hat, told, out)
    return out


@numba.njit(nogil=True, cache=True)
def _fill_rows(
    weight: Floats,
    at_s: Numbers,
    first: int,
    start: int,
    powers: Floats,
    band: Numbers,
    taus_s: NDArray[np.float64],
    rows: Floats,
) -> None:
    """rows: (n_cuts, n_signals, n_places, n_blocks), zero before: the input of every signal."""
    n_blocks = len(band)
    for q in range(len(rows)):
        newest = first + q - 1
        for k in range(min(newest - start, band[-1]) + 1):
            p = newest - k - start
            for b in range(n_blocks):
                if k <= band[b]:
                    share = weight[newest - k] * powers[b, k]
                    rows[q, 0, p, b] = share
                    rows[q, 1 + b, p, b] = share
                    if k < N_LAGS:
                        rows[q, 1 + n_blocks + k, p, b] = share
            for t in range(len(taus_s)):
                share = time_decay(at_s[newest] - at_s[newest - k], taus_s[t])
                rows[q, 1 + n_blocks + N_LAGS + t, p, n_blocks - 1] = weight[newest - k] * share


@numba.njit(nogil=True, cache=True)
def _gather(inverse: Floats, place: Numbers, n_blocks: int, out: Floats) -> None:
    """out: rows and columns of the inverse that a sequence touches; 0 outside the dense part."""
    for p in range(len(place)):
        for p2 in range(p + 1):
            for b in range(n_blocks):
                for b2 in range(n_blocks):
                    value = np.float32(0.0)
                    if place[p] >= 0 and place[p2] >= 0:
                        value = inverse[place[p] * n_blocks + b, place[p2] * n_blocks + b2]
                    out[p * n_blocks + b, p2 * n_blocks + b2] = value
                    out[p2 * n_blocks + b2, p * n_blocks + b] = value


def _take_out(
    place: Numbers, weight: Floats, first: int, hat: Floats, told: Floats, out: Floats
) -> None:
    """out -= told (I - hat)^-1 residual, over the rows from each cut on."""
    residual: Floats = -out[:, 0]
    target = place[first:]
    known = np.flatnonzero(target >= 0)
    residual[known, target[known]] += weight[first + known]
    for q in range(len(out)):
        system = np.eye(len(out) - q) - hat[q:, q:]
        share = np.linalg.solve(system.T, told[q, :, q:].T).T
        out[q] -= share.astype(np.float32) @ residual[q:]
