"""Features of a candidate whoever asks, as they were at a moment."""

import numba
import numpy as np
from numpy.typing import NDArray

SECONDS_PER_DAY = 86_400

Floats = NDArray[np.float32]
Numbers = NDArray[np.int64]


@numba.njit(nogil=True, cache=True)
def fill_item(
    candidates: Numbers,
    at_s: int,
    n_history: int,
    n_events: Floats,
    sum_weight: NDArray[np.float64],
    sum_log_place: NDArray[np.float64],
    event_ptr: Numbers,
    event_at_s: Numbers,
    event_share: float,
    year: Floats,
    out: Floats,
) -> Floats:
    """Fills the columns ITEM and returns (n_candidates,) numbers of uses.

    Means are shrunk towards what is usual by a few uses. Uses count whenever they were, but for
    the trends, which count only what had happened by at_s.
    """
    n_uses = np.empty(len(candidates), np.float32)
    for i in range(len(candidates)):
        z = candidates[i]
        n, weight, place = n_events[z], sum_weight[z], sum_log_place[z]
        n_uses[i] = n
        out[i, 0] = np.log1p(n)
        out[i, 1] = (weight + 3.5) / (n + 5.0)
        times = event_at_s[event_ptr[z] : event_ptr[z + 1]]
        _fill_trend(times, at_s, event_share, out[i, 2:6])
        out[i, 6] = year[z]
        own = np.log1p(np.float32(n_history))
        out[i, 7] = (place + 2.0 * own) / (n + 2.0)
        out[i, 8] = out[i, 7] - own
    return n_uses


@numba.njit(nogil=True, cache=True)
def _fill_trend(times: Numbers, at_s: int, event_share: float, out: Floats) -> None:
    """Logarithms of the uses in the last 1, 7 and 30 days and of the age; -1 for one not used.

    event_share: each of the times stands for 1 / event_share uses.
    """
    before = np.searchsorted(times, at_s)
    for w, n_days in enumerate((1, 7, 30)):
        since = np.searchsorted(times, at_s - n_days * SECONDS_PER_DAY)
        out[w] = np.log1p(np.float32((before - since) / event_share))
    out[3] = np.log1p(np.float32(at_s - times[0])) if before > 0 else np.float32(-1)
