"""What the models say at moments of people's pasts, as if none knew what followed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tastemaker.core.history import History
from tastemaker.core.training_set import TrainingSet
from tastemaker.models.ease import Ease
from tastemaker.models.transition_leave_out import RidgeSystem, at_cuts
from tastemaker.models.transition_signals import N_SURPRISES
from tastemaker.models.transitions import Transitions
from tastemaker.recommend.signals import Model, names_of, reader, surprises
from tastemaker.train.moments import Moments, NextEntries
from tastemaker.train.question import Question

Floats = NDArray[np.float32]


class Told(NamedTuple):
    """signals: (n_signals, n_items), -inf where a model has no opinion. surprises:
    (N_SURPRISES,)."""

    question: Question
    signals: Floats
    surprises: Floats


@dataclass(frozen=True, slots=True)
class MomentReader:
    """system: of the transitions that are asked; None where they are fitted anew too."""

    training: TrainingSet
    system: RidgeSystem | None

    def leaves_out(self, model: Model, moments: Moments) -> bool:
        """Whether what followed is taken out of the model, which then may have learnt from it."""
        is_known = isinstance(model, Transitions) and self.system is not None
        return is_known and isinstance(moments, NextEntries)

    def told(self, models: Sequence[Model], moments: Moments) -> Iterator[Told]:
        questions = list(moments.questions(self.training))
        pasts = [question.past for question in questions]
        width = [len(names_of(model)) for model in models]
        signals = np.empty((len(questions), sum(width), self.training.n_items), np.float32)
        left_out: Floats | None = None
        start = 0
        for model, n_signals in zip(models, width, strict=True):
            out = signals[:, start : start + n_signals]
            start += n_signals
            if isinstance(model, Transitions) and isinstance(moments, NextEntries) and self.system:
                left_out = self._leave_out(model, moments, self.system, out)
            elif isinstance(model, Ease) and isinstance(moments, NextEntries):
                _read_on_the_way(model, moments, pasts, out)
            else:
                _read_each(model, pasts, out)
        for row, question in enumerate(questions):
            told = surprises(models, question.past) if left_out is None else left_out[row]
            yield Told(question, signals[row], told)

    def _leave_out(
        self, model: Transitions, moments: NextEntries, system: RidgeSystem, out: Floats
    ) -> Floats:
        """out: (n_requests, n_signals, n_items), filled. The surprises: (n_requests,
        N_SURPRISES)."""
        training, start = self.training, 0
        told = np.empty((len(out), N_SURPRISES), np.float32)
        for user, n_cuts in zip(moments.user, moments.n_cuts, strict=True):
            own = slice(training.user_ptr[user], training.user_ptr[user + 1])
            place = model.places_of(training.item[own])
            found = at_cuts(place, training.weight[own], training.at_s[own], int(n_cuts), system)
            rows = slice(start, start := start + int(n_cuts))
            out[rows] = model.over_all_items(found.signals)
            told[rows] = found.surprises
        return told


def _read_on_the_way(
    model: Ease, moments: NextEntries, pasts: Sequence[History], out: Floats
) -> None:
    """Those of a person at once. out: (n_requests, n_signals, n_items), filled."""
    start = 0
    for n_cuts in moments.n_cuts:
        rows = slice(start, start := start + int(n_cuts))
        out[rows] = model.signals_on_the_way(pasts[start - 1], int(n_cuts))


def _read_each(model: Model, pasts: Sequence[History], out: Floats) -> None:
    """One by one, as when serving: several at once are rounded otherwise."""
    read = reader(model)
    for row, past in enumerate(pasts):
        out[row] = read([past])[0]
