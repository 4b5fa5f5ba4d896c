"""What people were shown, which tells what they passed over."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Impressions:
    """Of user u at [ptr[u], ptr[u + 1]), from the oldest to the newest.

    ptr: int64 (n_users + 1,). item: int32, at_s: int64 Unix seconds (0: unknown);
    (n_impressions,). Users and items are those of the training set.
    """

    ptr: NDArray[np.int64]
    item: NDArray[np.int32]
    at_s: NDArray[np.int64]

    @classmethod
    def none(cls, n_users: int) -> Self:
        return cls(np.zeros(n_users + 1, np.int64), np.empty(0, np.int32), np.empty(0, np.int64))

    def between(self, user: int, since_s: int, until_s: int) -> NDArray[np.int32]:
        """Items shown after `since_s` and no later than `until_s`."""
        own = slice(self.ptr[user], self.ptr[user + 1])
        first, last = np.searchsorted(self.at_s[own], [since_s, until_s], side="right")
        return self.item[own][first:last]

    def users(self, chosen: NDArray[np.int64]) -> Self:
        """Of the users of the given numbers, in the given order."""
        lengths = np.diff(self.ptr)[chosen]
        ptr = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
        take = np.repeat(self.ptr[chosen] - ptr[:-1], lengths) + np.arange(ptr[-1])
        return type(self)(ptr, self.item[take], self.at_s[take])

    def items(self, kept: NDArray[np.bool_]) -> Self:
        """kept: bool (n_items,). Of these, numbered anew without gaps."""
        stays = kept[self.item]
        ptr = np.concatenate([[0], np.cumsum(stays)])[self.ptr].astype(np.int64)
        position = (np.cumsum(kept) - 1).astype(np.int32)
        return type(self)(ptr, position[self.item[stays]], self.at_s[stays])
