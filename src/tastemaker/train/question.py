"""A moment of somebody's past, with what is to be found there."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tastemaker.core.history import History
from tastemaker.core.impressions import Impressions
from tastemaker.core.training_set import TrainingSet
from tastemaker.recommend.ranking_config import RankingConfig

Numbers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Question:
    """held: int64, entries of the training set that `past` must not know, ascending.

    n_right: so many of them, the first, are what should be found. at_s: Unix seconds of the
    moment; None where it is after everything. passed_over: items shown there and not taken.
    """

    user: int
    past: History
    held: Numbers
    n_right: int
    at_s: int | None
    passed_over: NDArray[np.int32]


def askable(training: TrainingSet, config: RankingConfig) -> Numbers:
    """Users with two entries, and no more than a request reads: of longer pasts it would be told
    something else than what was learnt."""
    lengths = np.diff(training.user_ptr)
    return np.flatnonzero((lengths > 1) & (lengths <= config.max_past))


def shown(training: TrainingSet) -> Impressions:
    return training.impressions or Impressions.none(training.n_users)


def passed_over(training: TrainingSet, user: int, target: int) -> NDArray[np.int32]:
    """Shown since the entry before the target, up to it, and not what was taken."""
    at_s = training.at_s
    seen = shown(training).between(user, int(at_s[target - 1]), int(at_s[target]))
    return np.setdiff1d(seen, training.item[target : target + 1])


def told(training: TrainingSet, entries: Numbers) -> History:
    newest = entries[::-1]
    return History(training.item[newest], training.weight[newest], training.at_s[newest])
