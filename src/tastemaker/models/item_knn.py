"""Items used by the same people: cosine neighbours, the classic baseline.

Deshpande and Karypis (2004): an item's score is the sum of its similarities to the entries of the
history that are among its nearest neighbours. The similarity is
(X^T X)_ij / (|x_i|^(2 symmetry) |x_j|^(2 (1 - symmetry)) + shrinkage), i an entry of the history.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, Field
from scipy.sparse import csr_array

from tastemaker.core.errors import NotEnoughData
from tastemaker.core.history import History
from tastemaker.core.training_set import TrainingSet
from tastemaker.models.array_folder import read_arrays, write_arrays
from tastemaker.models.blas_threads import n_cores
from tastemaker.models.history_rows import weighted_rows
from tastemaker.models.occurrences import Occurrences
from tastemaker.models.sparse_block import dense_block


class ItemKnnConfig(BaseModel, frozen=True, extra="forbid"):
    n_neighbours: int = Field(default=100, ge=1, le=1000)  # kept for each item
    shrinkage: float = Field(default=10.0, ge=0)  # distrust of pairs seen together rarely
    symmetry: float = Field(default=0.5, ge=0, le=1)  # 0.5 is cosine; higher favours popular items
    max_sequence_items: int = Field(default=2_000, ge=2)  # newest entries of a user read


class ItemKnn:
    name: ClassVar[str] = "item_knn"
    config_class: ClassVar[type[BaseModel]] = ItemKnnConfig

    def __init__(self, config: ItemKnnConfig, weights: csr_array) -> None:
        """weights: float32 (n_items, n_items), from an entry of the history to an item."""
        self.config = config
        self._weights = weights

    @classmethod
    def fit(
        cls,
        training: TrainingSet,
        config: ItemKnnConfig,
        rng: np.random.Generator,  # noqa: ARG003 - nothing is drawn
    ) -> Self:
        """Time: the sum of squared sequence lengths. Memory: 8 bytes an item and neighbour."""
        if not training.n_events:
            raise NotEnoughData("No interaction to learn from", next_step="Ingest some data first.")
        return cls(config, _similarities(training, config))

    def score(self, history: History) -> NDArray[np.float32]:
        return np.asarray(self.score_many([history])[0])

    def score_many(self, histories: Sequence[History]) -> NDArray[np.float32]:
        """-inf where no entry of the history is a neighbour."""
        scores = (weighted_rows(histories, self._weights.shape[0]) @ self._weights).toarray()
        scores[scores == 0.0] = -np.inf
        return np.asarray(scores)

    def explain(self, history: History, items: NDArray[np.int32]) -> NDArray[np.float32]:
        """Exact: the entries add up to the score of an item that has one."""
        weights = dense_block(self._weights, history.item, items).T
        return np.asarray(history.weight * weights, dtype=np.float32)

    def save(self, folder: Path) -> None:
        arrays = {
            "weight": self._weights.data,
            "neighbour": self._weights.indices,
            "neighbour_ptr": self._weights.indptr,
        }
        write_arrays(folder, self.name, self.config, arrays)

    @classmethod
    def load(cls, folder: Path) -> Self:
        saved = read_arrays(folder, cls.name)
        ptr = saved.arrays["neighbour_ptr"]
        entries = (saved.arrays["weight"], saved.arrays["neighbour"], ptr)
        weights = csr_array(entries, shape=(len(ptr) - 1, len(ptr) - 1))
        return cls(ItemKnnConfig.model_validate(saved.config), weights)


def _similarities(training: TrainingSet, config: ItemKnnConfig) -> csr_array:
    from tastemaker.models.company import Company
    from tastemaker.models.cooccurrence import strongest_pairs
    from tastemaker.models.item_places import ItemPlaces

    seen = Occurrences.of(training, config.max_sequence_items)
    nothing_dense = ItemPlaces.of(np.empty(0, np.int32), seen.n_items)
    norm = np.maximum(seen.squared_weight(), np.float32(1e-6))
    rows = strongest_pairs(
        Company.of(seen, nothing_dense),
        nothing_dense,
        nearness=np.ones(seen.longest, np.float32),
        own=norm ** np.float32(1.0 - config.symmetry),
        other=norm ** np.float32(config.symmetry),
        shrinkage=config.shrinkage,
        n_neighbours=config.n_neighbours,
        n_threads=n_cores(),
    )
    return csr_array(rows.matrix().T)
