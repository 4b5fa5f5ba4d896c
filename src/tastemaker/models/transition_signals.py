"""What the transitions say of every item, taken apart: by block, by last item, by time since.

Compiled, and one history at a time, so that a request served and a request trained on go through
the same machine code.
"""

import numba
import numpy as np
from numpy.typing import NDArray

from tastemaker.models.decay_blocks import DecayBlocks

N_LAGS = 5
"""The last items whose contributions are told one by one."""

TAUS_S = np.array([600.0, 86_400.0])
"""Half-lives in seconds of the contributions decayed by time: a sitting, a day."""

N_SURPRISES = 6
"""Scores that the last five items had when they were chosen, and the mean of the last ten."""

Floats = NDArray[np.float32]
Numbers = NDArray[np.int64]


def signal_names(n_blocks: int) -> tuple[str, ...]:
    """Of the rows of `fill_signals`, in their order."""
    return (
        "total",
        *(f"block_{block}" for block in range(n_blocks)),
        *(f"lag_{lag + 1}" for lag in range(N_LAGS)),
        "within_10_minutes",
        "within_a_day",
    )


@numba.njit(nogil=True, cache=True, fastmath=True)
def fill_signals(
    place: Numbers,
    weight: Floats,
    at_s: Numbers,
    dense: Floats,
    powers: Floats,
    band: Numbers,
    taus_s: NDArray[np.float64],
    out: Floats,
) -> None:
    """out: (n_signals, n_dense), overwritten. place: of the history's items, most recent first,
    -1 outside the dense part."""
    n_blocks = len(band)
    out[:] = 0.0
    for b in range(n_blocks):
        for k in range(min(len(place), band[b] + 1)):
            if place[k] >= 0:
                row = dense[place[k] * n_blocks + b]
                add_scaled(out[1 + b], weight[k] * powers[b, k], row)
                if k < N_LAGS:
                    add_scaled(out[1 + n_blocks + k], weight[k] * powers[b, k], row)
        add_scaled(out[0], np.float32(1.0), out[1 + b])
    for t in range(len(taus_s)):
        within = out[1 + n_blocks + N_LAGS + t]
        _fill_within(place, weight, at_s, dense, n_blocks, band[-1], taus_s[t], within)


@numba.njit(nogil=True, cache=True, fastmath=True)
def _fill_within(
    place: Numbers,
    weight: Floats,
    at_s: Numbers,
    dense: Floats,
    n_blocks: int,
    widest: int,
    tau_s: float,
    out: Floats,
) -> None:
    """By the slowest block's weights, decayed by time from the last entry back."""
    for k in range(min(len(place), widest + 1)):
        share = time_decay(at_s[0] - at_s[k], tau_s)
        if share == 0.0:
            break
        if place[k] >= 0:
            add_scaled(out, weight[k] * share, dense[place[k] * n_blocks + n_blocks - 1])


@numba.njit(nogil=True, cache=True, fastmath=True)
def slide_signals(
    place: Numbers,
    weight: Floats,
    at_s: Numbers,
    dense: Floats,
    blocks: DecayBlocks,
    taus_s: NDArray[np.float64],
    out: Floats,
) -> None:
    """out: (n_moments, n_signals, n_dense), the first filled before; each other one follows from
    the one before it, as another entry is told and one leaves each band.

    place, weight, at_s: of the whole sequence, oldest first; the last moment is told all entries
    but the last one.
    """
    band = blocks.band
    n_blocks, n_told = len(band), len(place) - len(out)
    oldest = np.empty(len(taus_s), np.int64)
    for t in range(len(taus_s)):
        oldest[t] = _oldest(at_s, n_told - 1, band[-1], taus_s[t])
    for q in range(1, len(out)):
        newest = n_told + q - 1
        out[q, 0] = 0.0
        out[q, 1 + n_blocks : 1 + n_blocks + N_LAGS] = 0.0
        for b in range(n_blocks):
            to, decay = out[q, 1 + b], np.float32(blocks.decay[b])
            _carry(out[q - 1, 1 + b], decay, to)
            leaving = newest - 1 - band[b]
            if leaving >= 0:
                share = weight[leaving] * blocks.powers[b, band[b]] * decay
                _add_entry(to, -share, place[leaving], b, dense, n_blocks)
            _add_entry(to, weight[newest], place[newest], b, dense, n_blocks)
            for k in range(min(newest + 1, band[b] + 1, N_LAGS)):
                share, of_lag = weight[newest - k] * blocks.powers[b, k], out[q, 1 + n_blocks + k]
                _add_entry(of_lag, share, place[newest - k], b, dense, n_blocks)
            add_scaled(out[q, 0], np.float32(1.0), to)
        for t in range(len(taus_s)):
            row = 1 + n_blocks + N_LAGS + t
            to, share = out[q, row], time_decay(at_s[newest] - at_s[newest - 1], taus_s[t])
            _carry(out[q - 1, row], share, to)
            while oldest[t] < newest and (
                share == 0.0
                or newest - oldest[t] > band[-1]
                or time_decay(at_s[newest] - at_s[oldest[t]], taus_s[t]) == 0.0
            ):
                if share > 0.0:
                    faded = np.float32(2.0 ** ((at_s[oldest[t]] - at_s[newest]) / taus_s[t]))
                    _add_entry(
                        to, -faded * weight[oldest[t]], place[oldest[t]], n_blocks - 1, dense,
                        n_blocks,
                    )  # fmt: skip
                oldest[t] += 1
            _add_entry(to, weight[newest], place[newest], n_blocks - 1, dense, n_blocks)


@numba.njit(nogil=True, cache=True)
def _oldest(at_s: Numbers, newest: int, widest: int, tau_s: float) -> int:
    """Of the entries that `_fill_within` reads."""
    oldest = newest
    while (
        oldest > 0
        and newest - oldest < widest
        and time_decay(at_s[newest] - at_s[oldest - 1], tau_s) > 0.0
    ):
        oldest -= 1
    return oldest


@numba.njit(nogil=True, cache=True, fastmath=True)
def _carry(row: Floats, share: np.float32, to: Floats) -> None:
    for z in range(len(to)):
        to[z] = share * row[z]


@numba.njit(nogil=True, cache=True, fastmath=True)
def _add_entry(
    to: Floats, factor: np.float32, place: int, block: int, dense: Floats, n_blocks: int
) -> None:
    if place >= 0:
        add_scaled(to, factor, dense[place * n_blocks + block])


@numba.njit(nogil=True, cache=True, fastmath=True)
def fill_surprises(
    place: Numbers, weight: Floats, dense: Floats, powers: Floats, band: Numbers, out: Floats
) -> None:
    """out: (N_SURPRISES,), overwritten; 0.0 where the history is too short."""
    n_blocks, n_last = len(band), len(out) - 1
    out[:] = 0.0
    n_told, total = 0, np.float32(0.0)
    for last in range(min(len(place) - 1, 2 * n_last)):
        told = np.float32(0.0)
        if place[last] >= 0:
            for b in range(n_blocks):
                for k in range(min(len(place) - 1 - last, band[b] + 1)):
                    before = place[last + 1 + k]
                    if before >= 0:
                        share = weight[last + 1 + k] * powers[b, k]
                        told += share * dense[before * n_blocks + b, place[last]]
        if last < n_last:
            out[last] = told
        total += told
        n_told += 1
    if n_told:
        out[n_last] = total / np.float32(n_told)


@numba.njit(nogil=True, cache=True, fastmath=True)
def add_scaled(to: Floats, factor: np.float32, row: Floats) -> None:
    for z in range(len(to)):
        to[z] += factor * row[z]


@numba.njit(nogil=True, cache=True)
def time_decay(age_s: int, tau_s: float) -> np.float32:
    """0.0 below 2 %, where an entry is not worth its row any more."""
    share = np.float32(2.0 ** (-age_s / tau_s))
    return share if share >= 0.02 else np.float32(0.0)
