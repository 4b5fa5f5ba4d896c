"""What a start needs and does not find."""

from collections.abc import Callable
from importlib import import_module
from threading import Thread

import structlog

from tastemaker.config import Settings
from tastemaker.core.errors import Conflict, EnvironmentProblem
from tastemaker.roles.apart import begun_apart, run_apart
from tastemaker.store.interactions import InteractionLog
from tastemaker.train.compile_ahead import compile_ahead
from tastemaker.train.run import Training
from tastemaker.wire.data import extract_catalogue, ingest, preprocess
from tastemaker.wire.learning import finished, train, training_place, training_plan
from tastemaker.wire.places import (
    Progress,
    catalogue_file,
    dataset_store,
    event_log,
    feature_store,
    model_store,
)

log = structlog.get_logger(__name__)


def prepare(settings: Settings, progress: Progress, begin: Callable[[], None]) -> None:
    """Make what a start needs and does not find: data, features, catalogue, models.

    In a process of its own, so that what only training needs never lives in the server; `begin`
    is called first there, to set up its logs.
    """
    _finish_killed_training(settings)
    with event_log(settings) as events:
        if not _is_prepared(settings, events):
            with begun_apart(_compile_ahead):
                run_apart(_prepare, settings, progress, begin)


def _finish_killed_training(settings: Settings) -> None:
    models = model_store(settings)
    newest = next(iter(models.versions()), None)
    if newest is None or not newest.awaits_service:
        return
    try:
        with training_place(settings).locked():
            finished(models)
    except (Conflict, EnvironmentProblem) as error:
        # What is in service answers; a trainer finishes it later.
        log.warning("the newest version is not in service yet", why=str(error))


def _prepare(settings: Settings, progress: Progress, begin: Callable[[], None]) -> None:
    begin()
    # A second of libraries that a training needs, imported while the data is read.
    Thread(target=import_module, args=["tastemaker.models.alternating_fit"], daemon=True).start()
    if dataset_store(settings).current() is None:
        with progress("ingest") as report:
            ingest(settings, dry_run=False, replace=False, on_progress=report)
    with progress("preprocess") as report:
        preprocess(settings, report)
        extract_catalogue(settings)
    with event_log(settings) as events:
        is_due = _is_training_due(settings, events)
    if is_due:
        with progress("train") as report:
            train(settings, report)


def _compile_ahead() -> None:
    # Of people made up nothing is told.
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    compile_ahead()


def _is_prepared(settings: Settings, events: InteractionLog) -> bool:
    dataset = dataset_store(settings).current()
    features = feature_store(settings).current()
    return (
        dataset is not None
        and features is not None
        and features.manifest.dataset == dataset.version
        and features.manifest.weights == settings.feedback.weights
        and catalogue_file(settings).exists()
        and not _is_training_due(settings, events)
    )


def _is_training_due(settings: Settings, events: InteractionLog) -> bool:
    training = Training(dataset_store(settings), events, model_store(settings))
    return training.is_due(training_plan(settings))
