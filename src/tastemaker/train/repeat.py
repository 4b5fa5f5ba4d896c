"""A recorded training once more, compared with what it made byte by byte."""

import filecmp
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tastemaker.core.errors import Conflict
from tastemaker.ingest.dataset_store import DatasetStore
from tastemaker.models.blas_threads import n_cores
from tastemaker.models.description_sums import SUMS
from tastemaker.models.registry import MODELS
from tastemaker.store.interactions import InteractionLog
from tastemaker.train.fit import fit_models
from tastemaker.train.material import gather
from tastemaker.train.model_store import ModelStore
from tastemaker.train.recipe import (
    RECIPE,
    Recipe,
    code_version,
    library_versions,
    machine,
    read_recipe,
    training_hash,
)
from tastemaker.train.version_record import RECORD


@dataclass(frozen=True, slots=True)
class Repetition:
    """differing: files of the version that came out otherwise, in it or in the repetition only;
    empty where it was repeated exactly. changed: what is not as it was recorded, in words."""

    version: str
    n_files: int
    differing: tuple[str, ...]
    changed: tuple[str, ...]


def repeat(
    version: str,
    models: ModelStore,
    datasets: DatasetStore,
    live: InteractionLog,
    on_progress: Callable[[str, float], None],
) -> Repetition:
    """Nothing is stored. Run it with the number of cores of the recipe, or sums round otherwise.

    Raises NotFound (no such version, or its data set is gone), ModelCorrupt, and Conflict where
    the data is no longer what it was.
    """
    folder = models.known_path(version)
    recipe, manifest = read_recipe(folder), models.version(version).manifest
    material = gather(
        datasets.version(recipe.dataset), live, recipe.weights, recipe.jury, recipe.n_live_rows
    )
    if training_hash(material.training) != recipe.training_hash:
        raise Conflict(
            "The data is no longer what this version was trained on",
            where=version,
            next_step="Events or the catalogue were changed or erased since; train a new version.",
        )
    configs = {
        name: MODELS[name].config_class.model_validate(config)
        for name, config in manifest.configs.items()
    }
    bundle = fit_models(
        material.training,
        recipe.models,
        configs,
        manifest.provenance,
        on_progress,
        variants=recipe.variants,
    )
    with tempfile.TemporaryDirectory() as again:
        bundle.write(Path(again))
        n_files, differing = _compared(folder, Path(again))
    return Repetition(version, n_files, differing, tuple(_changes(recipe)))


def _compared(before: Path, after: Path) -> tuple[int, tuple[str, ...]]:
    """How many files there were, and the names of those that are not the same now."""
    old, new = _files(before), _files(after)
    differing = {
        name for name in old & new if not filecmp.cmp(before / name, after / name, shallow=False)
    }
    return len(old), tuple(sorted(differing | (old ^ new)))


def _changes(recipe: Recipe) -> Iterator[str]:
    before = {"code": recipe.commit, "cores": str(recipe.n_threads)}
    before |= recipe.machine | recipe.libraries
    today = {"code": code_version(), "cores": str(n_cores())} | machine() | library_versions()
    for name, now in today.items():
        if (then := before.get(name, "not recorded")) != now:
            yield f"{name}: {then}, now {now}"


def _files(folder: Path) -> set[str]:
    found = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    return found - {RECIPE, RECORD, SUMS}
