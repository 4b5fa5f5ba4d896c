"""What a ranker learns from: candidates at moments of the past, and which of them came next.

The scores at a moment come from models that never saw what followed it. For the transitions that
is exact, by leaving the person's own later rows out of the solution; every other model is fitted
anew for each fold of users on all users but these.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from tastemaker.core.training_set import TrainingSet
from tastemaker.models.blas_threads import blas_threads, n_cores
from tastemaker.models.content import Content
from tastemaker.models.item_statistics import in_steps, log_places
from tastemaker.models.transition_leave_out import RidgeSystem, signals_at_cuts
from tastemaker.models.transitions import Transitions
from tastemaker.recommend.assemble import LeftOut, Moment
from tastemaker.recommend.present import Presenter
from tastemaker.recommend.signals import Model, read, surprises
from tastemaker.train.moments import Moments, past_at

Floats = NDArray[np.float32]
Refit = Callable[[str, TrainingSet], Model]

N_USERS_A_CHUNK = 16
RECALL_AT = (50, 100, 200, 300)


@dataclass(frozen=True, slots=True)
class RankingSet:
    """rows: (n, n_features). label: 1 for what came next. group: ascending, one a moment.

    place: int64 (n_requests,), from 0, of what came next among the candidates; -1: not there.
    """

    rows: Floats
    label: NDArray[np.int8]
    group: NDArray[np.int64]
    place: NDArray[np.int64]

    def candidate_recall(self, n_candidates: int) -> dict[int, float]:
        """By number of candidates, as far as there are so many."""
        counted = [k for k in RECALL_AT if k <= n_candidates] or [n_candidates]
        hit = self.place >= 0
        return {k: round(float((hit & (self.place < k)).mean()), 4) for k in counted}


@dataclass(frozen=True, slots=True)
class Teacher:
    """models: fitted on the whole training set. refit: a model by name on another set."""

    training: TrainingSet
    models: Sequence[Model]
    system: RidgeSystem | None
    refit: Refit
    presenter: Presenter

    def build(
        self, moments: Moments, seed: int, on_progress: Callable[[float], None]
    ) -> RankingSet:
        rng = np.random.default_rng(seed)
        n_folds = self.presenter.config.n_folds if any(map(self._learns, self.models)) else 1
        fold = rng.integers(n_folds, size=self.training.n_users)
        parts: list[_Part] = []
        log_place = log_places(self.training)
        for number in range(n_folds):
            others = self.training.users(np.flatnonzero(fold != number))
            models = [
                self.refit(model.name, others) if self._learns(model) else model
                for model in self.models
            ]
            of_fold = moments.of_users(fold[moments.user] == number)
            chunks = of_fold.chunks(N_USERS_A_CHUNK)
            work = partial(self._of_chunk, models, log_place, seed)
            with blas_threads(1), ThreadPoolExecutor(n_cores()) as pool:
                for done, of_chunk in enumerate(pool.map(work, chunks), 1):
                    parts += of_chunk
                    on_progress((number + done / len(chunks)) / n_folds)
        return _joined(parts, len(self.presenter.features))

    def _learns(self, model: Model) -> bool:
        """Whether a score of the model can have seen its label."""
        if isinstance(model, Content):
            return False
        return not (isinstance(model, Transitions) and self.system is not None)

    def _of_chunk(
        self, models: Sequence[Model], log_place: Floats, seed: int, moments: Moments
    ) -> list["_Part"]:
        asked = [
            (int(user), int(self.training.user_ptr[user + 1]) - int(n_cuts) + cut)
            for user, n_cuts in zip(moments.user, moments.n_cuts, strict=True)
            for cut in range(n_cuts)
        ]
        pasts = [past_at(self.training, user, target) for user, target in asked]
        by_model = [
            np.concatenate(list(self._left_out(model, moments)))
            if isinstance(model, Transitions) and self.system is not None
            else read(model, pasts)
            for model in models
        ]
        found = []
        for row, ((user, target), past) in enumerate(zip(asked, pasts, strict=True)):
            signals = np.concatenate([signals[row] for signals in by_model])
            later = slice(target, self.training.user_ptr[user + 1])
            moment = Moment(
                past,
                int(self.training.at_s[target]) if self.presenter.config.uses_moment else None,
                LeftOut(
                    self.training.item[later],
                    in_steps(self.training.weight[later]),
                    log_place[later],
                ),
            )
            told = surprises(self.models, past)
            rng = np.random.default_rng([seed, target])
            found.append(self._part(moment, signals, told, rng))
        return found

    def _left_out(self, model: Transitions, moments: Moments) -> Iterator[Floats]:
        assert self.system is not None
        training = self.training
        for user, n_cuts in zip(moments.user, moments.n_cuts, strict=True):
            own = slice(training.user_ptr[user], training.user_ptr[user + 1])
            signals = signals_at_cuts(
                model.places_of(training.item[own]),
                training.weight[own],
                training.at_s[own],
                int(n_cuts),
                self.system,
            )
            yield model.over_all_items(signals)

    def _part(
        self, moment: Moment, signals: Floats, told: Floats, rng: np.random.Generator
    ) -> "_Part":
        allowed = np.ones(signals.shape[1], np.bool_)
        allowed[moment.history.item] = False
        shown = self.presenter.present(moment, signals, told, allowed, 1)
        label = shown.item == moment.left_out.item[0]
        if not label.any():
            return _Part(shown.rows[:0], label[:0].astype(np.int8), -1)
        kept = label | (rng.random(len(label)) < self.presenter.config.negatives_kept)
        return _Part(shown.rows[kept], label[kept].astype(np.int8), int(label.argmax()))


@dataclass(frozen=True, slots=True)
class _Part:
    rows: Floats
    label: NDArray[np.int8]
    place: int


def _joined(parts: Sequence[_Part], n_features: int) -> RankingSet:
    lengths = [len(part.label) for part in parts]
    return RankingSet(
        np.concatenate([np.empty((0, n_features), np.float32), *(part.rows for part in parts)]),
        np.concatenate([np.empty(0, np.int8), *(part.label for part in parts)]),
        np.repeat(np.arange(len(parts)), lengths),
        np.array([part.place for part in parts], np.int64),
    )
