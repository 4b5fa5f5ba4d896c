"""Fit the named models on one training set."""

import zlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import structlog
from pydantic import BaseModel

from tastemaker.core.errors import ConfigInvalid, NotEnoughData
from tastemaker.core.training_set import TrainingSet
from tastemaker.models.bundle import ModelBundle
from tastemaker.models.manifest import Provenance
from tastemaker.models.registry import MODELS
from tastemaker.ports import CandidateModel

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
) -> ModelBundle:
    """A bundle of every named model that the data can carry.

    configs: by model name; a model without one gets its defaults. A model that the data is too
    small for is left out and told of; only where none is left is NotEnoughData raised.
    Each model's chance depends on the seed and its own name, not on which others are fitted.
    """
    models: dict[str, CandidateModel[Any]] = {}
    for name in names:
        model = _model(name)
        on_progress(name, 0.0)
        rng = np.random.default_rng([provenance.seed, zlib.crc32(name.encode())])
        try:
            models[name] = model.fit(training, configs.get(name, model.config_class()), rng)
        except NotEnoughData as error:
            on_left_out(name, error)
        on_progress(name, 1.0)
    if not models:
        raise NotEnoughData(
            "No model could be trained",
            where=f"{training.n_users} users, {training.n_items} items",
            next_step="Ingest more interactions.",
        )
    return ModelBundle.of(training, models, provenance)


def _model(name: str) -> type[CandidateModel[Any]]:
    if name not in MODELS:
        raise ConfigInvalid(
            f"There is no model '{name}'",
            where="variants",
            next_step=f"Choose from: {', '.join(sorted(MODELS))}.",
        )
    return MODELS[name]
