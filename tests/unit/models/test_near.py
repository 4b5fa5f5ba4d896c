"""EASE over pairs that count the less the further apart they stand."""

from dataclasses import replace

import numpy as np
from hypothesis import given, settings

from tastemaker.core.training_set import TrainingSet
from tastemaker.models.ease import Ease, EaseConfig
from tastemaker.models.near import Near, NearConfig
from tests.unit.models.sequences import history_of, sequences, training_of

PLAIN = {"ridge": 2.0, "min_dense_uses": 1, "dropout": 0, "user_power": 0, "popularity_power": 0}


@settings(max_examples=25, deadline=None)
@given(sequences)
def test_the_weights_are_those_of_the_formula(users: list[list[int]]) -> None:
    training = _timed(training_of(users))
    model = _fit(training, pair_half_life_items=2.0)
    gram = np.zeros((training.n_items, training.n_items))
    for user in range(training.n_users):
        items = training.item[training.user_ptr[user] : training.user_ptr[user + 1]]
        place = np.arange(len(items))
        apart = np.abs(place[:, None] - place)
        np.add.at(gram, (items[:, None], items[None, :]), 0.5 ** (apart / 2.0))
    inverse = np.linalg.inv(gram + 2.0 * np.eye(len(gram)))
    weights = -inverse / inverse.diagonal()
    np.fill_diagonal(weights, 0.0)
    for row, history in zip(training.matrix().toarray(), training.histories(), strict=True):
        scores = model.score(history)
        known = np.isfinite(scores)
        np.testing.assert_allclose(scores[known], (row @ weights)[known], rtol=1e-3, atol=1e-5)


def test_what_stands_nearer_says_more() -> None:
    training = _timed(training_of([[0, 1, 3, 4, 5, 2]] * 4))
    scores = _fit(training, pair_half_life_items=1.0).score(history_of([0]))
    assert scores[1] > scores[2]


def test_outside_the_dense_system_too_what_stands_nearer_says_more() -> None:
    training = _timed(training_of([[0, 1, 3, 4, 5, 2]] * 4))
    config = NearConfig.model_validate(PLAIN | {"pair_half_life_items": 1.0, "min_dense_uses": 9})
    scores = Near.fit(training, config, np.random.default_rng(0)).score(history_of([0]))
    assert scores[1] > scores[2]


def test_without_times_the_order_says_nothing() -> None:
    training = training_of([[0, 1, 3, 4, 5, 2], [1, 0, 2]])
    timeless = replace(training, at_s=np.zeros_like(training.at_s))
    near = _fit(timeless, pair_half_life_items=1.0).score(history_of([0]))
    flat = Ease.fit(timeless, EaseConfig.model_validate(PLAIN), np.random.default_rng(0))
    np.testing.assert_array_equal(near, flat.score(history_of([0])))


def _timed(training: TrainingSet) -> TrainingSet:
    return replace(training, at_s=np.arange(1, training.n_events + 1))


def _fit(training: TrainingSet, **changed: float) -> Near:
    config = NearConfig.model_validate(PLAIN | changed)
    return Near.fit(training, config, np.random.default_rng(0))
