"""Commands on models."""

from collections.abc import Callable, Sequence
from pathlib import Path

import structlog

from tastemaker.config import Settings
from tastemaker.core import trace
from tastemaker.core.clock import system_clock
from tastemaker.core.errors import ModelError
from tastemaker.models.blas_threads import limit_blas_threads
from tastemaker.roles.apart import run_beside
from tastemaker.store.version_folder import VersionFolder
from tastemaker.train.batch import fit
from tastemaker.train.batch_files import read_source
from tastemaker.train.batch_model import BatchModel
from tastemaker.train.model_store import ModelStore, StoredVersion
from tastemaker.train.recipe import read_recipe
from tastemaker.train.run import Training, TrainingPlan, models_of
from tastemaker.train.run_evaluation import (
    EvaluationPlan,
    Part,
    Report,
    chosen_variants,
    run_evaluation,
)
from tastemaker.train.split import Protocol
from tastemaker.train.tracking import Tracker
from tastemaker.wire.places import (
    OnProgress,
    dataset_store,
    event_log,
    ingested_dataset,
    model_store,
)

log = structlog.get_logger(__name__)


def train(settings: Settings, on_progress: OnProgress) -> StoredVersion:
    """Raises Conflict where another process trains."""
    limit_blas_threads(1)
    place = training_place(settings)
    with place.locked(), place.scratch() as shelf:
        return _train_alone(settings, shelf, on_progress)


def clear_unfinished(settings: Settings) -> None:
    """Remove what a killed training left behind. Raises Conflict while another one works."""
    with training_place(settings).locked():
        model_store(settings).clear_unfinished()


def training_place(settings: Settings) -> VersionFolder:
    """Its lock is held while a training is under way in this home."""
    return VersionFolder(settings.home / "training")


def finished(models: ModelStore) -> StoredVersion | None:
    """The newest version, in service now where a training was killed just before that; None where
    there is none that could serve. Only where nobody else trains."""
    try:
        return models.finish(system_clock)
    except ModelError as error:
        log.error("the newest version cannot go into service", why=str(error))
        return None


def _train_alone(settings: Settings, shelf: Path, on_progress: OnProgress) -> StoredVersion:
    models = model_store(settings)
    tracker = Tracker(settings.train.tracking, settings.home)
    tracker.begin()
    try:
        with event_log(settings) as log:
            made = Training(dataset_store(settings), log, models).run(
                training_plan(settings), shelf=shelf, clock=system_clock, on_progress=on_progress
            )
    except Exception as error:
        tracker.fail(error)
        raise
    folder = models.path(made.version)
    on_progress("record", 0.0)
    tracker.record(made, read_recipe(folder), folder)
    on_progress("record", 1.0)
    return made


def train_beside(settings: Settings, begin: Callable[[], None] | None) -> StoredVersion:
    """The same in a process of its own that stands back for this one; begin: called first there."""
    return run_beside(settings.train.beside, _train_quietly, settings, begin, trace.current())


def _train_quietly(
    settings: Settings, begin: Callable[[], None] | None, request_id: str
) -> StoredVersion:
    trace.set_current(request_id)
    if begin is not None:
        begin()
    return train(settings, lambda _step, _done: None)


def evaluate(
    settings: Settings,
    location: str | None,
    protocol: Protocol,
    variants: Sequence[str],
    part: Part,
    rounds: int,
    on_progress: OnProgress,
) -> Report:
    """location: a source that is read for this only; None for the ingested data set. rounds: as in
    `EvaluationPlan`."""
    limit_blas_threads(1)
    if location is None:
        dataset = ingested_dataset(settings)
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
        rounds=rounds,
    )
    return run_evaluation(interactions, items, plan, clock=system_clock, on_progress=on_progress)


def fit_batch(
    settings: Settings, location: str, variant: str, on_progress: OnProgress
) -> BatchModel:
    """A variant fitted to one file, without a home folder."""
    limit_blas_threads(1)
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


def training_plan(settings: Settings) -> TrainingPlan:
    default, now = settings.recommend.default_variant, system_clock()
    running = [one for one in settings.experiments.values() if one.is_on(now)]
    tried = [variant for experiment in running for variant in experiment.variants]
    return TrainingPlan(
        models=models_of({name: variant.models for name, variant in settings.variants.items()}),
        configs=settings.model_configs(),
        variants=settings.variants,
        weights=settings.feedback.weights,
        seed=settings.train.seed,
        variant=default,
        similar=settings.recommend.similar_variant,
        judged=tuple(dict.fromkeys([default, *tried])),
        jury=settings.train.jury,
        gate=settings.train.gate,
        keep_versions=settings.train.keep_versions,
    )
