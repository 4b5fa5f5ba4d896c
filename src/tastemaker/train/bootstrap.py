"""How sure a difference between two models is, from its values user by user."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LEVEL = 0.95
N_RESAMPLES = 2000
DRAWS_AT_ONCE = 2_000_000
"""Bounds the memory of one step: 16 bytes a draw."""


@dataclass(frozen=True, slots=True)
class Interval:
    """Mean over the users and the percentile interval of LEVEL around it (Efron 1979)."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Difference:
    """First less second, user by user. probability: share of resamples where it is above 0.

    Equal means of a resample count against the first.
    """

    interval: Interval
    probability: float


def resampled_means(
    values: NDArray[np.float64], rng: np.random.Generator, n_resamples: int = N_RESAMPLES
) -> NDArray[np.float64]:
    """(n_resamples, n_series) means over users drawn with replacement.

    values: (n_users, n_series). All series share the draws, so their differences are paired.
    """
    n_users = len(values)
    if not n_users:
        return np.zeros((n_resamples, values.shape[1]))
    means = []
    at_once = max(1, DRAWS_AT_ONCE // n_users)
    for start in range(0, n_resamples, at_once):
        n_draws = min(at_once, n_resamples - start)
        drawn = rng.integers(n_users, size=(n_draws, n_users))
        drawn += n_users * np.arange(n_draws)[:, None]
        times = np.bincount(drawn.ravel(), minlength=n_draws * n_users)
        means.append(times.reshape(n_draws, n_users) @ values / n_users)
    return np.concatenate(means)


def interval(values: NDArray[np.float64], resampled: NDArray[np.float64]) -> Interval:
    """values: (n_users,). resampled: (n_resamples,), its column of `resampled_means`."""
    tail = (1 - LEVEL) / 2
    low, high = np.quantile(resampled, [tail, 1 - tail])
    return Interval(float(values.mean()) if len(values) else 0.0, float(low), float(high))


def difference(
    first: NDArray[np.float64],
    second: NDArray[np.float64],
    rng: np.random.Generator,
    n_resamples: int = N_RESAMPLES,
) -> Difference:
    """Paired bootstrap of first - second; both (n_users,), in the same order of users."""
    resampled = resampled_means(np.stack([first, second], axis=1), rng, n_resamples)
    return paired(first, second, resampled[:, 0], resampled[:, 1])


def paired(
    first: NDArray[np.float64],
    second: NDArray[np.float64],
    resampled_first: NDArray[np.float64],
    resampled_second: NDArray[np.float64],
) -> Difference:
    """The same from columns of one `resampled_means`."""
    resampled = resampled_first - resampled_second
    return Difference(interval(first - second, resampled), float((resampled > 0).mean()))
