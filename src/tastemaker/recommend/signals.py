"""Everything the models of a variant say of every item, as rows of one matrix."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numba
import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel

from tastemaker.core.history import History
from tastemaker.models.transitions import Transitions
from tastemaker.ports import CandidateModel, SignalSource

N_SURPRISES = 6
WITHIN = ("within_10_minutes", "within_a_day")

Floats = NDArray[np.float32]
Model = CandidateModel[BaseModel]
Reader = Callable[[Sequence[History]], Floats]


def names_of(model: Model) -> tuple[str, ...]:
    """The first stands for the model."""
    if isinstance(model, SignalSource):
        return tuple(f"{model.name}.{name}" for name in model.signal_names)
    return (model.name,)


def reader(model: Model) -> Reader:
    """Gives (len(histories), n_signals, n_items); -inf where there is no opinion."""
    if isinstance(model, SignalSource):
        return model.signals
    return lambda histories: model.score_many(histories)[:, None, :]


@dataclass(frozen=True, slots=True)
class SignalLayout:
    """Which row of the matrix is what."""

    names: tuple[str, ...]

    @classmethod
    def of(cls, models: Sequence[Model]) -> "SignalLayout":
        return cls(tuple(name for model in models for name in names_of(model)))

    def within(self, signals: Floats) -> Floats:
        """(2, n_items): the signals decayed by time up to the last entry; zeros where none is."""
        rows = [row for row, name in enumerate(self.names) if name.endswith(WITHIN)]
        return signals[rows] if rows else np.zeros((2, signals.shape[1]), np.float32)


@numba.njit(nogil=True, cache=True, fastmath={"nnan", "nsz", "reassoc"})
def finite(signals: Floats) -> Floats:
    """Where a model has no opinion the item gets the least value of that signal; 0 if all are.

    signals: (n_signals, n_items), numbers or -inf.
    """
    out = np.empty_like(signals)
    for v in range(len(signals)):
        least = np.float32(np.inf)
        for value in signals[v]:
            least = min(least, value if value > -np.inf else np.float32(np.inf))
        if least == np.inf:
            least = np.float32(0)
        for z in range(signals.shape[1]):
            out[v, z] = signals[v, z] if signals[v, z] > -np.inf else least
    return out


def surprises(models: Sequence[Model], history: History) -> Floats:
    """(N_SURPRISES,) of the first model that has any; zeros where none has."""
    for model in models:
        if isinstance(model, Transitions):
            return model.surprises(history)
    return np.zeros(N_SURPRISES, np.float32)
