"""The metrics of `metrics`, for many users at once, from the ranks of their relevant items."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

PerUser = Mapping[str, NDArray[np.float64]]
"""Name such as "ndcg@10" to (n_users,) values."""

RANK_METRICS = ("recall", "precision", "hit_rate", "ndcg", "map", "mrr")


def rank_metrics(ranks: Sequence[NDArray[np.int64]], ks: Sequence[int]) -> PerUser:
    """Every metric of RANK_METRICS at every k.

    ranks: of each user's relevant items, all of them, from 0 and ascending. A user without any
    gets 0.0 everywhere.
    """
    n_relevant = np.array([len(of_user) for of_user in ranks], np.int64)
    found = _Found(
        user=np.repeat(np.arange(len(ranks)), n_relevant),
        rank=np.concatenate([np.empty(0, np.int64), *ranks]),
        n_relevant=n_relevant,
    )
    return {f"{name}@{k}": values for k in ks for name, values in found.at(k).items()}


class _Found:
    """user, rank: (n,) one entry a relevant item, users and their ranks ascending."""

    def __init__(
        self, user: NDArray[np.int64], rank: NDArray[np.int64], n_relevant: NDArray[np.int64]
    ) -> None:
        self._user = user
        self._rank = rank
        self._n_relevant = n_relevant
        first = np.cumsum(n_relevant) - n_relevant
        self._n_before = np.arange(len(rank)) - first[user]

    def at(self, k: int) -> dict[str, NDArray[np.float64]]:
        hit = self._rank < k
        rank, n_before = self._rank[hit], self._n_before[hit]
        best = np.maximum(np.minimum(k, self._n_relevant), 1)
        n_hits = self._sum(hit, np.ones(len(rank)))
        ideal = np.cumsum(1 / np.log2(np.arange(2, best.max(initial=1) + 2)))
        return {
            "recall": n_hits / best,
            "precision": n_hits / k,
            "hit_rate": (n_hits > 0).astype(np.float64),
            "ndcg": self._sum(hit, 1 / np.log2(rank + 2)) / ideal[best - 1],
            "map": self._sum(hit, (n_before + 1) / (rank + 1)) / best,
            "mrr": self._sum(hit, np.where(n_before == 0, 1 / (rank + 1), 0.0)),
        }

    def _sum(self, hit: NDArray[np.bool_], gain: NDArray[np.float64]) -> NDArray[np.float64]:
        total = np.bincount(self._user[hit], gain, minlength=len(self._n_relevant))
        return total.astype(np.float64)
