"""The ridge from decayed histories to the next item, against its definition row by row."""

import numpy as np
import pytest
from hypothesis import given, settings
from numpy.typing import NDArray
from pydantic import ValidationError

from tastemaker.core.training_set import TrainingSet
from tastemaker.models.transitions import Transitions, TransitionsConfig
from tests.unit.models.sequences import history_of, random_training, sequences, training_of

HALF_LIVES = (0.0, 1.0, 4.0)


@settings(max_examples=25, deadline=None)
@given(sequences)
def test_the_solution_is_that_of_the_rows_written_out(users: list[list[int]]) -> None:
    _assert_as_written_out(training_of(users))


def test_weights_scale_inputs_and_targets() -> None:
    _assert_as_written_out(random_training(n_users=30, n_items=12, n_events_a_user=9, seed=1))


def test_decay_goes_by_place_in_the_history() -> None:
    model = _fit(training_of([[0, 1, 2], [0, 1, 3], [4, 1, 3]]))
    assert not np.array_equal(model.score(history_of([1, 0])), model.score(history_of([0, 1])))


def test_what_followed_most_often_comes_first() -> None:
    users = [[0, 1], [2, 1], [0, 1], [0, 3], [4, 5]]
    scores = _fit(training_of(users)).score(history_of([0]))
    assert np.argmax(scores) == 1


def test_items_outside_the_dense_system_are_scored_by_what_followed_them() -> None:
    users = [[0, 1, 2]] * 8 + [[5, 6]]
    model = Transitions.fit(
        training_of(users), _config(min_dense_uses=3, max_dense_items=9), np.random.default_rng(0)
    )
    scores = model.score(history_of([5]))
    assert np.argmax(scores) == 6
    assert model.explain(history_of([5]), np.array([6], np.int32)).sum() == pytest.approx(scores[6])


def test_alone_outside_the_dense_system_an_item_weighs_as_much_as_inside() -> None:
    training = training_of([[5, 6]] * 3)
    inside = _fit(training).score(history_of([5]))
    outside = _fit(training, max_dense_items=3, n_neighbours=3).score(history_of([5]))
    assert outside[6] == pytest.approx(inside[6])


def test_the_dense_system_keeps_to_its_memory() -> None:
    training = random_training(n_users=100, n_items=400, n_events_a_user=20, seed=2)
    small = _fit(training, max_memory_gb=0.0001, n_neighbours=5)
    n_bytes = 0.0001 * 2**30
    assert 0 < small.dense_bytes <= n_bytes
    assert np.isfinite(small.score(training.history(0))).any()


@pytest.mark.parametrize("half_lives", [(3.0, 1.0), (1.0, 1.0), (-1.0,), (201.0,), ()])
def test_half_lives_that_make_no_sense_are_refused(half_lives: tuple[float, ...]) -> None:
    with pytest.raises(ValidationError):
        TransitionsConfig(half_lives_items=half_lives)


def _config(**changed: float) -> TransitionsConfig:
    defaults = {"half_lives_items": HALF_LIVES, "ridge": 2.0, "min_dense_uses": 1}
    return TransitionsConfig.model_validate(defaults | changed)


def _fit(training: TrainingSet, **changed: float) -> Transitions:
    return Transitions.fit(training, _config(**changed), np.random.default_rng(0))


def _assert_as_written_out(training: TrainingSet) -> None:
    model = _fit(training)
    for user in range(training.n_users):
        history = training.history(user)
        newest_first = history.item, history.weight
        expected = _inputs(*newest_first, training.n_items) @ _weights_by_rows(training)
        scores = model.score(history)
        known = np.isfinite(scores)
        np.testing.assert_allclose(scores[known], expected[known], rtol=1e-3, atol=1e-4)


def _weights_by_rows(training: TrainingSet) -> NDArray[np.float64]:
    rows, targets = [], []
    for user in range(training.n_users):
        history = training.history(user)
        for n_older in range(1, len(history)):
            older = history.item[n_older:], history.weight[n_older:]
            rows.append(_inputs(*older, training.n_items))
            target = np.zeros(training.n_items)
            target[history.item[n_older - 1]] = history.weight[n_older - 1]
            targets.append(target)
    x, y = np.array(rows), np.array(targets)
    return np.asarray(np.linalg.solve(x.T @ x + 2.0 * np.eye(x.shape[1]), x.T @ y))


def _inputs(
    item: NDArray[np.int32], weight: NDArray[np.float32], n_items: int
) -> NDArray[np.float64]:
    blocks = np.zeros((len(HALF_LIVES), n_items))
    back = np.arange(len(item))
    for block, half_life in zip(blocks, HALF_LIVES, strict=True):
        block[item] = weight * (0.5 ** (back / half_life) if half_life else back == 0)
    return blocks.ravel()
