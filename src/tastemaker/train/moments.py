"""Moments of people's past to learn a ranker on: what belongs to them is known."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray

from tastemaker.core.training_set import TrainingSet
from tastemaker.recommend.ranking_config import RankingConfig
from tastemaker.train.question import Question, askable, passed_over, shown, told
from tastemaker.train.returns import Returns

Numbers = NDArray[np.int64]
Kind = Literal["next", "any"]


@dataclass(frozen=True, slots=True)
class NextEntries:
    """The last n_cuts entries of each user are asked for, one by one, given all before each.
    Where the data has times, they and the entries just before them have theirs.

    user: int64 (n,), ascending. n_cuts: int64 (n,), at least 1, fewer than the user has entries.
    """

    user: Numbers
    n_cuts: Numbers

    @property
    def n_requests(self) -> int:
        return int(self.n_cuts.sum())

    @classmethod
    def drawn(cls, training: TrainingSet, config: RankingConfig, rng: np.random.Generator) -> Self:
        """The less of each user, the more they are, down to one; of as many as the bound allows,
        drawn by chance, where they are more than that."""
        n_known = _n_known_to_follow(training)
        user = rng.permutation(askable(training, config))
        user = user[n_known[user] > 0]
        n_cuts = _each(config.n_cuts, config.max_requests, len(user))
        cuts = np.minimum(n_cuts, n_known[user])
        user = np.sort(user[np.cumsum(cuts) <= config.max_requests])
        return cls(user, np.minimum(n_cuts, n_known[user]))

    def of_users(self, chosen: Numbers) -> "NextEntries":
        """chosen: positions in `user`."""
        return NextEntries(self.user[chosen], self.n_cuts[chosen])

    def questions(self, training: TrainingSet) -> Iterator[Question]:
        for user, n_cuts in zip(self.user, self.n_cuts, strict=True):
            end = int(training.user_ptr[user + 1])
            for target in range(end - int(n_cuts), end):
                past = np.arange(training.user_ptr[user], target)
                yield Question(
                    user=int(user),
                    past=told(training, past),
                    held=np.arange(target, end),
                    n_right=1,
                    at_s=int(training.at_s[target]),
                    passed_over=passed_over(training, int(user), target),
                )


@dataclass(frozen=True, slots=True)
class RandomParts:
    """A share of each user's entries, drawn by the seed, is asked for at once, given the rest.

    Drawn anew `n_draws` times. user: int64 (n,), ascending, with two entries or more.
    """

    user: Numbers
    n_draws: int
    share: float
    seed: int

    @property
    def n_requests(self) -> int:
        return len(self.user) * self.n_draws

    @classmethod
    def drawn(cls, training: TrainingSet, config: RankingConfig, rng: np.random.Generator) -> Self:
        user = rng.permutation(askable(training, config))
        n_draws = _each(config.n_draws, config.max_requests, len(user))
        user = np.sort(user[: config.max_requests // n_draws])
        return cls(user, n_draws, config.share_asked, int(rng.integers(2**31)))

    def of_users(self, chosen: Numbers) -> "RandomParts":
        """chosen: positions in `user`."""
        return RandomParts(self.user[chosen], self.n_draws, self.share, self.seed)

    def questions(self, training: TrainingSet) -> Iterator[Question]:
        for user in self.user:
            own = np.arange(training.user_ptr[user], training.user_ptr[user + 1])
            n_held = max(1, int(self.share * len(own)))
            for draw in range(self.n_draws):
                rng = np.random.default_rng([self.seed, int(user), draw])
                held = np.sort(rng.choice(own, n_held, replace=False))
                past = told(training, np.setdiff1d(own, held, assume_unique=True))
                newest_at_s = int(training.at_s[own[-1]])
                seen = shown(training).between(int(user), -1, newest_at_s)
                not_taken = np.setdiff1d(seen, training.item[own])
                yield Question(int(user), past, held, n_held, None, not_taken)


Moments = NextEntries | RandomParts | Returns


def draw_moments(training: TrainingSet, config: RankingConfig, rng: np.random.Generator) -> Moments:
    if kind_of_moments(training, config) == "any":
        return RandomParts.drawn(training, config, rng)
    return NextEntries.drawn(training, config, rng)


def draw_returns(training: TrainingSet, config: RankingConfig, rng: np.random.Generator) -> Returns:
    """None where the ranker is not to tell a return from a sitting that goes on."""
    if config.uses_moment and kind_of_moments(training, config) == "next":
        return Returns.drawn(training, config, rng)
    return Returns.none()


def kind_of_moments(training: TrainingSet, config: RankingConfig) -> Kind:
    """Without times nobody knows what came next."""
    if config.moments != "auto":
        return config.moments
    return "next" if training.has_times else "any"


def _n_known_to_follow(training: TrainingSet) -> Numbers:
    """(n_users,): of the latest entries, those that came after the one before. Entries without a
    time stand before all others; where the data has no times, its order is believed."""
    is_told = training.at_s != 0 if training.has_times else np.ones(training.n_events, np.bool_)
    n_told = np.concatenate([[0], np.cumsum(is_told)])
    return np.asarray(np.maximum(np.diff(n_told[training.user_ptr]) - 1, 0), np.int64)


def _each(wanted: int, max_requests: int, n_users: int) -> int:
    """So many requests a user as keep the bound, one at least."""
    return min(wanted, max(1, max_requests // max(n_users, 1)))
