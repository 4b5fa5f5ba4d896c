"""On 100,000 items every model keeps to its bounds and still answers."""

from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import csr_array

from tastemaker.core.item_attributes import ItemAttributes
from tastemaker.core.training_set import TrainingSet
from tastemaker.models.registry import MODELS
from tests.unit.models.sequences import random_training

N_ITEMS = 100_000
N_NEIGHBOURS = 10
SMALL = {
    "transitions": {"max_dense_items": 1_200, "n_neighbours": N_NEIGHBOURS},
    "ease": {"max_dense_items": 600, "n_neighbours": N_NEIGHBOURS},
    "near": {"max_dense_items": 600, "n_neighbours": N_NEIGHBOURS},
    "item_knn": {"n_neighbours": N_NEIGHBOURS},
    "als": {"n_factors": 8, "n_epochs": 2},
    "ials": {"n_factors": 8, "n_epochs": 2},
    "lightfm": {"n_factors": 8, "n_epochs": 1},
}
MAX_SAVED_BYTES = 40_000_000
"""8 bytes for each of 3 blocks, 10 neighbours and 100,000 items, the dense part and numbers."""


@pytest.fixture(scope="module")
def training() -> TrainingSet:
    plain = random_training(n_users=1_500, n_items=N_ITEMS, n_events_a_user=60, seed=7)
    genre = csr_array((np.ones(N_ITEMS, np.float32), (np.arange(N_ITEMS), np.arange(N_ITEMS) % 9)))
    text = [f"word{n % 1000} word{n % 77}" for n in range(N_ITEMS)]
    genres = tuple("ABCDEFGHI")
    attributes = ItemAttributes(genres, genre, np.zeros(N_ITEMS, np.int16), text)
    return TrainingSet(
        plain.item_ids, plain.user_ptr, plain.item, plain.weight, plain.at_s, attributes
    )


@pytest.mark.parametrize("name", sorted(MODELS))
def test_the_model_stays_small_and_proposes_new_items(
    name: str, training: TrainingSet, tmp_path: Path
) -> None:
    if name == "lightfm":
        pytest.importorskip("lightfm")
    config = MODELS[name].config_class.model_validate(SMALL.get(name, {}))
    model = MODELS[name].fit(training, config, np.random.default_rng(0))
    model.save(tmp_path)
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) < MAX_SAVED_BYTES
    for user in range(20):
        history = training.history(user)
        scores = model.score(history)
        scores[history.item] = -np.inf
        assert scores.shape == (N_ITEMS,)
        assert np.isfinite(scores).sum() >= N_NEIGHBOURS
