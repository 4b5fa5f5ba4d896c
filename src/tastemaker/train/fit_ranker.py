"""Teach the second stage of a variant."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import structlog

from tastemaker.core.errors import NotEnoughData
from tastemaker.core.training_set import TrainingSet
from tastemaker.models.blas_threads import n_cores
from tastemaker.models.bundle import TrainedRanker
from tastemaker.models.item_statistics import ItemStatistics
from tastemaker.models.manifest import RankerRecord
from tastemaker.models.ranker import Ranker, RankerConfig
from tastemaker.models.transition_leave_out import RidgeSystem
from tastemaker.ports import CandidateModel
from tastemaker.recommend.present import Presenter
from tastemaker.recommend.ranking_config import RankingConfig
from tastemaker.recommend.variant import VariantConfig
from tastemaker.train.moments import Kind, Moments, draw_moments, draw_returns, kind_of_moments
from tastemaker.train.ranking_set import RankingSet, Refit, Teacher

log = structlog.get_logger(__name__)

SHARE_OF_ROWS = 0.6
"""Of the time, about; the trees take the rest."""


def fit_ranker(
    training: TrainingSet,
    names: Sequence[str],
    variant: VariantConfig,
    models: Mapping[str, CandidateModel[Any]],
    system: RidgeSystem | None,
    refit: Refit,
    seed: int,
    on_progress: Callable[[float], None],
) -> TrainedRanker:
    """variant: one with `ranking`. names: of all variants like it. system: of the
    transitions in `models`.

    Raises NotEnoughData where a model of the variant is missing or moments are too few.
    """
    config = variant.ranking
    assert config is not None
    kind = kind_of_moments(training, config)
    rng = np.random.default_rng(seed)
    moments = draw_moments(training, config, rng)
    returns = draw_returns(training, config, rng)
    missing = [name for name in variant.models if name not in models]
    if missing or moments.n_requests < config.min_requests:
        raise _too_little(variant, config, moments, missing)
    of_variant: Sequence[CandidateModel[Any]] = [models[name] for name in variant.models]
    statistics = ItemStatistics.of(training)
    reads_moment = config.uses_moment and kind == "next"
    taught = config.model_copy(update={"uses_moment": reads_moment})
    presenter = Presenter.of(of_variant, config.blend or {}, statistics, taught)
    teacher = Teacher(training, of_variant, system, refit, presenter)
    learnt = teacher.build(moments, returns, seed, lambda done: on_progress(SHARE_OF_ROWS * done))
    ranker = Ranker.fit(
        learnt.rows,
        learnt.label,
        learnt.group,
        presenter.features,
        _paced(config, kind),
        seed=seed,
        n_threads=n_cores(),
    )
    record = _record(names, variant, kind, moments, learnt, presenter, ranker)
    log.info(
        "ranker fitted",
        models=variant.models,
        n_requests=record.n_requests,
        n_returns=record.n_returns,
        n_rows=record.n_rows,
        candidate_recall=record.candidate_recall,
    )
    return TrainedRanker(ranker, record)


def _paced(config: RankingConfig, kind: Kind) -> RankerConfig:
    """Where all of a part is asked for at once, quick learning remembers single moments."""
    if kind == "next":
        return config.ranker
    pace = {"learning_rate": config.rate_any, "depth": config.depth_any}
    return config.ranker.model_copy(update=pace)


def _record(
    names: Sequence[str],
    variant: VariantConfig,
    kind: Kind,
    moments: Moments,
    learnt: RankingSet,
    presenter: Presenter,
    ranker: Ranker,
) -> RankerRecord:
    config = presenter.config
    return RankerRecord(
        variants=tuple(names),
        models=variant.models,
        n_candidates=config.n_candidates,
        moments=kind,
        uses_moment=config.uses_moment,
        n_requests=moments.n_requests,
        n_returns=learnt.n_returns,
        n_rows=len(learnt.rows),
        blend=dict(learnt.blend),
        candidate_recall=learnt.candidate_recall(config.n_candidates),
        importances=dict(ranker.importances()),
    )


def _too_little(
    variant: VariantConfig, config: RankingConfig, moments: Moments, missing: Sequence[str]
) -> NotEnoughData:
    return NotEnoughData(
        f"A ranker of {', '.join(variant.models)} needs {config.min_requests} moments of "
        "people's pasts and all its models",
        where=f"{moments.n_requests} moments, without {', '.join(missing) or 'none'}",
        next_step="Give more interactions, or lower ranking.min_requests of the variant.",
    )
