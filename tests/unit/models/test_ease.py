"""The closed form of EASE and EDLAE."""

import numpy as np
import pytest
from hypothesis import given, settings

from tastemaker.core.training_set import TrainingSet
from tastemaker.models.ease import Ease, EaseConfig
from tests.unit.models.sequences import history_of, random_training, sequences, training_of


@settings(max_examples=25, deadline=None)
@given(sequences)
def test_the_weights_are_those_of_the_formula(users: list[list[int]]) -> None:
    training = training_of(users)
    model = _fit(training, ridge=3.0, dropout=0.25, user_power=0.5, popularity_power=0.2)
    x = training.matrix().toarray().astype(np.float64)
    share = x.sum(axis=1) ** -0.5
    gram = (x.T * share / share.mean()) @ x
    inverse = np.linalg.inv(gram + 3.0 * np.eye(len(gram)) + np.diag(gram.diagonal()) / 3)
    weights = -inverse / inverse.diagonal() / (1 + gram.diagonal()) ** 0.2
    np.fill_diagonal(weights, 0.0)
    for row, history in zip(x, training.histories(), strict=True):
        scores = model.score(history)
        known = np.isfinite(scores)
        np.testing.assert_allclose(scores[known], (row @ weights)[known], rtol=1e-3, atol=1e-5)


def test_an_item_says_nothing_of_itself() -> None:
    model = _fit(training_of([[0, 1], [0, 1], [0, 2]]))
    assert model.score(history_of([0]))[0] == 0.0


def test_with_a_half_life_recent_entries_count_for_more() -> None:
    users = [[0, 1], [0, 1], [2, 3], [2, 3], [0, 3], [2, 1]]
    scores = _fit(training_of(users), half_life_items=1.0).score(history_of([0, 2]))
    assert scores[1] > scores[3]
    plain = _fit(training_of(users)).score(history_of([0, 2]))
    assert plain[1] == pytest.approx(plain[3], rel=1e-4)


def test_an_item_outside_the_dense_system_still_finds_its_neighbour() -> None:
    users = [[0, 1, 2]] * 8 + [[5, 6]]
    model = _fit(training_of(users), min_dense_uses=3)
    scores = model.score(history_of([5]))
    assert np.argmax(scores) == 6
    assert model.explain(history_of([5]), np.array([6], np.int32)).sum() == pytest.approx(scores[6])


def test_the_dense_system_keeps_to_its_memory() -> None:
    training = random_training(n_users=100, n_items=400, n_events_a_user=20, seed=2)
    small = _fit(training, max_memory_gb=0.0001, n_neighbours=5)
    assert 0 < small.dense_bytes <= 0.0001 * 2**30


def _fit(training: TrainingSet, **changed: float) -> Ease:
    plain = {"ridge": 1.0, "min_dense_uses": 1, "user_power": 0, "popularity_power": 0}
    config = EaseConfig.model_validate(plain | changed)
    return Ease.fit(training, config, np.random.default_rng(0))
