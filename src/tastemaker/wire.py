"""The one place where the parts are put together."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from secrets import token_urlsafe
from uuid import uuid4

from fastapi import FastAPI
from prometheus_client import CollectorRegistry
from sqlalchemy import Engine

from tastemaker.accounts.passwords import Passwords
from tastemaker.accounts.registry import Registry
from tastemaker.accounts.registry import make_admin as give_admin
from tastemaker.api.api_config import refuse_open_writes
from tastemaker.api.app import create_app
from tastemaker.api.open_storefront import open_pictures, open_storefront
from tastemaker.api.services import Services
from tastemaker.api.storefront import Storefront
from tastemaker.config import Settings
from tastemaker.core.account import Account
from tastemaker.core.clock import system_clock
from tastemaker.core.errors import NotFound
from tastemaker.core.ids import UserId
from tastemaker.features.preprocess import Preprocess
from tastemaker.features.store import FeatureStore
from tastemaker.ingest.catalogue import Catalogue, build_catalogue, save_catalogue
from tastemaker.ingest.dataset import Dataset
from tastemaker.ingest.dataset_store import DatasetStore
from tastemaker.ingest.ingest import Ingest
from tastemaker.ingest.open_source import open_source
from tastemaker.ingest.report import IngestReport
from tastemaker.models.bundle import ModelBundle
from tastemaker.models.manifest import Manifest
from tastemaker.observe.metrics import Metrics
from tastemaker.recommend.people import People
from tastemaker.recommend.pipeline import Recommender
from tastemaker.recommend.shelf import Shelf
from tastemaker.roles import doctor
from tastemaker.roles.apart import run_apart
from tastemaker.store.accounts import AccountStore
from tastemaker.store.database import Database
from tastemaker.store.engine import open_engine
from tastemaker.store.interactions import InteractionLog
from tastemaker.store.live_past import LivePast
from tastemaker.store.migrate import migrate
from tastemaker.train.batch import fit
from tastemaker.train.batch_files import read_source
from tastemaker.train.batch_model import BatchModel
from tastemaker.train.model_store import ModelStore
from tastemaker.train.run import Training, TrainingPlan, models_of
from tastemaker.train.run_evaluation import (
    EvaluationPlan,
    Part,
    Report,
    chosen_variants,
    run_evaluation,
)
from tastemaker.train.split import Protocol

OnProgress = Callable[[str, float], None]
Progress = Callable[[str], AbstractContextManager[OnProgress]]


def ingest(
    settings: Settings, *, dry_run: bool, replace: bool, on_progress: OnProgress
) -> IngestReport:
    """The configured source into the data set."""
    data = settings.data
    source = open_source(
        data.source,
        data.columns,
        items=data.items,
        item_columns=data.item_columns,
        query=data.query,
        form=data.format,
    )
    return Ingest(_datasets(settings), settings.ingest).run(
        source, clock=system_clock, on_progress=on_progress, dry_run=dry_run, replace=replace
    )


def preprocess(settings: Settings, on_progress: OnProgress) -> str:
    """Feature tables of the data set; returns their version."""
    made = Preprocess(_features(settings), settings.feedback.weights).run(
        _dataset(settings), clock=system_clock, on_progress=on_progress
    )
    return made.version


def extract_catalogue(settings: Settings) -> tuple[int, Path]:
    """The number of items and the file they were written to."""
    path = _catalogue_file(settings)
    frame = build_catalogue(_dataset(settings))
    save_catalogue(frame, path)
    return len(frame), path


def evaluate(
    settings: Settings,
    location: str | None,
    protocol: Protocol,
    variants: Sequence[str],
    part: Part,
    on_progress: OnProgress,
) -> Report:
    """location: a source that is read for this only; None for the ingested data set."""
    if location is None:
        dataset = _dataset(settings)
        interactions, items = dataset.read_interactions(), dataset.read_items()
    else:
        read = read_source(
            location,
            settings.data.columns,
            settings.ingest,
            clock=system_clock,
            on_progress=on_progress,
        )
        interactions, items = read.interactions, read.items
    plan = EvaluationPlan(
        protocol=protocol,
        variants=chosen_variants(variants, settings.variants),
        configs=settings.model_configs(),
        weights=settings.feedback.weights,
        seed=settings.train.seed,
        part=part,
    )
    return run_evaluation(interactions, items, plan, clock=system_clock, on_progress=on_progress)


def fit_batch(
    settings: Settings, location: str, variant: str, on_progress: OnProgress
) -> BatchModel:
    """A variant fitted to one file, without a home folder."""
    return fit(
        location,
        chosen_variants([variant], settings.variants)[variant],
        name=variant,
        columns=settings.data.columns,
        configs=settings.model_configs(),
        weights=settings.feedback.weights,
        limits=settings.ingest,
        seed=settings.train.seed,
        on_progress=on_progress,
    )


def train(settings: Settings, on_progress: OnProgress) -> Manifest:
    with _log(settings) as log:
        return Training(_datasets(settings), log, _models(settings)).run(
            _plan(settings),
            clock=system_clock,
            on_progress=on_progress,
            keep_versions=settings.train.keep_versions,
        )


def prepare(settings: Settings, progress: Progress) -> None:
    """Make what a start needs and does not find: data, features, catalogue, models.

    In a process of its own, so that what only training needs never lives in the server.
    """
    with _log(settings) as log:
        if not _is_prepared(settings, log):
            run_apart(_prepare, settings, progress)


def refuse_unsafe(settings: Settings) -> None:
    """Raises ConfigInvalid before any long work where the server would refuse to start."""
    refuse_open_writes(settings.api)


@contextmanager
def application(settings: Settings) -> Iterator[FastAPI]:
    """The HTTP application on what is in service; at the end the database is closed."""
    with _log(settings) as log, _engine(settings) as engine:
        services = _services(settings, log)
        storefront = _storefront(settings, engine, services.catalogue)
        yield create_app(services, settings.api, storefront)


def make_admin(settings: Settings, name: str, ask_password: Callable[[], str]) -> Account:
    """An account with the rights of an operator; ask_password: called where it is a new one."""
    with _engine(settings) as engine:
        store = AccountStore(Database(engine))
        passwords = Passwords(settings.accounts.min_password_length)
        registry = Registry(store, passwords, settings.accounts, system_clock, _new_id)
        return give_admin(registry, name, ask_password)


def examine(settings: Settings) -> list[doctor.Finding]:
    """Everything the doctor finds, from the disk upwards."""
    findings = [
        *doctor.try_out(partial(doctor.disk, settings.home)),
        *doctor.try_out(lambda: doctor.data(_datasets(settings).current())),
    ]
    if settings.home.is_dir():
        findings += doctor.try_out(lambda: _examine_models(settings))
    return findings


def _examine_models(settings: Settings) -> Iterator[doctor.Finding]:
    with _log(settings) as log:
        models, datasets = _models(settings), _datasets(settings)
        current = models.current()
        is_due = datasets.current() is not None and Training(datasets, log, models).is_due(
            _plan(settings)
        )
        yield from doctor.models(current, is_due and current is not None)
        if current is not None:
            people = _people(settings, log)
            known = _features(settings).current()
            someone = None
            if known is not None and known.histories().n_users:
                someone = UserId(known.histories().user_ids.texts()[0])
            catalogue = Catalogue.load(_catalogue_file(settings))
            yield from doctor.answers(_recommender(settings, catalogue), people, someone)


def _prepare(settings: Settings, progress: Progress) -> None:
    if _datasets(settings).current() is None:
        with progress("ingest") as report:
            ingest(settings, dry_run=False, replace=False, on_progress=report)
    with progress("preprocess") as report:
        preprocess(settings, report)
        extract_catalogue(settings)
    with _log(settings) as log:
        is_due = Training(_datasets(settings), log, _models(settings)).is_due(_plan(settings))
    if is_due:
        with progress("train") as report:
            train(settings, report)


def _is_prepared(settings: Settings, log: InteractionLog) -> bool:
    dataset = _datasets(settings).current()
    features = _features(settings).current()
    return (
        dataset is not None
        and features is not None
        and features.manifest.dataset == dataset.version
        and features.manifest.weights == settings.feedback.weights
        and _catalogue_file(settings).exists()
        and not Training(_datasets(settings), log, _models(settings)).is_due(_plan(settings))
    )


def _services(settings: Settings, log: InteractionLog) -> Services:
    catalogue = Catalogue.load(_catalogue_file(settings))
    recommender = _recommender(settings, catalogue)
    metrics = Metrics(CollectorRegistry())
    made = _in_service(settings).provenance
    metrics.model_in_service(made.version, made.created_at, system_clock)
    return Services(
        recommender=recommender,
        catalogue=catalogue,
        people=_people(settings, log),
        interactions=log,
        metrics=metrics,
        weights=settings.feedback.weights,
        clock=system_clock,
        new_id=_new_id,
    )


def _recommender(settings: Settings, catalogue: Catalogue) -> Recommender:
    bundle = ModelBundle.load(_models(settings).path(_in_service(settings).provenance.version))
    return Recommender(
        bundle,
        Shelf.of(catalogue, bundle.item_ids),
        settings.variants,
        settings.feedback.weights,
        settings.recommend,
        new_session_id=_new_id,
        stopwatch=time.perf_counter,
    )


def _people(settings: Settings, log: InteractionLog) -> People:
    features = _features(settings).current()
    live = LivePast(log, settings.recommend.max_history)
    return People([live] if features is None else [features.histories(), live])


def _in_service(settings: Settings) -> Manifest:
    current = _models(settings).current()
    if current is None:
        raise NotFound("No model is trained", next_step="Run: tastemaker train.")
    return current


def _storefront(settings: Settings, engine: Engine, catalogue: Catalogue) -> Storefront:
    return open_storefront(
        engine,
        catalogue,
        settings.accounts,
        open_pictures(settings.home / "pictures", catalogue, settings.pictures, system_clock),
        Passwords(settings.accounts.min_password_length),
        _models(settings).stored,
        clock=system_clock,
        new_id=_new_id,
        new_token=token_urlsafe,
    )


@contextmanager
def _log(settings: Settings) -> Iterator[InteractionLog]:
    with _engine(settings) as engine:
        log = InteractionLog(engine)
        try:
            yield log
        finally:
            log.close()


@contextmanager
def _engine(settings: Settings) -> Iterator[Engine]:
    engine = open_engine(settings.database_url, settings.store)
    migrate(engine)
    try:
        yield engine
    finally:
        engine.dispose()


def _plan(settings: Settings) -> TrainingPlan:
    return TrainingPlan(
        models=models_of({name: variant.models for name, variant in settings.variants.items()}),
        configs=settings.model_configs(),
        weights=settings.feedback.weights,
        seed=settings.train.seed,
    )


def _dataset(settings: Settings) -> Dataset:
    dataset = _datasets(settings).current()
    if dataset is None:
        raise NotFound("There is no data yet", next_step="Ingest some: tastemaker ingest.")
    return dataset


def _datasets(settings: Settings) -> DatasetStore:
    return DatasetStore(settings.home / "data")


def _features(settings: Settings) -> FeatureStore:
    return FeatureStore(settings.home / "features", settings.features)


def _models(settings: Settings) -> ModelStore:
    return ModelStore(settings.home / "models")


def _catalogue_file(settings: Settings) -> Path:
    return settings.home / "catalogue.parquet"


def _new_id() -> str:
    return uuid4().hex
