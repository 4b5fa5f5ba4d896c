"""Popularity: overall, by genre, in a window, on a slice."""

import numpy as np
from scipy.sparse import csr_array

from tastemaker.core.history import History
from tastemaker.core.item_attributes import ItemAttributes
from tastemaker.core.training_set import TrainingSet
from tastemaker.models.popular import Popular, PopularConfig
from tests.unit.models.sequences import random_training, training_of

DAY = 86_400


def test_scores_are_sums_of_weights_and_unused_items_have_none() -> None:
    model = _fit(training_of([[0, 1], [0]], n_items=3, weight=[1.0, 0.5, 0.25]))
    np.testing.assert_array_equal(model.score(History.empty()), np.array([1.25, 0.5, -np.inf]))


def test_a_window_forgets_what_is_older() -> None:
    training = training_of([[0, 1], [0]], n_items=2, at_s=[1, 10 * DAY, 1])
    scores = _fit(training, PopularConfig(window_days=7)).score(History.empty())
    np.testing.assert_array_equal(scores, np.array([-np.inf, 1.0]))


def test_a_window_over_data_without_times_is_all_of_it() -> None:
    scores = _fit(training_of([[0], [0]], n_items=1), PopularConfig(window_days=7))
    assert scores.score(History.empty())[0] == 2.0


def test_one_live_event_behind_data_without_times_does_not_push_it_out_of_a_window() -> None:
    training = training_of([[0, 1], [0]], n_items=2, at_s=[0, 10 * DAY, 0])
    scores = _fit(training, PopularConfig(window_days=7)).score(History.empty())
    np.testing.assert_array_equal(scores, np.array([2.0, 1.0]))


def test_a_slice_counts_so_many_of_the_users() -> None:
    training = random_training(n_users=50, n_items=20, n_events_a_user=8, seed=6)
    one_user = _fit(training, PopularConfig(users_share=0.02))
    counted = np.isfinite(one_user.score(History.empty())).sum()
    assert counted in {len(history) for history in training.histories()}


def test_within_genres_the_rest_is_out() -> None:
    item_genre = csr_array(np.array([[1, 0], [0, 1], [1, 1], [0, 0]], np.float32))
    attributes = ItemAttributes(("Comedy", "Drama"), item_genre, np.zeros(4, np.int16), [""] * 4)
    model = _fit(training_of([[0, 1, 2, 3]], n_items=4, attributes=attributes))
    assert np.isfinite(model.score_genres(["Comedy"])).tolist() == [True, False, True, False]
    both = model.score_genres(["Comedy", "Drama"])
    assert np.isfinite(both).tolist() == [True, True, True, False]
    assert np.isneginf(model.score_genres(["Opera"])).all()
    assert np.isneginf(model.score_genres([])).all()


def _fit(training: TrainingSet, config: PopularConfig | None = None) -> Popular:
    return Popular.fit(training, config or PopularConfig(), np.random.default_rng(0))
