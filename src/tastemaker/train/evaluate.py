"""Compare scorers on the same cases, the baselines always among them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from tastemaker.core.errors import RequestInvalid
from tastemaker.train.baselines import BASELINES, baselines
from tastemaker.train.bootstrap import Difference, Interval, interval, paired, resampled_means
from tastemaker.train.measure import Measured, ScoreMany, measure
from tastemaker.train.split import Split


@dataclass(frozen=True, slots=True)
class Comparison:
    """The first has the higher mean; the difference is first less second, user by user."""

    first: str
    second: str
    difference: Difference


@dataclass(frozen=True, slots=True)
class Evaluation:
    """measured: by scorer, the baselines first. intervals: by scorer, of the mean of every metric.

    main_metric: the one that `comparisons` is about. user_ids: of the cases, as in per-user values.
    """

    user_ids: NDArray[np.str_]
    n_training_users: int
    n_items: int
    ks: tuple[int, ...]
    main_metric: str
    measured: Mapping[str, Measured]
    intervals: Mapping[str, Mapping[str, Interval]]
    comparisons: tuple[Comparison, ...]

    @property
    def metrics(self) -> tuple[str, ...]:
        """Names of all per-user metrics."""
        return tuple(next(iter(self.measured.values())).per_user)


def evaluate(
    split: Split,
    scorers: Mapping[str, ScoreMany],
    ks: Sequence[int],
    rng: np.random.Generator,
    on_progress: Callable[[str, float], None],
) -> Evaluation:
    """Every scorer and the BASELINES on every case; a scorer named like a baseline replaces it.

    Compared pair by pair in NDCG at the largest k. Raises RequestInvalid for a k below 1.
    """
    if not ks or min(ks) < 1:
        raise RequestInvalid(
            f"k is {min(ks, default=None)}", where="k", next_step="Give at least one k from 1 up."
        )
    every_k = tuple(sorted(set(ks)))
    beside = baselines(split.training, rng)
    measured: dict[str, Measured] = {}
    for name in (*BASELINES, *(name for name in scorers if name not in BASELINES)):
        on_progress(f"measure {name}", 0.0)
        measured[name] = measure(scorers.get(name) or beside[name], split, every_k)
        on_progress(f"measure {name}", 1.0)
    about = split.user_ids, split.training.n_users, split.training.n_items
    return _compared(*about, every_k, measured, rng)


def joined(rounds: Sequence[Evaluation], rng: np.random.Generator) -> Evaluation:
    """The same scorers asked about other people each time, as if about all of them at once.

    n_training_users, n_items: of the first round. Coverage is the mean over rounds.
    """
    first = rounds[0]
    measured = {
        name: _end_to_end([one.measured[name] for one in rounds]) for name in first.measured
    }
    user_ids = np.concatenate([one.user_ids for one in rounds])
    return _compared(user_ids, first.n_training_users, first.n_items, first.ks, measured, rng)


def _end_to_end(parts: Sequence[Measured]) -> Measured:
    first = parts[0]
    return Measured(
        per_user={
            metric: np.concatenate([part.per_user[metric] for part in parts])
            for metric in first.per_user
        },
        overall={
            metric: float(np.mean([part.overall[metric] for part in parts]))
            for metric in first.overall
        },
        score_s=sum(part.score_s for part in parts),
    )


def _compared(
    user_ids: NDArray[np.str_],
    n_training_users: int,
    n_items: int,
    ks: tuple[int, ...],
    measured: Mapping[str, Measured],
    rng: np.random.Generator,
) -> Evaluation:
    main_metric = f"ndcg@{ks[-1]}"
    resampled = _resampled(measured, rng)
    return Evaluation(
        user_ids=user_ids,
        n_training_users=n_training_users,
        n_items=n_items,
        ks=ks,
        main_metric=main_metric,
        measured=measured,
        intervals={
            name: {
                metric: interval(values, resampled[name, metric])
                for metric, values in result.per_user.items()
            }
            for name, result in measured.items()
        },
        comparisons=_comparisons(measured, resampled, main_metric),
    )


_Resampled = Mapping[tuple[str, str], NDArray[np.float64]]
"""Scorer and metric to (n_resamples,) means, all over the same draws of users."""


def _resampled(measured: Mapping[str, Measured], rng: np.random.Generator) -> _Resampled:
    series = {
        (name, metric): values
        for name, result in measured.items()
        for metric, values in result.per_user.items()
    }
    means = resampled_means(np.stack(list(series.values()), axis=1), rng)
    return dict(zip(series, means.T, strict=True))


def _comparisons(
    measured: Mapping[str, Measured], resampled: _Resampled, metric: str
) -> tuple[Comparison, ...]:
    values = {name: result.per_user[metric] for name, result in measured.items()}
    best_first = sorted(values, key=lambda name: -float(values[name].mean()))
    return tuple(
        Comparison(
            first,
            second,
            paired(
                values[first],
                values[second],
                resampled[first, metric],
                resampled[second, metric],
            ),
        )
        for first, second in combinations(best_first, 2)
    )
