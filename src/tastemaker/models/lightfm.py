"""LightFM: vectors of items and of their genres, learned by ranking (Kula 2015; WARP loss: Weston,
Bengio and Usunier 2011).

An item's vector is the sum of its own and of its genres'. Its users are learned with it and then
left behind: a history speaks through the mean of its items' vectors, brought by one matrix to where
the vectors of the users learned lie. That matrix is the least-squares answer over these users.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, Field
from scipy.sparse import coo_matrix, csr_matrix, hstack, identity

from tastemaker.core.errors import ExtraMissing, NotEnoughData
from tastemaker.core.history import History
from tastemaker.core.training_set import TrainingSet
from tastemaker.models.array_folder import read_arrays, write_arrays
from tastemaker.models.history_rows import weighted_rows

Floats = NDArray[np.float32]

_RIDGE = 0.1
_MAX_SEED = 2**31 - 1


class LightFmConfig(BaseModel, frozen=True, extra="forbid"):
    n_factors: int = Field(default=64, ge=4, le=1024)  # length of one vector
    n_epochs: int = Field(default=30, ge=1, le=1000)
    learning_rate: float = Field(default=0.05, gt=0, le=10)
    with_genres: bool = True  # whether items of a genre share a part of their vectors
    n_threads: int = Field(default=1, ge=1, le=256)  # only with 1 a fit repeats to the bit


class LightFm:
    name: ClassVar[str] = "lightfm"
    config_class: ClassVar[type[BaseModel]] = LightFmConfig

    def __init__(self, config: LightFmConfig, read: Floats, shown: Floats, bias: Floats) -> None:
        """read, shown: (n_items, n_factors), an item as part of a history and as an answer; zero
        for items that nobody used. bias: (n_items,), -inf for these."""
        self.config = config
        self._read = read
        self._shown = shown
        self._bias = bias

    @classmethod
    def fit(cls, training: TrainingSet, config: LightFmConfig, rng: np.random.Generator) -> Self:
        """Raises NotEnoughData; ExtraMissing where the library is not installed."""
        if not training.n_events:
            raise NotEnoughData("Nobody used anything", next_step="Ingest interactions.")
        library = _library()
        model = library(
            no_components=config.n_factors,
            loss="warp",
            learning_rate=config.learning_rate,
            random_state=int(rng.integers(_MAX_SEED)),
        )
        features = _features(training, config)
        used, weights = _pairs(training)
        model.fit(
            used,
            item_features=features,
            sample_weight=weights,
            epochs=config.n_epochs,
            num_threads=config.n_threads,
        )
        bias, vectors = model.get_item_representations(features)
        users = model.get_user_representations()[1]
        is_used = np.bincount(training.item, minlength=training.n_items) > 0
        read = np.where(is_used[:, None], vectors, 0.0).astype(np.float32)
        shown = read @ _towards(users, _means(list(training.histories()), read)).T
        return cls(config, read, shown, np.where(is_used, bias, -np.inf).astype(np.float32))

    def score(self, history: History) -> Floats:
        return np.asarray(self.score_many([history])[0])

    def score_many(self, histories: Sequence[History]) -> Floats:
        """-inf for items that nobody used, and for all where the history has only such."""
        scores = _means(histories, self._read) @ self._shown.T + self._bias
        known = np.isfinite(self._bias)
        for row, history in enumerate(histories):
            if not known[history.item].any():
                scores[row] = -np.inf
        return np.asarray(scores, np.float32)

    def explain(self, history: History, items: NDArray[np.int32]) -> Floats:
        """All of a score but the item's own part, which is the same for everybody."""
        share = history.weight / max(len(history), 1)
        return np.asarray((self._shown[items] @ self._read[history.item].T) * share, np.float32)

    def save(self, folder: Path) -> None:
        arrays = {"read": self._read, "shown": self._shown, "bias": self._bias}
        write_arrays(folder, self.name, self.config, arrays)

    @classmethod
    def load(cls, folder: Path) -> Self:
        saved = read_arrays(folder, cls.name)
        return cls(LightFmConfig.model_validate(saved.config), **saved.arrays)


def _library() -> Any:
    try:
        from lightfm import LightFM
    except ImportError as error:
        raise ExtraMissing(
            "The library LightFM is not installed",
            next_step="Install tastemaker[lightfm], or take the model out of the variants.",
        ) from error
    return LightFM


def _features(training: TrainingSet, config: LightFmConfig) -> csr_matrix:
    """(n_items, n_items + n_genres): each item itself, and its genres."""
    itself = identity(training.n_items, format="csr", dtype=np.float32)
    if not config.with_genres:
        return csr_matrix(itself)
    return csr_matrix(
        hstack([itself, csr_matrix(training.attributes.item_genre)]), dtype=np.float32
    )


def _pairs(training: TrainingSet) -> tuple[coo_matrix, coo_matrix]:
    """(n_users, n_items): 1 where a user used an item, and the weights, in the same order."""
    user = np.repeat(np.arange(training.n_users, dtype=np.int32), np.diff(training.user_ptr))
    shape = (training.n_users, training.n_items)
    ones = np.ones(training.n_events, np.float32)
    return (
        coo_matrix((ones, (user, training.item)), shape=shape),
        coo_matrix((training.weight.copy(), (user, training.item)), shape=shape),
    )


def _means(histories: Sequence[History], vectors: Floats) -> Floats:
    """(len(histories), n_factors): weighted sum of the items' vectors by the number of entries."""
    lengths = np.array([max(len(history), 1) for history in histories], np.float32)
    rows = weighted_rows(histories, len(vectors))
    return np.asarray((rows @ vectors) / lengths[:, None], np.float32)


def _towards(users: Floats, means: Floats) -> Floats:
    """(n_factors, n_factors): the matrix that brings the means nearest to the users' vectors."""
    left = means.astype(np.float64).T @ means
    left.flat[:: len(left) + 1] += _RIDGE
    return np.linalg.solve(left, means.astype(np.float64).T @ users).astype(np.float32)
