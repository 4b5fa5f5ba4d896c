"""Taste as a vector, solved at request time from the item vectors: what als and ials share."""

from abc import abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, Field

from tastemaker.core.history import History
from tastemaker.core.training_set import TrainingSet
from tastemaker.models.array_folder import read_arrays, write_arrays
from tastemaker.models.blas_threads import n_cores
from tastemaker.models.fold_in import FoldIn, FoldInRule


class FactorConfig(BaseModel, frozen=True, extra="forbid"):
    n_factors: int = Field(default=64, ge=4, le=1024)  # length of one vector
    n_threads: int = Field(default=1, ge=0)  # 0: all cores; only with 1 a fit repeats to the bit
    n_epochs: int = Field(default=15, ge=1, le=1000)

    @abstractmethod
    def rule(self) -> FoldInRule:
        """How a vector is solved: the objective, for fitting and for serving."""


class FactorModel:
    """A model of this kind is a name and a config class with its own rule."""

    name: ClassVar[str]
    config_class: ClassVar[type[BaseModel]]

    def __init__(self, config: FactorConfig, item_factor: NDArray[np.float32]) -> None:
        """item_factor: (n_items, n_factors)."""
        self.config = config
        self._fold_in = FoldIn(item_factor, config.rule())

    @classmethod
    def fit(cls, training: TrainingSet, config: Any, rng: np.random.Generator) -> Self:
        from tastemaker.models.alternating_fit import Effort, fit_item_factors

        effort = Effort(config.n_factors, config.n_epochs, config.n_threads or n_cores())
        return cls(config, fit_item_factors(training, config.rule(), effort, rng))

    def score(self, history: History) -> NDArray[np.float32]:
        return np.asarray(self._fold_in.scores([history])[0])

    def score_many(self, histories: Sequence[History]) -> NDArray[np.float32]:
        return self._fold_in.scores(histories)

    def explain(self, history: History, items: NDArray[np.int32]) -> NDArray[np.float32]:
        """Exact: the entries add up to the score of an item the model knows."""
        return self._fold_in.explain(history, items)

    def save(self, folder: Path) -> None:
        arrays = {"item_factor": self._fold_in.item_factor}
        write_arrays(folder, self.name, self.config, arrays)

    @classmethod
    def load(cls, folder: Path) -> Self:
        saved = read_arrays(folder, cls.name)
        config = cls.config_class.model_validate(saved.config)
        assert isinstance(config, FactorConfig)
        return cls(config, saved.arrays["item_factor"])
