"""Features of a history, and of a candidate against it."""

import numba
import numpy as np
from numpy.typing import NDArray

WINDOWS = (1, 5, 30, 1 << 30)
"""The latest so many items make a profile each."""

Floats = NDArray[np.float32]
Items = NDArray[np.int32]
Numbers = NDArray[np.int64]


@numba.njit(nogil=True, cache=True)
def fill_pair(
    candidates: Numbers,
    item: Items,
    n_uses: Floats,
    n_events: Floats,
    year: Floats,
    genre: Floats,
    out: Floats,
) -> None:
    """The columns PAIR. item: the history, most recent first."""
    n_genres = genre.shape[1]
    profile = np.zeros((len(WINDOWS), n_genres), np.float32)
    mean_year = np.zeros(len(WINDOWS), np.float32)
    mean_uses = np.zeros(len(WINDOWS), np.float32)
    for w in range(len(WINDOWS)):
        latest = item[: min(WINDOWS[w], len(item))]
        mean_year[w], mean_uses[w] = _fill_profile(latest, n_events, year, genre, profile[w])
    for i in range(len(candidates)):
        z = candidates[i]
        for w in range(len(WINDOWS)):
            known = year[z] > 0 and mean_year[w] > 0
            out[i, w] = year[z] - mean_year[w] if known else np.float32(0)
            alike = np.float32(0)
            for g in range(n_genres):
                alike += profile[w, g] * genre[z, g]
            out[i, len(WINDOWS) + w] = alike
            out[i, 2 * len(WINDOWS) + w] = np.log1p(n_uses[i]) - mean_uses[w]


@numba.njit(nogil=True, cache=True)
def _fill_profile(
    item: Items, n_events: Floats, year: Floats, genre: Floats, profile: Floats
) -> tuple[np.float32, np.float32]:
    """The mean year (0 where none is known) and mean log number of uses; profile: of length 1."""
    n_dated, years, uses = 0, np.float32(0), np.float32(0)
    for k in range(len(item)):
        for g in range(len(profile)):
            profile[g] += genre[item[k], g]
        if year[item[k]] > 0:
            years += year[item[k]]
            n_dated += 1
        uses += np.log1p(n_events[item[k]])
    square = np.float32(0)
    for g in range(len(profile)):
        square += profile[g] * profile[g]
    length = np.sqrt(square) + np.float32(1e-6)
    for g in range(len(profile)):
        profile[g] /= length
    return years / np.float32(max(n_dated, 1)), uses / np.float32(max(len(item), 1))


@numba.njit(nogil=True, cache=True)
def fill_words(
    candidates: Numbers,
    item: Items,
    ptr: Numbers,
    term: Items,
    weight: Floats,
    n_terms: int,
    out: Floats,
) -> None:
    """The columns WORDS: cosines of a candidate's words and those of the latest items together.

    item: the history, most recent first. ptr, term, weight: as in `ItemWords`.
    """
    profile = _word_profile(item, ptr, term, weight, n_terms)
    square = np.zeros(len(WINDOWS), np.float32)
    for t in range(n_terms):
        for w in range(len(WINDOWS)):
            square[w] += profile[t, w] * profile[t, w]
    for i in range(len(candidates)):
        for w in range(len(WINDOWS)):
            out[i, w] = np.float32(0)
        for at in range(ptr[candidates[i]], ptr[candidates[i] + 1]):
            for w in range(len(WINDOWS)):
                out[i, w] += profile[term[at], w] * weight[at]
        for w in range(len(WINDOWS)):
            out[i, w] /= np.sqrt(square[w]) + np.float32(1e-6)


@numba.njit(nogil=True, cache=True)
def _word_profile(item: Items, ptr: Numbers, term: Items, weight: Floats, n_terms: int) -> Floats:
    """(n_terms, number of WINDOWS): the words of the latest items, added up."""
    profile = np.zeros((n_terms, len(WINDOWS)), np.float32)
    for k in range(len(item)):
        for at in range(ptr[item[k]], ptr[item[k] + 1]):
            for w in range(len(WINDOWS)):
                if k < WINDOWS[w]:
                    profile[term[at], w] += weight[at]
    return profile


@numba.njit(nogil=True, cache=True)
def fill_history(item: Items, weight: Floats, at_s: Numbers, year: Floats, out: Floats) -> None:
    """The columns HISTORY, out: (11,); times without a neighbour are -1."""
    n = len(item)
    for column in range(len(out)):
        out[column] = np.float32(-1)
    out[0] = np.log1p(np.float32(n))
    for k in (1, 2):
        if n > k:
            out[k] = np.log1p(np.float32(at_s[k - 1] - at_s[k]))
    if n > 1:
        k = min(5, n - 1)
        out[3] = np.log1p(np.float32((at_s[0] - at_s[k]) / k))
    if n > 0:
        out[4] = np.log1p(np.float32(_n_since(at_s, at_s[0] - 1_800)))
        out[5] = np.log1p(np.float32(_n_since(at_s, at_s[0] - 86_400)))
        out[6] = np.log1p(np.float32(at_s[0] - at_s[n - 1]))
        out[7] = _mean(weight)
        out[8] = _mean(weight[:5])
        out[9] = weight[0]
        out[10] = _spread(item[:5], year)


@numba.njit(nogil=True, cache=True)
def _n_since(at_s: Numbers, from_s: int) -> int:
    n = 0
    for at in at_s:
        n += at >= from_s
    return n


@numba.njit(nogil=True, cache=True)
def _mean(value: Floats) -> np.float32:
    total = np.float32(0)
    for each in value:
        total += each
    return total / np.float32(len(value))


@numba.njit(nogil=True, cache=True)
def _spread(item: Items, year: Floats) -> np.float32:
    """Standard deviation of the years that are known; -1 where none is."""
    n, total, squares = np.float32(0), np.float32(0), np.float32(0)
    for z in item:
        if year[z] > 0:
            n += np.float32(1)
            total += year[z]
    for z in item:
        if year[z] > 0:
            squares += (year[z] - total / n) ** 2
    return np.sqrt(squares / n) if n > 0 else np.float32(-1)


@numba.njit(nogil=True, cache=True)
def fill_request(within: Floats, candidates: Numbers, gap_s: int, out: Floats) -> None:
    """The columns REQUEST. within: (2, n_items), signals decayed by time up to the last entry."""
    for i in range(len(candidates)):
        out[i, 0] = np.log1p(np.float32(gap_s))
        out[i, 1] = within[0, candidates[i]] * np.float32(2.0 ** (-gap_s / 600))
        out[i, 2] = within[1, candidates[i]] * np.float32(2.0 ** (-gap_s / 86_400))
