"""What the transitions say at moments of a person's past, as if all that came later had never been
learnt from.

A ridge with inverse Gram P and weights W = P X^T Y that is fitted again without the rows L has
  W' = W - P X_L^T Z,   Z = (I - X_L P X_L^T)^-1 (Y_L - X_L W)
(Sherman and Morrison 1950, Woodbury 1950). With L the rows of one sequence from a moment on, W' is
the model that knows everybody else and this person's own past only: just what serves a request.
So a ranker learns on scores that never saw their label, for the price of a few rows of P and
without a second fit. Exact up to the band beyond which decayed entries are left out.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

from tastemaker.models.decay_blocks import DecayBlocks
from tastemaker.models.transition_signals import (
    N_LAGS,
    N_SURPRISES,
    TAUS_S,
    fill_signals,
    slide_signals,
    time_decay,
)

Floats = NDArray[np.float32]
Numbers = NDArray[np.int64]

N_EXPECTED = 2 * (N_SURPRISES - 1)
"""So many of the last entries are asked how much they were expected."""


@dataclass(frozen=True, slots=True)
class RidgeSystem:
    """inverse: float32 (n_blocks * n_dense,) squared, P above. dense: W, as the model keeps it."""

    inverse: Floats
    dense: Floats
    blocks: DecayBlocks


class AtCuts(NamedTuple):
    """signals: (n_cuts, n_signals, n_dense), as `transition_signals.signal_names` lists them.
    surprises: (n_cuts, N_SURPRISES)."""

    signals: Floats
    surprises: Floats


class _Rows(NamedTuple):
    """Rows of the ridge: of each of the cuts, and before them of entries whose surprise is told.

    newest: position of the newest entry of the first row. start: of the oldest entry any reads.
    n_before: rows before the cuts. inputs: (n_rows, n_signals, n_places * n_blocks), what is
    multiplied by W to make each signal.
    """

    newest: int
    start: int
    n_before: int
    inputs: Floats


def at_cuts(
    place: Numbers, weight: Floats, at_s: Numbers, n_cuts: int, system: RidgeSystem
) -> AtCuts:
    """Row q is told the first n - n_cuts + q entries.

    place, weight, at_s: of one sequence, oldest first, -1 outside the dense part; n_cuts < n.
    """
    blocks = system.blocks
    signals = _with_all_learnt(place, weight, at_s, n_cuts, system)
    rows = _rows(weight, at_s, len(place) - n_cuts, signals.shape[1], blocks)
    expected = _expected(place, rows, signals, system)
    gathered = np.zeros((rows.inputs.shape[2],) * 2, np.float32)
    near = np.maximum(rows.newest - np.arange(rows.start, len(place)), 0)
    _gather(
        system.inverse, place[rows.start :], blocks.first_block[near], blocks.n_blocks, gathered
    )
    through: Floats = rows.inputs[rows.n_before :, 0] @ gathered
    surprises = _take_out(place, weight, rows, through, expected, signals)
    return AtCuts(signals, surprises)


def _with_all_learnt(
    place: Numbers, weight: Floats, at_s: Numbers, n_cuts: int, system: RidgeSystem
) -> Floats:
    """(n_cuts, n_signals, n_dense): the signals by W."""
    blocks = system.blocks
    n_signals = 1 + blocks.n_blocks + N_LAGS + len(TAUS_S)
    out = np.empty((n_cuts, n_signals, system.dense.shape[1]), np.float32)
    first = slice(n_cuts, None)
    fill_signals(
        place[::-1][first].copy(), weight[::-1][first].copy(), at_s[::-1][first].copy(),
        system.dense, blocks.powers, blocks.band, TAUS_S, out[0],
    )  # fmt: skip
    slide_signals(place, weight, at_s, system.dense, blocks, TAUS_S, out)
    return out


def _rows(weight: Floats, at_s: Numbers, first: int, n_signals: int, blocks: DecayBlocks) -> _Rows:
    newest = max(0, first - 1 - N_EXPECTED)
    start = max(0, newest - int(blocks.band[-1]))
    n_rows = len(weight) - 1 - newest
    inputs = np.zeros((n_rows, n_signals, len(weight) - start, blocks.n_blocks), np.float32)
    _fill_rows(weight, at_s, newest, start, blocks.powers, blocks.band, TAUS_S, inputs)
    return _Rows(newest, start, first - 1 - newest, inputs.reshape(n_rows, n_signals, -1))


def _expected(place: Numbers, rows: _Rows, signals: Floats, system: RidgeSystem) -> Floats:
    """(n_rows,): the score by W of the entry that follows each row; 0 outside the dense part."""
    n_blocks = system.blocks.n_blocks
    target = place[rows.newest + 1 :]
    read = (place[rows.start :, None] * n_blocks + np.arange(n_blocks)).ravel()
    columns = np.maximum(target[: rows.n_before], 0)
    weights = system.dense[np.maximum(read, 0)[:, None], columns] * (read >= 0)[:, None]
    before = np.einsum("rp,pr->r", rows.inputs[: rows.n_before, 0], weights)
    at_the_cuts = signals[np.arange(len(signals)), 0, np.maximum(target[rows.n_before :], 0)]
    expected: Floats = np.concatenate([before, at_the_cuts]) * (target >= 0)
    return expected


@numba.njit(nogil=True, cache=True)
def _fill_rows(
    weight: Floats,
    at_s: Numbers,
    newest_first: int,
    start: int,
    powers: Floats,
    band: Numbers,
    taus_s: NDArray[np.float64],
    rows: Floats,
) -> None:
    """rows: (n_rows, n_signals, n_places, n_blocks), zero before: the input of every signal."""
    n_blocks = len(band)
    for q in range(len(rows)):
        newest = newest_first + q
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
def _gather(
    inverse: Floats, place: Numbers, first_block: Numbers, n_blocks: int, out: Floats
) -> None:
    """Rows and columns of the inverse that a sequence touches; 0 outside the dense part.

    out: zero before. first_block: of each place the first that any row reads it with.
    """
    for p in range(len(place)):
        if place[p] < 0:
            continue
        for p2 in range(p + 1):
            if place[p2] < 0:
                continue
            for b in range(first_block[p], n_blocks):
                for b2 in range(first_block[p2], n_blocks):
                    value = inverse[place[p] * n_blocks + b, place[p2] * n_blocks + b2]
                    out[p * n_blocks + b, p2 * n_blocks + b2] = value
                    out[p2 * n_blocks + b2, p * n_blocks + b] = value


def _take_out(
    place: Numbers, weight: Floats, rows: _Rows, through: Floats, expected: Floats, out: Floats
) -> Floats:
    """out -= told (I - hat)^-1 residual, over the rows from each cut on; the surprises likewise.

    through: (n_cuts, n_places * n_blocks), X_L P.
    """
    target = place[rows.newest + 1 :]
    residual: Floats = -out[:, 0]
    of_cuts = target[rows.n_before :]
    known = np.flatnonzero(of_cuts >= 0)
    residual[known, of_cuts[known]] += weight[len(place) - len(out) + known]
    told = np.matmul(rows.inputs, through.T)
    hat = told[rows.n_before :, 0]
    surprises = np.zeros((len(out), N_SURPRISES), np.float32)
    for q in range(len(out)):
        own = rows.n_before + q
        latest = np.arange(own - 1, max(-1, own - 1 - N_EXPECTED), -1)
        asked = np.concatenate([told[own, :, q:], told[latest, 0, q:]])
        system = np.eye(len(out) - q) - hat[q:, q:].T
        share = np.linalg.solve(system, asked.T).T.astype(np.float32)
        out[q] -= share[: out.shape[1]] @ residual[q:]
        correction = np.einsum("jl,lj->j", share[out.shape[1] :], residual[q:, target[latest]])
        surprises[q] = _told(expected[latest] - np.where(target[latest] >= 0, correction, 0))
    return surprises


def _told(expected: Floats) -> Floats:
    """(N_SURPRISES,): as `transition_signals.fill_surprises` tells it."""
    out = np.zeros(N_SURPRISES, np.float32)
    latest = expected[: N_SURPRISES - 1]
    out[: len(latest)] = latest
    out[-1] = expected.mean() if len(expected) else 0.0
    return out
