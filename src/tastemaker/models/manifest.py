"""What a folder of models holds and how it came about."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, Self

import numpy as np
from pydantic import BaseModel, ValidationError

from tastemaker.core.errors import NotFound
from tastemaker.core.training_set import TrainingSet
from tastemaker.models.stored_file import damaged

MANIFEST = "manifest.json"
FORMAT_VERSION = 1


class Provenance(BaseModel, frozen=True, extra="forbid"):
    """data_version: of the feature store or file trained on. seed: of the run's rng."""

    version: str
    created_at: datetime
    data_version: str
    seed: int


class RankerRecord(BaseModel, frozen=True, extra="forbid"):
    """candidate_recall: by number of candidates, share of what should be found at the moments
    learnt on that was among the first so many of the blend. importances: by feature, they add up
    to 100. moments: what was asked at them, the next entry or any part of a past. uses_moment:
    whether the moment of the request is a feature. n_returns: sittings learnt from beside the
    n_requests moments. n_rows: candidates learnt from. blend: weight
    of each signal in the order of the candidates. variants: by name, those it was taught for; they
    answer by it, its models and its n_candidates whatever their settings say later. Older records
    tell neither names nor n_candidates: they are found by their key alone.
    """

    variants: tuple[str, ...] = ()
    models: tuple[str, ...]
    n_candidates: int | None = None
    moments: Literal["next", "any"] = "next"
    uses_moment: bool
    n_requests: int
    n_returns: int = 0
    n_rows: int
    blend: dict[str, float] = {}
    candidate_recall: dict[int, float]
    importances: dict[str, float]


class Manifest(BaseModel, frozen=True, extra="forbid"):
    """Enough to repeat the run. configs: by model name. rankers: by the key of their variant.
    has_checksums: of its descriptions; versions stored before there were any have none.

    first_at_s, last_at_s: Unix seconds of the oldest and newest event that has a time; 0 where none
    has.
    """

    format_version: int
    provenance: Provenance
    n_users: int
    n_items: int
    n_events: int
    first_at_s: int
    last_at_s: int
    configs: dict[str, dict[str, Any]]
    rankers: dict[str, RankerRecord] = {}
    has_checksums: bool = False

    @classmethod
    def of(
        cls,
        training: TrainingSet,
        provenance: Provenance,
        configs: Mapping[str, BaseModel],
        rankers: Mapping[str, RankerRecord] | None = None,
    ) -> Self:
        timed = training.at_s[training.at_s != 0]
        times = timed if len(timed) else np.zeros(1, np.int64)
        return cls(
            format_version=FORMAT_VERSION,
            provenance=provenance,
            n_users=training.n_users,
            n_items=training.n_items,
            n_events=training.n_events,
            first_at_s=int(times.min()),
            last_at_s=int(times.max()),
            configs={name: config.model_dump(mode="json") for name, config in configs.items()},
            rankers=dict(rankers or {}),
            has_checksums=True,
        )


def write_manifest(folder: Path, manifest: Manifest) -> None:
    (folder / MANIFEST).write_text(manifest.model_dump_json(indent=1), encoding="utf-8")


def read_manifest(folder: Path) -> Manifest:
    """Raises NotFound where there is no such folder, ModelCorrupt where it is damaged."""
    if not folder.is_dir():
        raise NotFound("No models are stored here", where=str(folder), next_step="Train first.")
    path = folder / MANIFEST
    try:
        manifest = Manifest.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise damaged("The manifest is missing or cannot be read", path) from error
    if manifest.format_version != FORMAT_VERSION:
        raise damaged(f"Format version {manifest.format_version} is not {FORMAT_VERSION}", path)
    return manifest
