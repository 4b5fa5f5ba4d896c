"""Intervals and tests of experiments: known cases, laws, and what they promise under peeking."""

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tastemaker.observe.experiments.confidence import (
    Difference,
    Rate,
    difference,
    different_items,
    rate,
    sample_ratio,
)

ALPHA = 0.05
counts = st.lists(st.tuples(st.integers(0, 20), st.integers(1, 20)), min_size=2, max_size=60)


def of(above: list[int], below: list[int]) -> Rate:
    return rate(np.array(above, np.float64), np.array(below, np.float64))


def test_users_with_one_slate_each_have_the_error_of_a_share() -> None:
    found = of([1] * 30 + [0] * 70, [1] * 100)
    assert found.value == pytest.approx(0.3)
    assert found.error == pytest.approx(math.sqrt(0.3 * 0.7 / 99))
    assert found.high - found.value == pytest.approx(1.959964 * found.error)


def test_slates_of_one_user_are_not_independent_of_each_other() -> None:
    """Ten users that always or never click know no more of the rate than ten clicks do."""
    alike = of([10] * 5 + [0] * 5, [10] * 10)
    once = of([1] * 5 + [0] * 5, [1] * 10)
    assert alike.error == pytest.approx(once.error)


def test_the_error_of_a_ratio_is_that_of_resampled_users() -> None:
    rng = np.random.default_rng(1)
    below = 1.0 + rng.poisson(4, 400).astype(np.float64)
    above = rng.binomial(below.astype(int), rng.beta(1, 4, 400)).astype(np.float64)
    drawn = rng.integers(400, size=(4_000, 400))
    resampled = above[drawn].sum(axis=1) / below[drawn].sum(axis=1)
    assert rate(above, below).error == pytest.approx(resampled.std(), rel=0.05)


@pytest.mark.parametrize(("above", "below"), [([], []), ([1], [2]), ([0, 0], [0, 0])])
def test_too_little_gives_no_bounds(above: list[int], below: list[int]) -> None:
    found = of(above, below)
    assert (found.low, found.high) == (-math.inf, math.inf)
    assert not difference(found, of([1, 0, 1], [1, 1, 1]), ALPHA, 100).is_sure


@given(counts, counts)
def test_the_interval_for_every_look_holds_that_for_one(
    one: list[tuple[int, int]], other: list[tuple[int, int]]
) -> None:
    first, second = (of(*map(list, zip(*users, strict=True))) for users in (one, other))
    found = difference(first, second, ALPHA, 1_000)
    assert found.always_low <= found.low <= found.value <= found.high <= found.always_high
    back = difference(second, first, ALPHA, 1_000)
    assert back.always_high == pytest.approx(-found.always_low)


@given(st.floats(0.001, 0.2), st.integers(50, 100_000))
def test_the_interval_is_narrowest_where_it_was_planned(alpha: float, planned: int) -> None:
    def width(planned_users: int) -> float:
        known = Rate(0.5, 0.0, 1.0, 0.01, planned // 2)
        return difference(known, known, alpha, planned_users).always_high

    assert width(planned) <= width(planned * 2) + 1e-12
    assert width(planned) <= width(planned // 2) + 1e-12


def test_a_true_difference_is_found_and_its_interval_holds_it() -> None:
    rng = np.random.default_rng(3)
    ones = np.ones(4_000)
    better, control = rng.random(4_000) < 0.35, rng.random(4_000) < 0.3
    found = difference(
        rate(better.astype(float), ones), rate(control.astype(float), ones), ALPHA, 4_000
    )
    assert found.is_sure
    assert found.always_low < 0.05 < found.always_high


def ever_sure(seed: int, is_sure: Callable[[Difference], bool], n_users: int = 400) -> bool:
    """Whether somebody who looks all the time ever sees a difference, where there is none.

    Users differ in how often they come and in how much they like, come back again and again, and
    are looked at after every tenth slate.
    """
    rng = np.random.default_rng(seed)
    is_first = rng.random(n_users) < 0.5
    taste = rng.beta(0.6, 2, n_users)
    came = np.repeat(np.arange(n_users), 1 + rng.poisson(3, n_users))
    order = np.argsort(np.sort(rng.random(n_users))[came] + rng.exponential(0.3, len(came)))
    above, below = np.zeros(n_users), np.zeros(n_users)
    for look, user in enumerate(came[order]):
        above[user] += rng.random() < taste[user]
        below[user] += 1
        groups = [(below > 0) & is_first, (below > 0) & ~is_first] if look % 10 == 0 else []
        if groups and min(group.sum() for group in groups) >= 30:
            first, second = (rate(above[group], below[group]) for group in groups)
            if is_sure(difference(first, second, ALPHA, n_users)):
                return True
    return False


def test_looking_all_the_time_finds_no_more_than_alpha_of_what_is_not_there() -> None:
    found = sum(ever_sure(seed, lambda one: one.is_sure) for seed in range(200))
    assert found / 200 <= ALPHA


def test_looking_all_the_time_at_an_interval_for_one_look_finds_too_much() -> None:
    found = sum(ever_sure(seed, lambda one: one.low > 0 or one.high < 0) for seed in range(60))
    assert found / 60 > 2 * ALPHA


def test_users_shared_out_by_the_weights_are_no_surprise() -> None:
    assert sample_ratio([500, 500], [1, 1]) == pytest.approx(1.0)
    assert sample_ratio([500, 500], [2, 2]) == pytest.approx(1.0)
    # 2 (50^2 / 500) = 10, one degree of freedom.
    assert sample_ratio([550, 450], [0.5, 0.5]) == pytest.approx(0.0015654, abs=1e-6)
    assert sample_ratio([600, 300, 100], [6, 3, 1]) == pytest.approx(1.0)
    assert sample_ratio([0, 0], [1, 1]) == 1.0


def test_different_items_are_counted_at_equally_many_shown() -> None:
    assert different_items([3, 2, 1], 6) == pytest.approx(3)
    assert different_items([3, 2, 1], 1) == pytest.approx(1)
    assert different_items([3, 2, 1], 0) == pytest.approx(0)
    assert different_items([], 0) == 0
    # Two of {a, a, b}: both a in one of three draws.
    assert different_items([2, 1], 2) == pytest.approx(1 / 3 + 2 * 2 / 3)
