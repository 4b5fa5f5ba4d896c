"""Cosine neighbours."""

import numpy as np
from hypothesis import given, settings

from tastemaker.models.item_knn import ItemKnn, ItemKnnConfig
from tests.unit.models.sequences import history_of, sequences, training_of


@settings(max_examples=25, deadline=None)
@given(sequences)
def test_similarities_are_shrunk_cosines(users: list[list[int]]) -> None:
    training = training_of(users)
    model = ItemKnn.fit(training, ItemKnnConfig(shrinkage=2.0), np.random.default_rng(0))
    x = training.matrix().toarray()
    gram = x.T @ x
    norm = np.sqrt(gram.diagonal())
    cosine = gram / (norm[:, None] * norm[None, :] + 2.0)
    np.fill_diagonal(cosine, 0.0)
    for row, history in zip(x, training.histories(), strict=True):
        scores = model.score(history)
        np.testing.assert_allclose(np.maximum(scores, 0.0), row @ cosine, rtol=1e-4, atol=1e-6)


def test_only_the_nearest_neighbours_of_an_item_count() -> None:
    users = [[0, 1]] * 3 + [[2, 1]] * 2 + [[0, 3]]
    config = ItemKnnConfig(n_neighbours=1, shrinkage=0.0)
    model = ItemKnn.fit(training_of(users), config, np.random.default_rng(0))
    assert np.isfinite(model.score(history_of([0]))[1])
    assert np.isneginf(model.score(history_of([2]))[1])


def test_of_a_long_sequence_the_newest_entries_are_read() -> None:
    config = ItemKnnConfig(max_sequence_items=2)
    model = ItemKnn.fit(training_of([[0, 1, 2]]), config, np.random.default_rng(0))
    assert np.isneginf(model.score(history_of([0]))).all()
    assert np.isfinite(model.score(history_of([1]))[2])
