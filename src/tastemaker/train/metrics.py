"""How good one ranked list is for one user, given what turned out to be relevant.

`shown` is ranked best first and names no item twice. Every value lies in [0, 1], 0.0 where nothing
is relevant or nothing is shown, unless said otherwise. `rank_metrics` gives the same for thousands
of users at once.
"""

from collections.abc import Hashable, Mapping, Sequence
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

ItemT = TypeVar("ItemT", bound=Hashable)


class OfList(Protocol):
    """The shape of every metric of one list."""

    def __call__(
        self, shown: Sequence[ItemT], relevant: frozenset[ItemT], k: int = 10, /
    ) -> float: ...


def recall(shown: Sequence[ItemT], relevant: frozenset[ItemT], k: int = 10) -> float:
    """Relevant items among the first k over the most a list of k could hold.

    The denominator min(k, number relevant) is that of Liang et al. 2018, "Variational Autoencoders
    for Collaborative Filtering", so that 1.0 can be reached at every k.
    """
    return _n_hits(shown, relevant, k) / min(k, len(relevant)) if relevant else 0.0


def precision(shown: Sequence[ItemT], relevant: frozenset[ItemT], k: int = 10) -> float:
    """Relevant items among the first k over k, however short the list (Manning et al. 2008)."""
    return _n_hits(shown, relevant, k) / k


def hit_rate(shown: Sequence[ItemT], relevant: frozenset[ItemT], k: int = 10) -> float:
    """1.0 where the first k hold anything relevant (Deshpande & Karypis 2004)."""
    return float(_n_hits(shown, relevant, k) > 0)


def reciprocal_rank(shown: Sequence[ItemT], relevant: frozenset[ItemT], k: int = 10) -> float:
    """1 / rank of the first relevant item, 0.0 where it is beyond k (Voorhees 1999)."""
    ranks = _hit_ranks(shown, relevant, k)
    return 1.0 / (ranks[0] + 1) if len(ranks) else 0.0


def average_precision(shown: Sequence[ItemT], relevant: frozenset[ItemT], k: int = 10) -> float:
    """Mean of the precision at the rank of each relevant item, 0 for those beyond k.

    The mean is over min(k, number relevant) items; the mean of this over users is MAP@k
    (Manning, Raghavan & Schütze 2008, section 8.4).
    """
    ranks = _hit_ranks(shown, relevant, k)
    precisions = np.arange(1, len(ranks) + 1) / (ranks + 1)
    return float(precisions.sum() / min(k, len(relevant))) if relevant else 0.0


def ndcg(shown: Sequence[ItemT], relevant: frozenset[ItemT], k: int = 10) -> float:
    """Discounted gain of the first k items shown over the best possible.

    Binary gain, log2 discount (Järvelin & Kekäläinen 2002).
    """
    if not relevant:
        return 0.0
    discount = 1 / np.log2(np.arange(2, k + 2))
    gained = discount[_hit_ranks(shown, relevant, k)].sum()
    return float(gained / discount[: len(relevant)].sum())


def novelty(shown: Sequence[ItemT], share_of_users: Mapping[ItemT, float], k: int = 10) -> float:
    """Mean of -log2(share of users who know the item) over the first k shown, in bits, >= 0.

    Mean self-information (Zhou et al. 2010). share_of_users: in (0, 1]. 0.0 for an empty list.
    """
    first = shown[:k]
    bits = [-np.log2(share_of_users[item]) for item in first]
    return float(np.mean(bits)) if first else 0.0


def coverage(lists: Sequence[Sequence[ItemT]], n_items: int, k: int = 10) -> float:
    """Share of the catalogue that stands in the first k of any list (Ge et al. 2010)."""
    return len({item for shown in lists for item in shown[:k]}) / n_items if n_items else 0.0


def _hit_ranks(shown: Sequence[ItemT], relevant: frozenset[ItemT], k: int) -> NDArray[np.int64]:
    """Ranks from 0 of the relevant items among the first k, ascending."""
    return np.flatnonzero([item in relevant for item in shown[:k]])


def _n_hits(shown: Sequence[ItemT], relevant: frozenset[ItemT], k: int) -> int:
    return len(relevant.intersection(shown[:k]))
