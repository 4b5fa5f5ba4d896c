"""How sure a rate, a difference of two and a share of users are."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtrc, gammaln, ndtri

LEVEL = 0.95

Doubles = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Rate:
    """A ratio of two sums over users. low, high: the interval of LEVEL at one moment, by the delta
    method (Deng, Knoblich & Lu 2018). error: its standard error, infinite for less than two users.
    value: 0 where nothing was counted."""

    value: float
    low: float
    high: float
    error: float
    n_users: int


@dataclass(frozen=True, slots=True)
class Difference:
    """low, high: of LEVEL, for one look at a moment chosen beforehand. always_low, always_high: an
    interval that holds at all moments at once, however often one looks."""

    value: float
    low: float
    high: float
    always_low: float
    always_high: float

    @property
    def is_sure(self) -> bool:
        return self.always_low > 0 or self.always_high < 0


def rate(above: Doubles, below: Doubles) -> Rate:
    """above, below: (n_users,), both >= 0. Users are independent, what one of them does is not."""
    n_users, total = len(above), float(below.sum())
    value = float(above.sum()) / total if total else 0.0
    if n_users < 2 or not total:
        return Rate(value, -math.inf, math.inf, math.inf, n_users)
    # What each user moves the ratio by; its sum is 0.
    influence = (above - value * below) / (total / n_users)
    error = math.sqrt(float(np.square(influence).sum()) / (n_users - 1) / n_users)
    half = float(ndtri((1 + LEVEL) / 2)) * error
    return Rate(value, value - half, value + half, error, n_users)


def difference(first: Rate, control: Rate, alpha: float, planned_users: int) -> Difference:
    """first - control. alpha: chance that the always-valid interval ever misses the truth.

    That interval is the asymptotic confidence sequence of Waudby-Smith, Arbour, Sinha, Kennedy &
    Ramdas (2024, Annals of Statistics 52(6)), with e the standard error after t users:

      e sqrt(2 (t rho^2 + 1) / (t rho^2) log(sqrt(t rho^2 + 1) / alpha)).

    rho makes it narrowest at t = planned_users: rho^2 = (x - 1) / t where x = 1 - 2 log(alpha) +
    log(x). Users as the unit, with one error for both groups: Maharaj et al. (2023, WWW).
    """
    value = first.value - control.value
    error = math.hypot(first.error, control.error)
    if math.isinf(error):
        return Difference(value, -math.inf, math.inf, -math.inf, math.inf)
    half = float(ndtri((1 + LEVEL) / 2)) * error
    grown = (first.n_users + control.n_users) * _rho_squared(alpha, planned_users)
    widening = 2 * (grown + 1) / grown * math.log(math.sqrt(grown + 1) / alpha)
    always = error * math.sqrt(widening)
    return Difference(value, value - half, value + half, value - always, value + always)


def _rho_squared(alpha: float, planned_users: int) -> float:
    x = 1 - 2 * math.log(alpha)
    for _ in range(20):
        x = 1 - 2 * math.log(alpha) + math.log(x)
    return (x - 1) / planned_users


def sample_ratio(n_users: Sequence[int], weights: Sequence[float]) -> float:
    """p of the chi-squared test that users are shared out by the weights (Pearson 1900); 1 where
    there are none."""
    seen = np.array(n_users, np.float64)
    if not seen.sum():
        return 1.0
    expected = seen.sum() * np.array(weights) / sum(weights)
    statistic = float((np.square(seen - expected) / expected).sum())
    return float(chdtrc(len(seen) - 1, statistic))


def different_items(counts: Sequence[int], n_shown: int) -> float:
    """Expected number of different items among n_shown of all that were shown, drawn without
    putting back (Hurlbert 1971): comparable between variants that showed unequally much.

    counts: how often each item was shown. n_shown: at most their sum.
    """
    times = np.array(counts, np.float64)
    total = times.sum()
    rest = total - times
    possible = rest >= n_shown
    log_missing = (
        gammaln(rest + 1)
        - gammaln(np.where(possible, rest - n_shown, 0.0) + 1)
        - gammaln(total + 1)
        + gammaln(total - n_shown + 1)
    )
    return float((1 - np.where(possible, np.exp(log_missing), 0.0)).sum())
