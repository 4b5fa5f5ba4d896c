"""A small shop with real models, for the tests of the API."""

from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from time import monotonic
from typing import Any

import numpy as np
import polars as pl
from prometheus_client import CollectorRegistry

from tastemaker.adapters.bus.sqlite import SqliteBus
from tastemaker.adapters.slate_log.sql import SqlSlateLog
from tastemaker.api.services import Services
from tastemaker.core.interaction import Action
from tastemaker.core.weights import FeedbackWeights
from tastemaker.features.training_set import build_training_set
from tastemaker.ingest.catalogue import CATALOGUE_SCHEMA, Catalogue
from tastemaker.ingest.frames import INTERACTIONS_SCHEMA, ITEMS_SCHEMA
from tastemaker.models.bundle import ModelBundle
from tastemaker.models.ease import Ease, EaseConfig
from tastemaker.models.item_knn import ItemKnn, ItemKnnConfig
from tastemaker.models.manifest import Provenance
from tastemaker.models.popular import Popular, PopularConfig
from tastemaker.observe.experiments.assign import Experiments
from tastemaker.observe.experiments.experiment_config import ExperimentConfig
from tastemaker.observe.metrics import Metrics
from tastemaker.observe.slate_writer import SlateWriter, SlateWritingConfig
from tastemaker.ports import CandidateModel
from tastemaker.recommend.people import People
from tastemaker.recommend.pipeline import RecommendConfig, Recommender
from tastemaker.recommend.shelf import Shelf
from tastemaker.recommend.variant import VariantConfig
from tastemaker.roles.retraining import Retraining
from tastemaker.store.database import Database
from tastemaker.store.engine import StoreConfig, open_engine
from tastemaker.store.interactions import InteractionLog
from tastemaker.store.live_past import LivePast
from tastemaker.store.migrate import migrate
from tastemaker.store.user_genres import UserGenres
from tastemaker.train.retrain_state import RetrainStates

NOW = datetime(2024, 6, 1, 12, tzinfo=UTC)
N_ITEMS = 40
UNTRAINED = "als"
"""A variant of the configuration without a model."""
WEIGHTS = FeedbackWeights()
CONFIG = RecommendConfig(default_variant="ease", similar_variant="ease", deadline_ms=60_000)


def item_rows() -> list[dict[str, object]]:
    """Even numbers are comedies, odd ones dramas, every fifth a comedy too; 1980 to 2019."""
    rows: list[dict[str, object]] = []
    for number in range(N_ITEMS):
        genres = {"Comedy"} if number % 2 == 0 else {"Drama"}
        if number % 5 == 0:
            genres.add("Comedy")
        row: dict[str, object] = dict.fromkeys(CATALOGUE_SCHEMA.names())
        row |= {
            "item_id": str(number),
            "kind": "movie",
            "title": "Amélie" if number == 7 else f"Film Number {number}",
            "year": None if number == 39 else 1980 + number,
            "genres": sorted(genres),
            "tags": [],
            "description": "",
            "imdb_id": f"tt{number}",
            "available": number != 38,
            "n_events": N_ITEMS - number,
            "n_ratings": 0 if number == 39 else N_ITEMS - number,
            "mean_rating": 0.0 if number == 39 else 1.0 + number / 10,
        }
        rows.append(row)
    return rows


def catalogue() -> Catalogue:
    return Catalogue.of_frame(pl.DataFrame(item_rows(), CATALOGUE_SCHEMA))


def interactions() -> pl.DataFrame:
    """120 users, each with six films of one genre, popular ones more often."""
    rng = np.random.default_rng(7)
    rows: list[tuple[object, ...]] = []
    for user in range(120):
        of_genre = np.arange(user % 2, N_ITEMS, 2)
        share = 1.0 / np.arange(1, len(of_genre) + 1)
        for item in rng.choice(of_genre, 6, replace=False, p=share / share.sum()):
            rows.append((f"u{user}", str(item), Action.WATCHED.value, None, None, NOW, len(rows)))
    return pl.DataFrame(rows, INTERACTIONS_SCHEMA, orient="row")


def trained_recommender(config: RecommendConfig = CONFIG) -> Recommender:
    items = pl.DataFrame(item_rows(), CATALOGUE_SCHEMA).select(ITEMS_SCHEMA.names())
    training, _ = build_training_set(interactions(), items, WEIGHTS)
    rng = np.random.default_rng(0)
    models: dict[str, CandidateModel[Any]] = {
        "popular": Popular.fit(training, PopularConfig(), rng),
        "ease": Ease.fit(training, EaseConfig(ridge=10.0), rng),
        "item_knn": ItemKnn.fit(training, ItemKnnConfig(), rng),
    }
    provenance = Provenance(version="v1", created_at=NOW, data_version="d1", seed=0)
    bundle = ModelBundle.of(training, models, provenance)
    sessions = count()
    return Recommender(
        bundle,
        Shelf.of(catalogue(), bundle.item_ids),
        {name: VariantConfig(models=(name,)) for name in (*models, UNTRAINED)},
        WEIGHTS,
        config,
        new_session_id=lambda: f"session-{next(sessions)}",
        stopwatch=monotonic,
    )


def open_shop(
    folder: Path,
    trained: Recommender,
    experiments: Mapping[str, ExperimentConfig] | None = None,
) -> Services:
    """Its logs of events and slates lie in the folder; close them when done."""
    engine = open_engine(f"sqlite:///{folder}/shop.db", StoreConfig(busy_timeout_s=0.05))
    migrate(engine)
    log = InteractionLog(engine)
    ids = count()
    # In a file of its own: a test that locks the shop's database means its events.
    slates = open_engine(f"sqlite:///{folder}/slates.db", StoreConfig())
    migrate(slates)
    slate_log = SqlSlateLog(slates)
    return Services(
        recommender=trained,
        catalogue=trained.shelf.catalogue,
        people=People([LivePast(log, 1_000)]),
        interactions=log,
        metrics=Metrics(CollectorRegistry()),
        weights=WEIGHTS,
        clock=lambda: NOW,
        new_id=lambda: f"made-{next(ids)}",
        retraining=Retraining(
            SqliteBus(folder / "bus.db", lambda: NOW),
            RetrainStates(Database(engine)),
            lambda: NOW,
            lambda: f"asked-{next(ids)}",
        ),
        genres=UserGenres(Database(engine)),
        slates=SlateWriter(slate_log, SlateWritingConfig(write_every_s=0.001), monotonic),
        slate_log=slate_log,
        experiments=Experiments(experiments or {}),
    )
