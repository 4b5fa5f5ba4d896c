"""Everything that decides the outcome of a training, so that it can be repeated exactly."""

import hashlib
import platform
import subprocess
from importlib.metadata import version
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ValidationError
from threadpoolctl import threadpool_info

import tastemaker
from tastemaker.core.errors import ModelCorrupt
from tastemaker.core.training_set import TrainingSet
from tastemaker.core.weights import FeedbackWeights
from tastemaker.recommend.variant import VariantConfig
from tastemaker.train.gate import GateConfig
from tastemaker.train.jury import JuryConfig

RECIPE = "recipe.json"
LIBRARIES = ("numpy", "scipy", "numba", "irspack", "catboost", "polars")
"""Another version of these may round differently."""


class Recipe(BaseModel, frozen=True, extra="forbid"):
    """Beside the manifest, which has the models' configurations and the seed.

    n_live_rows: number of the last live event that was read. training_hash: of the arrays fitted
    on. commit: of the checkout where it is one, else the version of the package. machine: as
    `machine` tells. judged, gate: the variants that decided what became of it, and by what.
    """

    dataset: str
    source_hashes: dict[str, str]
    n_live_rows: int
    training_hash: str
    models: tuple[str, ...]
    variants: dict[str, VariantConfig]
    weights: FeedbackWeights
    jury: JuryConfig
    n_threads: int
    commit: str
    libraries: dict[str, str]
    machine: dict[str, str] = {}
    judged: tuple[str, ...] = ()
    gate: GateConfig | None = None


def read_recipe(folder: Path) -> Recipe:
    """Raises ModelCorrupt, also where the version was made without one."""
    path = folder / RECIPE
    try:
        return Recipe.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise ModelCorrupt(
            "The recipe of this version is missing or cannot be read",
            where=str(path),
            next_step="Train again: tastemaker train.",
        ) from error


def training_hash(training: TrainingSet) -> str:
    """SHA-256 over everything a model may learn from."""
    attributes = training.attributes
    digest = hashlib.sha256()
    arrays: tuple[NDArray[np.generic], ...] = (
        training.item_ids,
        training.user_ptr,
        training.item,
        training.weight,
        training.at_s,
        attributes.item_genre.indptr,
        attributes.item_genre.indices,
        attributes.year,
    )
    shown = training.impressions
    if shown is not None:
        arrays += (shown.ptr, shown.item, shown.at_s)
    for array in arrays:
        digest.update(array.tobytes())
    for text in (*attributes.genres, *attributes.text):
        digest.update(text.encode())
        digest.update(b"\0")
    return digest.hexdigest()


def code_version() -> str:
    """The commit of the checkout this code runs from, marked `+` where files differ from it."""
    folder = Path(tastemaker.__file__).parent
    commit = _git(folder, "rev-parse", "HEAD")
    if not commit:
        return version("tastemaker")
    is_changed = bool(_git(folder, "status", "--porcelain", "--untracked-files=no", "."))
    return commit + ("+" if is_changed else "")


def library_versions() -> dict[str, str]:
    return {name: version(name) for name in LIBRARIES}


def machine() -> dict[str, str]:
    """What code is compiled for, and the kernels that the linear algebra has chosen: on others
    sums round differently."""
    from llvmlite.binding import get_host_cpu_name  # loaded where something is fitted anyway

    kernels = {library.get("architecture") for library in threadpool_info()} - {None}
    return {
        "processor": f"{platform.machine()} {get_host_cpu_name()}",
        "BLAS kernels": ", ".join(sorted(kernels)),
    }


def _git(folder: Path, *command: str) -> str:
    """Empty where there is no git or no checkout."""
    try:
        done = subprocess.run(
            ["git", "-C", str(folder), *command],
            capture_output=True,
            text=True,
            check=False,
            timeout=10,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
