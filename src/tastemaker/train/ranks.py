"""From scores to ranks, every tie counting against the model."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

NEVER = 2**62


def ranks_of_relevant(
    scores: NDArray[np.float32], relevant: Sequence[NDArray[np.int32]]
) -> list[NDArray[np.int64]]:
    """Rank, from 0 and ascending, of each user's relevant items; one array a user.

    scores: (n_users, n_items); -inf (or NaN) where the model does not recommend the item, as it
    must be for items already seen. relevant: distinct item positions of each user.
    Among equal scores the relevant items come last, so a model that cannot tell items apart gains
    nothing by it. An item that is not recommended has rank NEVER: it is on no list, however long.
    """
    return [_ranks(row, items) for row, items in zip(scores, relevant, strict=True)]


def _ranks(scores: NDArray[np.float32], relevant: NDArray[np.int32]) -> NDArray[np.int64]:
    n_items = len(scores)
    known = np.where(np.isnan(scores), np.float32(-np.inf), scores)
    ascending = np.sort(known)
    best_first = np.sort(known[relevant])[::-1]
    n_at_least_as_good = n_items - np.searchsorted(ascending, best_first, side="left")
    n_relevant_as_good = len(relevant) - np.searchsorted(best_first[::-1], best_first, side="left")
    ranks = n_at_least_as_good - n_relevant_as_good + np.arange(len(relevant))
    ranks[np.isneginf(best_first)] = NEVER
    return ranks


def top_lists(scores: NDArray[np.float32], k: int) -> NDArray[np.int32]:
    """(n_users, min(k, n_items)): the k best items, best first; -1 where fewer are recommended.

    Equal scores: the lower position first.
    """
    n_items = scores.shape[1]
    k = min(k, n_items)
    worst_first = np.where(np.isnan(scores), np.inf, -scores)
    if k < n_items:
        threshold = np.partition(worst_first, k - 1, axis=1)[:, k - 1 : k]
        lists = [_first(row, t, k) for row, t in zip(worst_first, threshold, strict=True)]
        return np.array(lists, np.int32).reshape(-1, k)
    order = np.argsort(worst_first, axis=1, kind="stable")
    shown = np.take_along_axis(worst_first, order, axis=1) < np.inf
    return np.where(shown, order, -1).astype(np.int32)


def _first(
    worst_first: NDArray[np.float32], threshold: NDArray[np.float32], k: int
) -> NDArray[np.int32]:
    candidates = np.flatnonzero(worst_first <= threshold)
    best = candidates[np.argsort(worst_first[candidates], kind="stable")[:k]]
    return np.where(worst_first[best] < np.inf, best, -1).astype(np.int32)
