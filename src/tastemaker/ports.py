"""Every interface that has more than one adapter, on one page."""

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar, Protocol, Self, TypeVar, runtime_checkable

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel

from tastemaker.core.history import History
from tastemaker.core.training_set import TrainingSet

Config = TypeVar("Config", bound=BaseModel, contravariant=True)


class CandidateModel(Protocol[Config]):
    """Scores every item of the vocabulary for a history it has never seen, without a refit.

    Scores are float32, higher is better, comparable within one answer only; -inf where the model
    has no opinion. An empty history is legal everywhere. Same data, config and rng: same answers.
    """

    name: ClassVar[str]
    """As in the configuration and in every answer's provenance."""

    config_class: ClassVar[type[BaseModel]]

    @property
    def config(self) -> BaseModel:
        """What the model was fitted with."""
        ...

    @classmethod
    def fit(cls, training: TrainingSet, config: Config, rng: np.random.Generator) -> Self:
        """Raises NotEnoughData where nothing can be learned."""
        ...

    def score(self, history: History) -> NDArray[np.float32]:
        """(n_items,)"""
        ...

    def score_many(self, histories: Sequence[History]) -> NDArray[np.float32]:
        """(len(histories), n_items), the same numbers as `score` up to float rounding."""
        ...

    def explain(self, history: History, items: NDArray[np.int32]) -> NDArray[np.float32]:
        """(len(items), len(history)): how much each entry of the history adds to an item's score.

        items: distinct positions in the vocabulary.
        """
        ...

    def save(self, folder: Path) -> None:
        """Arrays (.npy) and JSON into a new or empty folder."""
        ...

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Memory-maps what `save` wrote. Raises ModelCorrupt."""
        ...


@runtime_checkable
class SignalSource(Protocol):
    """A candidate model that can say more of every item than one score."""

    @property
    def signal_names(self) -> tuple[str, ...]:
        """The first is the one that stands for the model."""
        ...

    def signals(self, histories: Sequence[History]) -> NDArray[np.float32]:
        """(len(histories), n_signals, n_items); -inf where the model has no opinion."""
        ...
