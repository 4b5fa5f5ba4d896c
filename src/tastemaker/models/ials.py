"""Taste as a vector: alternating least squares with frequency-scaled regularisation.

The objective of Rendle, Krichene, Zhang and Koren (2021), "Revisiting the performance of iALS":
every unobserved pair pulls a score to 0 with weight alpha0, every observed one to 1 with its own
weight, and the ridge of a user or item grows with its number of pairs to the power nu.
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


class IalsConfig(BaseModel, frozen=True, extra="forbid"):
    n_factors: int = Field(default=64, ge=4, le=1024)  # length of one vector
    alpha0: float = Field(default=0.3, gt=0)  # weight of an unobserved pair
    reg: float = Field(default=0.01, gt=0)  # ridge, before it is scaled by frequency
    nu: float = Field(default=1.0, ge=0, le=1)  # power of the frequency; 0 is a uniform ridge
    n_threads: int = Field(default=1, ge=0)  # 0: all cores, and no fit repeats bit for bit
    n_epochs: int = Field(default=16, ge=1, le=1000)


class Ials:
    name: ClassVar[str] = "ials"
    config_class: ClassVar[type[BaseModel]] = IalsConfig

    def __init__(self, config: IalsConfig, item_factor: NDArray[np.float32]) -> None:
        """item_factor: (n_items, n_factors)."""
        self.config = config
        self._fold_in = FoldIn(item_factor, _rule(config))

    @classmethod
    def fit(cls, training: TrainingSet, config: IalsConfig, rng: np.random.Generator) -> Self:
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
        return cls(IalsConfig.model_validate(saved.config), saved.arrays["item_factor"])


def _rule(config: IalsConfig) -> FoldInRule:
    return FoldInRule(
        confidence=1.0,
        alpha0=config.alpha0,
        reg=config.reg,
        nu=config.nu,
        plus_alpha0=False,
    )
