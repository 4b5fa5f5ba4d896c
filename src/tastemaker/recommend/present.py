"""From what the models say at a moment to the candidates and the rows a ranker reads.

Serving and training both come through here; they differ only in where the signals come from.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from tastemaker.core.training_set import TrainingSet
from tastemaker.models.item_statistics import ItemStatistics
from tastemaker.recommend.assemble import Moment, assemble
from tastemaker.recommend.blend import Blend, blended
from tastemaker.recommend.feature_names import feature_names
from tastemaker.recommend.ranking_config import RankingConfig
from tastemaker.recommend.retrieve import top
from tastemaker.recommend.signals import Model, SignalLayout, finite

Floats = NDArray[np.float32]


class Proposed(NamedTuple):
    """item: int64 (n,), the best of the blend first. signals: (n_signals, n_items), finite.
    blend: (n_items,)."""

    moment: Moment
    item: NDArray[np.int64]
    signals: Floats
    blend: Floats


class Presented(NamedTuple):
    """item: int64 (n,), the best of the blend first. rows: float32 (n, n_features)."""

    item: NDArray[np.int64]
    rows: Floats


@dataclass(frozen=True, slots=True)
class Presenter:
    layout: SignalLayout
    blend: Blend
    statistics: ItemStatistics
    config: RankingConfig

    @classmethod
    def of(
        cls,
        models: Sequence[Model],
        blend: Mapping[str, float],
        statistics: ItemStatistics,
        config: RankingConfig,
    ) -> Self:
        """blend: weights by signal, and of `popularity`."""
        layout = SignalLayout.of(models)
        return cls(layout, Blend.of(blend, layout.names), statistics, config)

    def blending(self, weights: Mapping[str, float]) -> Self:
        """The same with other weights of the blend."""
        return replace(self, blend=Blend.of(weights, self.layout.names))

    def told_by(self, others: TrainingSet, everybody: TrainingSet) -> Self:
        """The same with statistics of a part of the people, scaled up to all."""
        share = others.n_events / max(everybody.n_events, 1)
        told = ItemStatistics.of(others, share or 1.0, self.statistics.words)
        return replace(self, statistics=told)

    @property
    def features(self) -> tuple[str, ...]:
        return feature_names(self.layout.names, self.config.uses_moment)

    def present(
        self, moment: Moment, signals: Floats, surprises: Floats, allowed: NDArray[np.bool_], k: int
    ) -> Presented:
        """signals: (n_signals, n_items). allowed: bool (n_items,). At least k where there are."""
        proposed = self.propose(moment, signals, allowed, k)
        everyone = np.arange(len(proposed.item))
        return Presented(proposed.item, self.rows(proposed, surprises, everyone))

    def propose(
        self, moment: Moment, signals: Floats, allowed: NDArray[np.bool_], k: int
    ) -> Proposed:
        """The candidates alone."""
        signals = finite(signals)
        seen = np.zeros(signals.shape[1], np.bool_)
        seen[moment.history.item] = True
        weights, n_uses = self.blend, self.statistics.n_events
        blend = blended(signals, weights.signals, seen, n_uses, weights.popularity)
        proposable = np.where(allowed, blend, np.float32(-np.inf))
        item = top(proposable, max(k, self.config.n_candidates))
        return Proposed(moment, item, signals, blend)

    def rows(self, proposed: Proposed, surprises: Floats, chosen: NDArray[np.int64]) -> Floats:
        """(len(chosen), n_features) of some of the candidates, by their place, ascending."""
        return assemble(
            proposed.moment,
            proposed.signals,
            self.layout.within(proposed.signals),
            proposed.blend,
            proposed.item,
            chosen,
            surprises,
            self.statistics,
            uses_moment=self.config.uses_moment,
        )
