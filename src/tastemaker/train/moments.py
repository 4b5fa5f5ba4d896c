"""Moments of people's past to learn a ranker on: what came next is known."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from tastemaker.core.history import History
from tastemaker.core.training_set import TrainingSet


@dataclass(frozen=True, slots=True)
class Moments:
    """The last n_cuts entries of each user are asked for, one by one, given all before each.

    user: int64 (n,), ascending; n_cuts: int64 (n,), at least 1, fewer than the user has entries.
    """

    user: NDArray[np.int64]
    n_cuts: NDArray[np.int64]

    @property
    def n_requests(self) -> int:
        return int(self.n_cuts.sum())

    @classmethod
    def drawn(
        cls, training: TrainingSet, n_cuts: int, max_requests: int, rng: np.random.Generator
    ) -> Self:
        """Of all users with two entries, or of as many as the bound allows, drawn by chance."""
        lengths = np.diff(training.user_ptr)
        user = rng.permutation(np.flatnonzero(lengths > 1))
        cuts = np.minimum(n_cuts, lengths[user] - 1)
        user = np.sort(user[np.cumsum(cuts) <= max_requests])
        return cls(user, np.minimum(n_cuts, lengths[user] - 1))

    def of_users(self, chosen: NDArray[np.bool_]) -> "Moments":
        return Moments(self.user[chosen], self.n_cuts[chosen])

    def chunks(self, n_users: int) -> list["Moments"]:
        starts = range(0, len(self.user), n_users)
        return [Moments(self.user[s : s + n_users], self.n_cuts[s : s + n_users]) for s in starts]


def past_at(training: TrainingSet, user: int, target: int) -> History:
    """What the user had done before the entry at position `target` of the training set."""
    past = slice(training.user_ptr[user], target)
    return History(
        training.item[past][::-1], training.weight[past][::-1], training.at_s[past][::-1]
    )
