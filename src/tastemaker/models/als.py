"""Taste as a vector, the classic way: Hu, Koren and Volinsky (2008).

A pair's preference is 1 where it was observed and 0 elsewhere; its confidence is 1 + alpha weight.
The ridge is the same for every user and item.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, Field

from tastemaker.core.history import History
from tastemaker.core.training_set import TrainingSet
from tastemaker.models.array_folder import read_arrays, write_arrays
from tastemaker.models.blas_threads import n_cores
from tastemaker.models.fold_in import FoldIn, FoldInRule


class AlsConfig(BaseModel, frozen=True, extra="forbid"):
    n_factors: int = Field(default=64, ge=4, le=1024)  # length of one vector
    alpha: float = Field(default=2.0, gt=0)  # confidence added by an entry of weight 1
    reg: float = Field(default=20.0, gt=0)  # ridge of every user and item
    n_threads: int = Field(default=1, ge=0)  # 0: all cores, and no fit repeats bit for bit
    n_epochs: int = Field(default=15, ge=1, le=1000)


class Als:
    name: ClassVar[str] = "als"
    config_class: ClassVar[type[BaseModel]] = AlsConfig

    def __init__(self, config: AlsConfig, item_factor: NDArray[np.float32]) -> None:
        """item_factor: (n_items, n_factors)."""
        self.config = config
        self._fold_in = FoldIn(item_factor, _rule(config))

    @classmethod
    def fit(cls, training: TrainingSet, config: AlsConfig, rng: np.random.Generator) -> Self:
        from tastemaker.models.alternating_fit import Effort, fit_item_factors

        effort = Effort(config.n_factors, config.n_epochs, config.n_threads or n_cores())
        return cls(config, fit_item_factors(training, _rule(config), effort, rng))

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
        return cls(AlsConfig.model_validate(saved.config), saved.arrays["item_factor"])


def _rule(config: AlsConfig) -> FoldInRule:
    return FoldInRule(
        confidence=config.alpha,
        alpha0=1.0,
        reg=config.reg,
        nu=0.0,
        plus_alpha0=True,
    )
