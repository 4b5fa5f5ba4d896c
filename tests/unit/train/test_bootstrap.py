"""The paired bootstrap tells a real difference from none."""

import numpy as np
import pytest

from tastemaker.train.bootstrap import difference, interval, resampled_means


def test_same_values_are_no_difference_and_no_victory() -> None:
    values = np.random.default_rng(1).random(300)
    same = difference(values, values, np.random.default_rng(2))
    assert (same.interval.mean, same.interval.low, same.interval.high) == (0.0, 0.0, 0.0)
    assert same.probability == 0.0


def test_a_small_difference_shared_by_all_users_is_sure() -> None:
    second = np.random.default_rng(1).random(300)
    better = difference(second + 0.001, second, np.random.default_rng(2))
    assert better.probability == 1.0
    assert better.interval.low == pytest.approx(0.001)


def test_about_one_interval_in_twenty_of_pure_noise_misses_zero() -> None:
    rng = np.random.default_rng(3)
    drawn = [difference(rng.random(100), rng.random(100), rng, 400).interval for _ in range(200)]
    n_missed = sum(not one.low < 0 < one.high for one in drawn)
    assert 2 <= n_missed <= 22


def test_interval_agrees_with_the_normal_approximation() -> None:
    values = np.random.default_rng(5).normal(size=2000)
    resampled = resampled_means(values[:, None], np.random.default_rng(6))
    around = interval(values, resampled[:, 0])
    half = 1.96 * values.std() / np.sqrt(2000)
    assert around.low == pytest.approx(values.mean() - half, abs=0.2 * half)
    assert around.high == pytest.approx(values.mean() + half, abs=0.2 * half)


def test_same_rng_same_answer() -> None:
    values = np.random.default_rng(1).random((50, 2))
    first = resampled_means(values, np.random.default_rng(7), 100)
    np.testing.assert_array_equal(first, resampled_means(values, np.random.default_rng(7), 100))


def test_no_users_give_zeros() -> None:
    nothing = difference(np.empty(0), np.empty(0), np.random.default_rng(0))
    assert (nothing.interval.mean, nothing.probability) == (0.0, 0.0)
