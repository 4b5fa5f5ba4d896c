"""Fit the named models on one training set."""

import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import structlog
from pydantic import BaseModel

from tastemaker.core.errors import ConfigInvalid, NotEnoughData
from tastemaker.core.training_set import TrainingSet
from tastemaker.models.bundle import ModelBundle, TrainedRanker
from tastemaker.models.manifest import Provenance
from tastemaker.models.registry import MODELS
from tastemaker.models.transition_leave_out import RidgeSystem
from tastemaker.models.transitions import Transitions, TransitionsConfig
from tastemaker.ports import CandidateModel
from tastemaker.recommend.variant import VariantConfig, ranker_key
from tastemaker.train.fit_ranker import fit_ranker

log = structlog.get_logger(__name__)


def warn_of(name: str, why: NotEnoughData) -> None:
    """A line in the log for a model that was left out."""
    log.warning("model left out", model=name, why=str(why))


def fit_models(
    training: TrainingSet,
    names: Sequence[str],
    configs: Mapping[str, BaseModel],
    provenance: Provenance,
    on_progress: Callable[[str, float], None],
    on_left_out: Callable[[str, NotEnoughData], None] = warn_of,
    variants: Mapping[str, VariantConfig] | None = None,
    shelf: Path | None = None,
) -> ModelBundle:
    """A bundle of every named model that the data can carry, and of the variants' rankers.

    configs: by model name; a model without one gets its defaults. A model that the data is too
    small for is left out and told of; only where none is left is NotEnoughData raised.
    Each model's chance depends on the seed and its own name, not on which others are fitted.
    shelf: an empty folder where models lie while others are fitted, so that their arrays are not
    in memory; they are read from it as long as the bundle is used. None: all stay in memory.
    """
    ranked = {name: v for name, v in (variants or {}).items() if v.ranking is not None}
    keeps_system = any(Transitions.name in variant.models for variant in ranked.values())
    models: dict[str, CandidateModel[Any]] = {}
    rankers: dict[str, TrainedRanker] = {}
    system: RidgeSystem | None = None

    def fit(name: str, part: TrainingSet) -> CandidateModel[Any]:
        model = _model(name)
        rng = np.random.default_rng([provenance.seed, zlib.crc32(name.encode())])
        return model.fit(part, configs.get(name, model.config_class()), rng)

    def put_away(model: CandidateModel[Any]) -> CandidateModel[Any]:
        if shelf is None:
            return model
        model.save(shelf / model.name)
        return type(model).load(shelf / model.name)

    for name in names:
        with _step(name, on_progress, on_left_out):
            if name == Transitions.name and keeps_system:
                fitted, system = _with_system(training, configs)
                models[name] = put_away(fitted)
            else:
                models[name] = put_away(fit(name, training))
    if not models:
        raise NotEnoughData(
            "No model could be trained",
            where=f"{training.n_users} users, {training.n_items} items",
            next_step="Ingest more interactions.",
        )
    for name, variant in ranked.items():
        with _step(f"ranker of {name}", on_progress, on_left_out) as tell:
            key = ranker_key(variant)
            alike = [other for other, one in ranked.items() if ranker_key(one) == key]
            rankers[key] = fit_ranker(
                training, alike, variant, models, system, fit, provenance.seed, tell
            )
    return ModelBundle.of(training, models, provenance, rankers)


@contextmanager
def _step(
    name: str,
    on_progress: Callable[[str, float], None],
    on_left_out: Callable[[str, NotEnoughData], None],
) -> Iterator[Callable[[float], None]]:
    """What the data is too small for is left out. Yields what to tell of the part that is done."""
    on_progress(name, 0.0)
    try:
        yield partial(on_progress, name)
    except NotEnoughData as error:
        on_left_out(name, error)
    on_progress(name, 1.0)


def _with_system(
    training: TrainingSet, configs: Mapping[str, BaseModel]
) -> tuple[Transitions, RidgeSystem]:
    config = TransitionsConfig.model_validate(
        configs.get(Transitions.name, TransitionsConfig()).model_dump()
    )
    return Transitions.fit_with_system(training, config)


def _model(name: str) -> type[CandidateModel[Any]]:
    if name not in MODELS:
        raise ConfigInvalid(
            f"There is no model '{name}'",
            where="variants",
            next_step=f"Choose from: {', '.join(sorted(MODELS))}.",
        )
    return MODELS[name]
