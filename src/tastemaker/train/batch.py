"""Fit a variant to a file, load it again: `tastemaker.fit` and `tastemaker.load`."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from pydantic import BaseModel

from tastemaker.core.clock import Clock, system_clock
from tastemaker.core.errors import NotEnoughData
from tastemaker.core.training_set import TrainingSet
from tastemaker.core.weights import FeedbackWeights
from tastemaker.features.training_set import build_training_set
from tastemaker.ingest.columns import ColumnMap
from tastemaker.ingest.describe import content_hash
from tastemaker.ingest.limits import IngestConfig
from tastemaker.models.bundle import ModelBundle
from tastemaker.models.manifest import Provenance
from tastemaker.recommend.variant import VariantConfig
from tastemaker.train.batch_files import read_source
from tastemaker.train.batch_model import VARIANT, BatchDescription, BatchModel
from tastemaker.train.fit import fit_models

DEFAULT_VARIANT = "transitions"


def fit(
    interactions: str | Path,
    variant: str | VariantConfig = DEFAULT_VARIANT,
    *,
    name: str | None = None,
    columns: ColumnMap | None = None,
    configs: Mapping[str, BaseModel] | None = None,
    weights: FeedbackWeights | None = None,
    limits: IngestConfig | None = None,
    seed: int = 42,
    clock: Clock = system_clock,
    on_progress: Callable[[str, float], None] = lambda _step, _done: None,
) -> BatchModel:
    """Learn from a CSV, TSV, Parquet or JSONL file, a MovieLens folder or `movielens-small`.

    variant: the name of one model, or which models to fuse. name: what to call the variant; None
    for the names of its models. columns: which column means what; None: `user_id`, `item_id`.
    configs: by model name. limits: of validation; None for the defaults on the weights' scale.
    Same file and seed: same model. Raises InputError, NotEnoughData.
    """
    config = VariantConfig(models=(variant,)) if isinstance(variant, str) else variant
    table = weights or FeedbackWeights()
    read = read_source(
        str(interactions),
        columns,
        limits or IngestConfig(rating_scale=table.rating_scale),
        clock=clock,
        on_progress=on_progress,
    )
    training, _ = build_training_set(read.interactions, read.items, table)
    provenance = _provenance(config, content_hash(read.interactions, read.items), seed, clock)
    needed = tuple(dict.fromkeys((*config.models, "popular")))
    bundle = fit_models(
        training, needed, configs or {}, provenance, on_progress, variants={VARIANT: config}
    )
    _refuse_without(config.models, bundle, training)
    description = BatchDescription(
        variant=name or "+".join(config.models), config=config, weights=table
    )
    return BatchModel(description, bundle)


def load(folder: str | Path) -> BatchModel:
    """What `BatchModel.save` wrote. Raises NotFound or ModelCorrupt."""
    return BatchModel.load(folder)


def _refuse_without(models: Sequence[str], bundle: ModelBundle, training: TrainingSet) -> None:
    if not set(models) & set(bundle.models):
        raise NotEnoughData(
            f"The file is too small for {', '.join(models)}",
            where=f"{training.n_users} users, {training.n_items} items",
            next_step="Give more interactions, or fit the variant popular.",
        )


def _provenance(config: VariantConfig, content: str, seed: int, clock: Clock) -> Provenance:
    """The version names what was learnt from, not when."""
    digest = hashlib.sha256(f"{content}+{seed}".encode()).hexdigest()
    return Provenance(
        version=f"{'+'.join(config.models)}-{digest[:12]}",
        created_at=clock(),
        data_version=content,
        seed=seed,
    )
