"""Where ranks are fused: every model proposes its quota, merged with who proposed what."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tastemaker.models.strongest import falling


@dataclass(frozen=True, slots=True)
class Candidates:
    """item: int32 (n,), ascending. score: float32 (n_models, n), -inf: no opinion.

    rank: int32 (n_models, n), from 1, the worst place among equals; 0: not among the model's quota.
    """

    item: NDArray[np.int32]
    score: NDArray[np.float32]
    rank: NDArray[np.int32]


def merge(scores: Sequence[NDArray[np.float32]], quota: int) -> Candidates:
    """The union of each model's best `quota` items.

    scores: one (n_items,) array a model, -inf where an item must not be proposed.
    """
    rank_of = np.zeros((len(scores), len(scores[0])), np.int32)
    for row, of_model in enumerate(scores):
        best = top(of_model, quota)
        ascending = of_model[best][::-1]
        # Equals share the worst of their places, so that no order of items can break a tie.
        rank_of[row, best] = len(best) - np.searchsorted(ascending, of_model[best], side="left")
    item = np.flatnonzero(rank_of.any(axis=0)).astype(np.int32)
    return Candidates(item, np.stack([s[item] for s in scores]), rank_of[:, item])


def top(scores: NDArray[np.float32], k: int) -> NDArray[np.int64]:
    """Positions of the k best, best first, lower position first among equals; never one of -inf."""
    if k < len(scores):
        threshold = np.partition(scores, len(scores) - k)[len(scores) - k]
        candidates = np.flatnonzero((scores >= threshold) & (scores > -np.inf))
    else:
        candidates = np.flatnonzero(scores > -np.inf)
    return candidates[falling(scores[candidates])[:k]]
