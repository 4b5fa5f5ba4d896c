"""What a ranker learns from: candidates at moments of the past, and which of them were used.

The scores at a moment come from models that never saw what is asked. Where the next entry is, that
is exact for the transitions, by leaving the person's own later rows out of the solution; every
other model is fitted anew for each fold of users on all users but these.
"""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from itertools import product

import numpy as np
from numpy.typing import NDArray

from tastemaker.core.training_set import TrainingSet
from tastemaker.models.blas_threads import blas_threads, n_cores
from tastemaker.models.content import Content
from tastemaker.models.transition_leave_out import RidgeSystem
from tastemaker.recommend.assemble import Moment
from tastemaker.recommend.blend import POPULARITY, squashed
from tastemaker.recommend.present import Presenter
from tastemaker.recommend.signals import Model, finite
from tastemaker.train.learn_blend import Choice, learn_blend
from tastemaker.train.moment_reader import MomentReader
from tastemaker.train.moments import Moments
from tastemaker.train.question import Question
from tastemaker.train.returns import Returns

Floats = NDArray[np.float32]
Refit = Callable[[str, TrainingSet], Model]

N_USERS_A_CHUNK = 16
MAX_CHUNK_BYTES = 2**26
N_BLEND_MOMENTS = 600
N_OTHERS_A_FOUND = 2
"""So many of the candidates not chosen are kept at least: where much was found fewer teach less."""

RECALL_AT = (50, 100, 200, 300)


@dataclass(frozen=True, slots=True)
class RankingSet:
    """rows: (n, n_features). label: 1 for what was used. group: ascending, one a moment.

    place: int64, from 0, of everything that should be found at the moments but the returns, among
    the candidates of its moment; -1: not there. blend: the weights that chose the candidates,
    learnt or as configured. n_returns: of the moments, the last ones.
    """

    rows: Floats
    label: NDArray[np.int8]
    group: NDArray[np.int64]
    place: NDArray[np.int64]
    blend: Mapping[str, float]
    n_returns: int

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
        self,
        moments: Moments,
        returns: Returns,
        seed: int,
        on_progress: Callable[[float], None],
    ) -> RankingSet:
        """The blend is learnt on the way, at moments of the first fold, unless it is configured.

        Returns of the first fold alone are read: they are many answers each, and the transitions
        cannot leave so much out without being fitted anew.
        """
        config = self.presenter.config
        n_candidates = config.n_candidates * max(moments.n_requests + returns.n_requests, 1)
        n_folds, fold = config.n_folds, self.folds(seed)
        parts: tuple[list[_Part], list[_Part]] = ([], [])
        presenter = self.presenter
        for number in range(n_folds):
            others = self.training.users(np.flatnonzero(fold != number))
            kinds = (moments, returns) if number == 0 and returns.n_requests else (moments,)
            models = self._fitted_on(others, kinds)
            asked = [kind.of_users(np.flatnonzero(fold[kind.user] == number)) for kind in kinds]
            if number == 0 and config.blend is None:
                presenter = presenter.blending(self._learnt_blend(models[0], asked[0], seed))
            teller = replace(self, presenter=presenter.told_by(others, self.training))
            chunks = [(at, chunk) for at, kind in enumerate(asked) for chunk in self._chunks(kind)]
            work = partial(teller._of_chunk, models, seed, config.max_rows / n_candidates)
            with blas_threads(1), ThreadPoolExecutor(n_cores()) as pool:
                for done, (at, of_chunk) in enumerate(pool.map(work, chunks), 1):
                    parts[at].extend(of_chunk)
                    on_progress((number + done / len(chunks)) / n_folds)
            # Or the models of two folds would stand side by side while the next are fitted.
            del models, work, teller
        return _joined(*parts, presenter)

    def _fitted_on(self, others: TrainingSet, moments: Sequence[Moments]) -> list[list[Model]]:
        """The models that each kind of moments is read with, fitted anew where they learn."""
        anew: dict[str, Model] = {}
        for model, kind in product(self.models, moments):
            if model.name not in anew and self._learns(model, kind):
                anew[model.name] = self.refit(model.name, others)
        return [
            [anew[model.name] if self._learns(model, kind) else model for model in self.models]
            for kind in moments
        ]

    def _learns(self, model: Model, moments: Moments) -> bool:
        """Whether a score of the model can have seen its label."""
        return not (self._reading.leaves_out(model, moments) or isinstance(model, Content))

    @property
    def _reading(self) -> MomentReader:
        return MomentReader(self.training, self.system)

    def _learnt_blend(
        self, models: Sequence[Model], moments: Moments, seed: int
    ) -> dict[str, float]:
        """By signal, and of `popularity`."""
        rng = np.random.default_rng(seed)
        uses = np.log1p(self.presenter.statistics.n_events)[None, :]
        choices = []
        for chunk in self._chunks(_thinned(moments)):
            for question, signals, _ in self._reading.told(models, chunk):
                seen = np.zeros(signals.shape[1], np.bool_)
                seen[question.past.item] = True
                terms = np.concatenate([squashed(finite(signals), seen), uses])
                right = self.training.item[question.held[: question.n_right]]
                choices.append(Choice.of(terms, ~seen, right, rng))
        names = (*self.presenter.layout.names, POPULARITY)
        weights = learn_blend(choices) if choices else np.zeros(len(names))
        if not weights.any():
            # Where no signal tells what was taken from the rest, one is as good as another.
            weights = np.ones(len(names))
        return {name: round(float(w), 4) for name, w in zip(names, weights, strict=True)}

    def _chunks(self, moments: Moments) -> list[Moments]:
        """Of so many users as keep the signals of all their moments within bounds."""
        bytes_a_moment = 4 * len(self.presenter.layout.names) * self.training.n_items
        a_user = max(1, moments.n_requests // max(len(moments.user), 1)) * bytes_a_moment
        n_users = int(np.clip(MAX_CHUNK_BYTES // a_user, 1, N_USERS_A_CHUNK))
        starts = range(0, len(moments.user), n_users)
        return [moments.of_users(np.arange(s, min(s + n_users, len(moments.user)))) for s in starts]

    def folds(self, seed: int) -> NDArray[np.int64]:
        """(n_users,): the fold of each user, from 0."""
        rng = np.random.default_rng(seed)
        return rng.integers(self.presenter.config.n_folds, size=self.training.n_users)

    def _of_chunk(
        self,
        models: Sequence[Sequence[Model]],
        seed: int,
        largest_share: float,
        chunk: tuple[int, Moments],
    ) -> tuple[int, list["_Part"]]:
        """chunk: with the number of its kind, which is given back."""
        kind, moments = chunk
        found = []
        for question, signals, told in self._reading.told(models[kind], moments):
            rng = np.random.default_rng([seed, int(question.held[0])])
            found.append(self._part(question, signals, told, largest_share, rng))
        return kind, found

    def _part(
        self,
        question: Question,
        signals: Floats,
        told: Floats,
        largest_share: float,
        rng: np.random.Generator,
    ) -> "_Part":
        """largest_share: of the candidates not chosen, that may be kept."""
        at_s = question.at_s if self.presenter.config.uses_moment else None
        allowed = np.ones(signals.shape[1], np.bool_)
        allowed[question.past.item] = False
        proposed = self.presenter.propose(Moment(question.past, at_s), signals, allowed, 1)
        right = self.training.item[question.held[: question.n_right]]
        place = places_among(proposed.item, right)
        found = place[place >= 0]
        wanted = N_OTHERS_A_FOUND * len(found) / max(len(proposed.item), 1)
        share = min(max(self.presenter.config.negatives_kept, wanted), largest_share)
        kept = rng.random(len(proposed.item)) < share
        if len(question.passed_over):
            kept |= np.isin(proposed.item, question.passed_over)
        kept[found] = True
        chosen = np.flatnonzero(kept) if len(found) else found
        label = np.zeros(len(kept), np.int8)
        label[found] = 1
        return _Part(self.presenter.rows(proposed, told, chosen), label[chosen], place)


def places_among(shown: NDArray[np.int64], asked: NDArray[np.int32]) -> NDArray[np.int64]:
    """(len(asked),): where each stands among those shown, from 0; -1: not there."""
    found = shown[:, None] == asked
    return np.where(found.any(axis=0), found.argmax(axis=0), -1)


def _thinned(moments: Moments) -> Moments:
    """Of as many of the users, evenly, as make enough moments for a blend."""
    n_users = len(moments.user)
    a_user = moments.n_requests / max(n_users, 1)
    return moments.of_users(np.arange(0, n_users, int(n_users * a_user / N_BLEND_MOMENTS) + 1))


@dataclass(frozen=True, slots=True)
class _Part:
    rows: Floats
    label: NDArray[np.int8]
    place: NDArray[np.int64]


def _joined(
    of_moments: Sequence[_Part], of_returns: Sequence[_Part], presenter: Presenter
) -> RankingSet:
    parts = [*of_moments, *of_returns]
    lengths = [len(part.label) for part in parts]
    n_features = len(presenter.features)
    return RankingSet(
        np.concatenate([np.empty((0, n_features), np.float32), *(part.rows for part in parts)]),
        np.concatenate([np.empty(0, np.int8), *(part.label for part in parts)]),
        np.repeat(np.arange(len(parts)), lengths),
        np.concatenate([np.empty(0, np.int64), *(part.place for part in of_moments)]),
        presenter.blend.by_name(presenter.layout.names),
        len(of_returns),
    )
