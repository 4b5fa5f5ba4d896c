"""A trained second stage: the candidates of all models in the order of a ranker."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from tastemaker.core.history import History
from tastemaker.models.bundle import TrainedRanker
from tastemaker.models.item_statistics import ItemStatistics
from tastemaker.models.ranker import Ranker
from tastemaker.recommend.assemble import Moment
from tastemaker.recommend.present import Presented, Presenter
from tastemaker.recommend.ranking_config import RankingConfig
from tastemaker.recommend.retrieve import Candidates
from tastemaker.recommend.signals import Model, Reader, reader, surprises

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class SecondStage:
    models: tuple[Model, ...]
    readers: tuple[Reader, ...]
    ranker: Ranker
    presenter: Presenter

    @classmethod
    def of(
        cls,
        models: Sequence[Model],
        trained: TrainedRanker,
        statistics: ItemStatistics,
        config: RankingConfig,
    ) -> Self:
        record = trained.record
        taught = config.model_copy(
            update={
                "uses_moment": record.uses_moment,
                "n_candidates": record.n_candidates or config.n_candidates,
            }
        )
        presenter = Presenter.of(models, record.blend, statistics, taught)
        return cls(tuple(models), tuple(map(reader, models)), trained.ranker, presenter)

    def scored(
        self,
        history: History,
        request_at_s: int | None,
        allowed: NDArray[np.bool_],
        k: int,
        before: Callable[[str], None] = lambda _model: None,
    ) -> tuple[Candidates, Floats]:
        """The candidates in the order of the blend, and the ranker's score of each.

        None at all where no model has an opinion. A model has proposed those that stand among its
        own first so many of the whole catalogue as there are candidates, and its rank is theirs
        there. before: as in `Scorer.rank`.
        """
        by_model = self._read(history, before)
        allowed = _with_opinion(by_model, allowed)
        shown = self._presented(by_model, history, request_at_s, allowed, k)
        before("ranker")
        return _by_model(by_model, allowed, shown.item), self.ranker.score(shown.rows)

    def candidates(
        self,
        history: History,
        allowed: NDArray[np.bool_],
        k: int,
        before: Callable[[str], None] = lambda _model: None,
    ) -> Candidates:
        """The same without asking the ranker."""
        by_model = self._read(history, before)
        allowed = _with_opinion(by_model, allowed)
        moment = Moment(history, None)
        proposed = self.presenter.propose(moment, np.concatenate(by_model), allowed, k)
        return _by_model(by_model, allowed, proposed.item)

    def presented(
        self, history: History, request_at_s: int | None, allowed: NDArray[np.bool_], k: int
    ) -> Presented:
        """What the ranker is given to read."""
        by_model = self._read(history, lambda _model: None)
        return self._presented(by_model, history, request_at_s, allowed, k)

    def _read(self, history: History, before: Callable[[str], None]) -> list[Floats]:
        by_model = []
        for model, read in zip(self.models, self.readers, strict=True):
            before(model.name)
            by_model.append(read([history])[0])
        return by_model

    def _presented(
        self,
        by_model: Sequence[Floats],
        history: History,
        request_at_s: int | None,
        allowed: NDArray[np.bool_],
        k: int,
    ) -> Presented:
        is_read = self.presenter.config.uses_moment
        moment = Moment(history, request_at_s if is_read else None)
        told = surprises(self.models, history)
        return self.presenter.present(moment, np.concatenate(by_model), told, allowed, k)


def _with_opinion(by_model: Sequence[Floats], allowed: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Nothing is allowed where no model has an opinion of anything."""
    has_opinion = any((np.isfinite(own) & (own != 0)).any() for own, *_ in by_model)
    return allowed if has_opinion else np.zeros_like(allowed)


def _by_model(
    by_model: Sequence[Floats], allowed: NDArray[np.bool_], item: NDArray[np.int64]
) -> Candidates:
    score = np.stack([signals[0, item] for signals in by_model])
    rank = np.empty(score.shape, np.int32)
    for row, (of_item, signals) in enumerate(zip(score, by_model, strict=True)):
        first = _largest(signals[0][allowed], len(item))
        # Equals share the worst of their places, as in the first stage.
        rank[row] = len(first) - np.searchsorted(first, of_item, side="left")
        rank[row, ~(of_item > 0) | (of_item < first.min(initial=np.inf))] = 0
    return Candidates(item.astype(np.int32), score, rank)


def _largest(value: Floats, n_most: int) -> Floats:
    """The largest of them, ascending."""
    return np.sort(np.partition(value, -n_most)[-n_most:] if n_most < len(value) else value)
