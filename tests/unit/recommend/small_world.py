"""A catalogue of eight items and models fitted on a handful of people."""

from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import count

import numpy as np
import polars as pl

from tastemaker.config import DEFAULT_VARIANTS
from tastemaker.core.history import PastEvent
from tastemaker.core.ids import ItemId
from tastemaker.core.interaction import Action
from tastemaker.core.item_attributes import ItemAttributes
from tastemaker.core.training_set import TrainingSet
from tastemaker.core.weights import FeedbackWeights
from tastemaker.ingest.catalogue import CATALOGUE_SCHEMA, Catalogue
from tastemaker.models.bundle import ModelBundle
from tastemaker.models.manifest import Provenance
from tastemaker.recommend.deadline import Stopwatch
from tastemaker.recommend.pipeline import RecommendConfig, Recommender
from tastemaker.recommend.shelf import Shelf
from tastemaker.recommend.variant import VariantConfig
from tastemaker.train.fit import fit_models

GENRES = {"a": ["Comedy"], "b": ["Comedy"], "c": ["Comedy"], "d": ["Drama"]} | {
    "e": ["Drama"],
    "f": ["Drama", "Comedy"],
    "g": ["Horror"],
    "h": [],
}
"""a to d are watched in this order by some, d to g by others; h by nobody."""

SEQUENCES = ["abcd"] * 4 + ["bcda"] * 2 + ["defg"] * 3 + ["efgd"] * 2


def catalogue(unavailable: str = "") -> Catalogue:
    n = len(GENRES)
    columns: dict[str, list[object]] = {
        "item_id": list(GENRES),
        "title": [f"Film {item}" for item in GENRES],
        "year": [1990 + at for at in range(n - 1)] + [None],
        "genres": list(GENRES.values()),
        "available": [item not in unavailable for item in GENRES],
        "tags": [[] for _ in GENRES],
        "n_events": [0] * n,
        "n_ratings": [0] * n,
        "mean_rating": [0.0] * n,
    }
    left_out = {name: [None] * n for name in CATALOGUE_SCHEMA if name not in columns}
    return Catalogue.of_frame(pl.DataFrame(columns | left_out, schema=CATALOGUE_SCHEMA))


def training_set() -> TrainingSet:
    ids = np.array(list(GENRES), np.str_)
    item = np.array([list(GENRES).index(name) for s in SEQUENCES for name in s], np.int32)
    ptr = np.cumsum([0, *(len(s) for s in SEQUENCES)]).astype(np.int64)
    at_s = np.concatenate([np.arange(len(s)) + 1_000 for s in SEQUENCES]).astype(np.int64)
    weight = np.ones(len(item), np.float32)
    return TrainingSet(ids, ptr, item, weight, at_s, ItemAttributes.none(len(ids)))


def bundle() -> ModelBundle:
    provenance = Provenance(
        version="v1", created_at=datetime(2026, 1, 1, tzinfo=UTC), data_version="d1", seed=1
    )
    names = ("popular", "ease", "transitions", "item_knn", "ials", "content")
    return fit_models(training_set(), names, {}, provenance, lambda _step, _done: None)


def recommender(
    *,
    models: ModelBundle | None = None,
    unavailable: str = "",
    stopwatch: Stopwatch = lambda: 0.0,
    default_variant: str = "transitions",
    variants: Mapping[str, VariantConfig] = DEFAULT_VARIANTS,
) -> Recommender:
    trained = models or bundle()
    ids = count()
    return Recommender(
        trained,
        Shelf.of(catalogue(unavailable), trained.item_ids),
        variants,
        FeedbackWeights(),
        RecommendConfig(default_variant=default_variant),
        new_session_id=lambda: f"s{next(ids)}",
        stopwatch=stopwatch,
    )


def watched(items: str) -> list[PastEvent]:
    """Oldest first."""
    return [PastEvent(ItemId(name), Action.WATCHED, None, at + 1) for at, name in enumerate(items)]
