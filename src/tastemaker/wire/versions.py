"""Commands on the trained versions."""

import numpy as np

from tastemaker.config import Settings
from tastemaker.core.clock import system_clock
from tastemaker.core.errors import ModelCorrupt
from tastemaker.models.blas_threads import limit_blas_threads
from tastemaker.roles.apart import EffortConfig, run_beside
from tastemaker.train.contest import contest
from tastemaker.train.fair_cases import fair_cases
from tastemaker.train.gate import Verdict, judge
from tastemaker.train.material import gather, read_interactions
from tastemaker.train.model_store import ListedVersion, StoredVersion
from tastemaker.train.recipe import Recipe, read_recipe
from tastemaker.train.repeat import Repetition, repeat
from tastemaker.train.served import Incumbent, as_trained
from tastemaker.wire.learning import training_plan
from tastemaker.wire.places import (
    OnProgress,
    dataset_store,
    event_log,
    ingested_dataset,
    model_store,
)


def versions(settings: Settings) -> list[StoredVersion]:
    """The newest first."""
    return model_store(settings).versions()


def listed_versions(settings: Settings) -> list[ListedVersion]:
    """The newest first, damaged ones too."""
    return model_store(settings).listed()


def version(settings: Settings, name: str) -> tuple[StoredVersion, Recipe | None]:
    """None where its recipe cannot be read. Raises NotFound or ModelCorrupt."""
    models = model_store(settings)
    stored = models.version(name)
    try:
        return stored, read_recipe(models.path(name))
    except ModelCorrupt:
        return stored, None


def compare(settings: Settings, first: str, second: str) -> Verdict:
    """The first as the candidate, the second as what is in service, each by the variants it was
    trained for, on today's newest events as far as both were spared them."""
    limit_blas_threads(1)
    plan, models = training_plan(settings), model_store(settings)
    candidate, other = (
        as_trained(models, version, plan.variants, plan.variant, plan.similar)
        for version in (first, second)
    )
    dataset, rng = ingested_dataset(settings), np.random.default_rng(plan.seed)
    with event_log(settings) as log:
        material = gather(dataset, log, plan.weights, plan.jury)
        fair = fair_cases(
            material,
            lambda: read_interactions(dataset, log, material.n_live_rows)[0],
            [one.recipe for one in (candidate, other) if one.recipe is not None],
            plan.weights,
            plan.jury,
            plan.gate,
        )
    tried = [name for name in plan.judged if name in candidate.variants]
    judged = tuple(dict.fromkeys([candidate.default, *tried]))
    met = contest(candidate, Incumbent(other, fair.note), judged, fair.cases, rng)
    return judge(met, fair.cases, plan.gate, rng)


def promote(settings: Settings, version: str) -> None:
    model_store(settings).promote(version, system_clock)


def roll_back(settings: Settings) -> str:
    """Returns the version that is in service now."""
    models = model_store(settings)
    version = models.previous()
    models.promote(version, system_clock)
    return version


def repeat_version(settings: Settings, version: str, on_progress: OnProgress) -> Repetition:
    """In a process on as many cores as the training had."""
    recipe = read_recipe(model_store(settings).known_path(version))
    on_progress("fit again", 0.0)
    done = run_beside(EffortConfig(n_cores=recipe.n_threads), _repeat, settings, version)
    on_progress("fit again", 1.0)
    return done


def _repeat(settings: Settings, version: str) -> Repetition:
    limit_blas_threads(1)
    with event_log(settings) as log:
        return repeat(
            version, model_store(settings), dataset_store(settings), log, lambda _step, _done: None
        )


def prune(settings: Settings, keep: int | None) -> list[str]:
    """keep: None for the configured bound. Returns the versions that went."""
    return model_store(settings).prune(keep or settings.train.keep_versions)
