"""Interactions in the shape the models read: one sequence a user."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from tastemaker.core.history import History
from tastemaker.core.impressions import Impressions
from tastemaker.core.item_attributes import ItemAttributes


@dataclass(frozen=True, slots=True)
class TrainingSet:
    """Sequences of all users end to end, each from the oldest entry to the newest.

    item_ids: unicode (n_items,), the vocabulary; an item's position is its number everywhere.
    user_ptr: int64 (n_users + 1,), the sequence of user u is [user_ptr[u], user_ptr[u + 1]).
    item: int32, weight: float32 in (0, 1], at_s: int64 Unix seconds (0: unknown); (n_events,).
    An item stands at most once in a sequence: at its latest time, with its largest weight.
    impressions: what was shown and is no entry by itself; None where nobody recorded it.
    """

    item_ids: NDArray[np.str_]
    user_ptr: NDArray[np.int64]
    item: NDArray[np.int32]
    weight: NDArray[np.float32]
    at_s: NDArray[np.int64]
    attributes: ItemAttributes
    impressions: Impressions | None = None

    @property
    def n_items(self) -> int:
        return len(self.item_ids)

    @property
    def n_users(self) -> int:
        return len(self.user_ptr) - 1

    @property
    def n_events(self) -> int:
        return len(self.item)

    @property
    def has_times(self) -> bool:
        """Whether most of the entries tell when they were: a first live event behind a data set
        without times says nothing of what came next in it."""
        return 2 * int(np.count_nonzero(self.at_s)) >= self.n_events > 0

    def matrix(self) -> csr_array:
        """float32 (n_users, n_items) of weights, indices sorted."""
        shape = (self.n_users, self.n_items)
        matrix = csr_array((self.weight, self.item, self.user_ptr), shape=shape, copy=True)
        matrix.sort_indices()
        return matrix

    def history(self, user: int) -> History:
        """The whole sequence of a user by number, most recent first."""
        of_user = slice(self.user_ptr[user], self.user_ptr[user + 1])
        return History(
            self.item[of_user][::-1], self.weight[of_user][::-1], self.at_s[of_user][::-1]
        )

    def histories(self) -> Iterator[History]:
        return (self.history(user) for user in range(self.n_users))

    def equally_weighted(self) -> "TrainingSet":
        """The same with every weight 1.0, as evaluation protocols for implicit feedback ask."""
        return replace(self, weight=np.ones_like(self.weight))

    def users(self, chosen: NDArray[np.int64]) -> "TrainingSet":
        """The same with only the users of the given numbers, in the given order."""
        lengths = np.diff(self.user_ptr)[chosen]
        ptr = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
        take = np.repeat(self.user_ptr[chosen] - ptr[:-1], lengths) + np.arange(ptr[-1])
        return replace(
            self,
            user_ptr=ptr,
            item=self.item[take],
            weight=self.weight[take],
            at_s=self.at_s[take],
            impressions=None if self.impressions is None else self.impressions.users(chosen),
        )
