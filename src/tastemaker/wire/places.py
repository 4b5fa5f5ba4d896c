"""Where everything is kept, by the configuration."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from uuid import uuid4

from sqlalchemy import Engine

from tastemaker.config import Settings
from tastemaker.core.errors import NotFound
from tastemaker.features.store import FeatureStore
from tastemaker.ingest.dataset import Dataset
from tastemaker.ingest.dataset_store import DatasetStore
from tastemaker.models.manifest import Manifest
from tastemaker.store.engine import limit_silence, open_engine
from tastemaker.store.interactions import InteractionLog
from tastemaker.store.migrate import migrate
from tastemaker.train.model_store import ModelStore

OnProgress = Callable[[str, float], None]
"""Takes the name of a step and how much of it is done, in [0, 1]."""

Progress = Callable[[str], AbstractContextManager[OnProgress]]
"""Shows the progress of the work named."""


def ingested_dataset(settings: Settings) -> Dataset:
    dataset = dataset_store(settings).current()
    if dataset is None:
        raise NotFound("There is no data yet", next_step="Ingest some: tastemaker ingest.")
    return dataset


def dataset_store(settings: Settings) -> DatasetStore:
    return DatasetStore(settings.home / "data")


def feature_store(settings: Settings) -> FeatureStore:
    return FeatureStore(settings.home / "features", settings.features)


def model_store(settings: Settings) -> ModelStore:
    return ModelStore(settings.home / "models")


def in_service(settings: Settings) -> Manifest:
    current = model_store(settings).current()
    if current is None:
        raise NotFound("No model is trained", next_step="Run: tastemaker train.")
    return current


def catalogue_file(settings: Settings) -> Path:
    return settings.home / "catalogue.parquet"


@contextmanager
def event_log(settings: Settings, silent_s: float | None = None) -> Iterator[InteractionLog]:
    """silent_s: as in `database_engine`."""
    with database_engine(settings, silent_s) as engine:
        log = InteractionLog(engine)
        try:
            yield log
        finally:
            log.close()


@contextmanager
def database_engine(settings: Settings, silent_s: float | None = None) -> Iterator[Engine]:
    """silent_s: after which a server that says nothing counts as away; None: it is waited for."""
    engine = open_engine(settings.database_url, settings.store)
    try:
        migrate(engine)
        if silent_s is not None:
            limit_silence(engine, silent_s)
        yield engine
    finally:
        engine.dispose()


def new_id() -> str:
    return uuid4().hex
