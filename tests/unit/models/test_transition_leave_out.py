"""Leaving a person's later rows out, against fitting again without them."""

from itertools import pairwise

import numpy as np
import pytest

from tastemaker.core.training_set import TrainingSet
from tastemaker.models.transition_leave_out import at_cuts
from tastemaker.models.transitions import Transitions, TransitionsConfig
from tastemaker.train.part_of import of_events
from tests.unit.models.sequences import random_training, training_of

N_CUTS = 4
CONFIG = TransitionsConfig(half_lives_items=(0.0, 1.0, 4.0), ridge=2.0, min_dense_uses=1)


def test_what_is_said_at_a_moment_is_what_a_fit_without_what_followed_says() -> None:
    training = random_training(n_users=40, n_items=15, n_events_a_user=14, seed=5)
    _assert_as_fitted_again(training, user=3)


def test_time_between_entries_is_read_as_at_a_request() -> None:
    plain = random_training(n_users=25, n_items=12, n_events_a_user=12, seed=6)
    at_s = np.cumsum(np.random.default_rng(6).integers(1, 50_000, plain.n_events))
    users = [plain.item[a:b].tolist() for a, b in pairwise(plain.user_ptr)]
    _assert_as_fitted_again(training_of(users, 12, at_s=at_s.tolist()), user=8)


def test_weights_by_the_inverse_are_those_of_the_factors() -> None:
    training = random_training(n_users=40, n_items=15, n_events_a_user=10, seed=7)
    solved = Transitions.fit(training, CONFIG, np.random.default_rng(0))
    inverted, _ = Transitions.fit_with_system(training, CONFIG)
    history = training.history(0)
    np.testing.assert_allclose(inverted.score(history), solved.score(history), rtol=1e-3, atol=1e-4)


def test_signals_add_up_to_the_score() -> None:
    training = random_training(n_users=40, n_items=15, n_events_a_user=10, seed=8)
    model = Transitions.fit(training, CONFIG, np.random.default_rng(0))
    history = training.history(2)
    (signals,) = model.signals([history])
    known = np.isfinite(model.score(history))
    np.testing.assert_allclose(signals[0][known], model.score(history)[known], rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(signals[1:4].sum(axis=0), signals[0], rtol=1e-4, atol=1e-6)


def _assert_as_fitted_again(training: TrainingSet, user: int) -> None:
    model, system = Transitions.fit_with_system(training, CONFIG)
    own = slice(training.user_ptr[user], training.user_ptr[user + 1])
    place = model.places_of(training.item[own])
    left_out = at_cuts(place, training.weight[own], training.at_s[own], N_CUTS, system)
    signals = model.over_all_items(left_out.signals)
    for cut in range(N_CUTS):
        kept = np.ones(training.n_events, np.bool_)
        kept[own.stop - N_CUTS + cut : own.stop] = False
        past = of_events(training, kept)
        again = Transitions.fit(past, CONFIG, np.random.default_rng(0))
        (expected,) = again.signals([past.history(user)])
        assert np.abs(expected).max() > 0
        assert signals[cut] == pytest.approx(expected, rel=1e-2, abs=2e-4)
        surprises = again.surprises(past.history(user))
        assert np.abs(surprises).max() > 0
        assert left_out.surprises[cut] == pytest.approx(surprises, rel=1e-2, abs=2e-4)
