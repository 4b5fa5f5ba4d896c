"""Moments at which somebody came back, to learn a ranker on beside what came next.

People come back for something else than what a sitting was about. Most entries follow another one
closely, so that the latest of each person hardly tell.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from tastemaker.core.training_set import TrainingSet
from tastemaker.recommend.ranking_config import RankingConfig
from tastemaker.train.question import Question, askable, passed_over, told

Numbers = NDArray[np.int64]

MAX_SHARE = 0.125
"""Of the bound on moments, which they come on top of: a sitting asks for many entries and is
dearer."""


@dataclass(frozen=True, slots=True)
class Returns:
    """All that was used in a sitting is asked for at once, given what was used before it.

    user: int64 (n,), ascending. first, stop: int64 (n,), the entries of the sitting.
    """

    user: Numbers
    first: Numbers
    stop: Numbers

    @property
    def n_requests(self) -> int:
        return len(self.user)

    @classmethod
    def none(cls) -> Self:
        nothing = np.empty(0, np.int64)
        return cls(nothing, nothing, nothing)

    @classmethod
    def drawn(cls, training: TrainingSet, config: RankingConfig, rng: np.random.Generator) -> Self:
        """The latest sittings of each user but the very first, drawn by chance where they are more
        than the bound allows."""
        starts = _sittings(training, config.away_s)
        user = np.searchsorted(training.user_ptr, starts, side="right") - 1
        stop = np.append(starts[1:], training.n_events)
        n_later = np.searchsorted(user, user, side="right") - np.arange(len(user)) - 1
        comes_back = starts > training.user_ptr[user]
        comes_back &= training.at_s[starts - 1] != 0  # else nobody knows how long it was
        comes_back &= np.isin(user, askable(training, config))
        drawn = rng.permutation(np.flatnonzero(comes_back & (n_later < config.n_returns)))
        kept = np.sort(drawn[: int(config.max_requests * MAX_SHARE)])
        return cls(user[kept], starts[kept], stop[kept])

    def of_users(self, chosen: Numbers) -> "Returns":
        """chosen: positions in `user`."""
        return Returns(self.user[chosen], self.first[chosen], self.stop[chosen])

    def questions(self, training: TrainingSet) -> Iterator[Question]:
        for user, first, stop in zip(self.user, self.first, self.stop, strict=True):
            start, end = training.user_ptr[user : user + 2]
            yield Question(
                user=int(user),
                past=told(training, np.arange(start, first)),
                held=np.arange(first, end),
                n_right=int(stop - first),
                at_s=int(training.at_s[first]),
                passed_over=passed_over(training, int(user), int(first)),
            )


def _sittings(training: TrainingSet, away_s: int) -> Numbers:
    """The first entry of each: of a user's first one, and of all that follow a time away."""
    starts = np.zeros(training.n_events + 1, np.bool_)
    starts[1:-1] = np.diff(training.at_s) >= away_s
    starts[training.user_ptr] = True
    return np.flatnonzero(starts[:-1])
