"""All models of one training run, with the vocabulary they share, in one folder."""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray

from tastemaker.core.errors import Conflict, NotFound
from tastemaker.core.item_attributes import ItemAttributes
from tastemaker.core.training_set import TrainingSet
from tastemaker.models.array_folder import disk_problem, verify_arrays
from tastemaker.models.description_sums import SUMS, verify_sums, write_sums
from tastemaker.models.item_statistics import ItemStatistics
from tastemaker.models.manifest import (
    Manifest,
    Provenance,
    RankerRecord,
    read_manifest,
    write_manifest,
)
from tastemaker.models.ranker import Ranker, verify_ranker
from tastemaker.models.registry import MODELS
from tastemaker.models.vocabulary import Vocabulary
from tastemaker.ports import CandidateModel

Models = Mapping[str, CandidateModel[Any]]


@dataclass(frozen=True, slots=True)
class TrainedRanker:
    ranker: Ranker
    record: RankerRecord


@dataclass(frozen=True, slots=True)
class ModelBundle:
    manifest: Manifest
    vocabulary: Vocabulary
    models: Models
    rankers: Mapping[str, Ranker] = field(default_factory=dict)
    statistics: ItemStatistics | None = None

    @classmethod
    def of(
        cls,
        training: TrainingSet,
        models: Models,
        provenance: Provenance,
        rankers: Mapping[str, TrainedRanker] | None = None,
    ) -> Self:
        """models: fitted on this training set, by name. rankers: by key, taught on these models."""
        configs = {name: model.config for name, model in models.items()}
        trained = rankers or {}
        records = {key: ranker.record for key, ranker in trained.items()}
        return cls(
            Manifest.of(training, provenance, configs, records),
            Vocabulary(training.item_ids, training.attributes),
            models,
            {key: ranker.ranker for key, ranker in trained.items()},
            ItemStatistics.of(training) if trained else None,
        )

    @property
    def version(self) -> str:
        return self.manifest.provenance.version

    @property
    def item_ids(self) -> NDArray[np.str_]:
        return self.vocabulary.item_ids

    @property
    def attributes(self) -> ItemAttributes:
        return self.vocabulary.attributes

    def save(self, folder: Path) -> None:
        """Write beside the folder and rename, so that the folder is there whole or not at all.

        Raises Conflict where the folder exists, DiskFull or StoreUnavailable.
        """
        if folder.exists():
            raise Conflict(
                "Models of this version are already stored",
                where=str(folder),
                next_step="Give the new ones another version.",
            )
        unfinished = folder.with_name(f".{folder.name}.{uuid4().hex}")
        try:
            unfinished.mkdir(parents=True)
            self.write(unfinished)
            unfinished.rename(folder)
        except OSError as error:
            raise disk_problem(error, folder) from error
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)

    def write(self, folder: Path) -> None:
        """Fill a folder; the manifest comes last but for the checksums, without it the folder is
        refused. Descriptions that lie there already are checked with it from then on."""
        self.vocabulary.save(folder / Vocabulary.name)
        for name, model in self.models.items():
            model.save(folder / name)
        for key, ranker in self.rankers.items():
            ranker.save(folder / key)
        if self.statistics is not None:
            self.statistics.save(folder / ItemStatistics.name)
        write_manifest(folder, self.manifest)
        write_sums(folder)

    @classmethod
    def load(cls, folder: Path, names: Sequence[str] | None = None) -> Self:
        """Map the named models, or all. Raises NotFound or ModelCorrupt; descriptions and trees are
        compared with their checksums, contents of arrays are not read."""
        manifest = _checked_manifest(folder)
        chosen = tuple(manifest.configs) if names is None else tuple(names)
        for name in chosen:
            if name not in manifest.configs or name not in MODELS:
                raise NotFound(
                    f"The model {name} is not among those stored: {', '.join(manifest.configs)}",
                    where=str(folder),
                    next_step="Train it, or choose one of these.",
                )
        models = {name: MODELS[name].load(folder / name) for name in chosen}
        vocabulary = Vocabulary.load(folder / Vocabulary.name)
        rankers = {key: Ranker.load(folder / key) for key in manifest.rankers}
        statistics = None
        if rankers:
            statistics = ItemStatistics.load(folder / ItemStatistics.name, vocabulary.attributes)
        return cls(manifest, vocabulary, models, rankers, statistics)


def verify_bundle(folder: Path, *, contents: bool = True) -> None:
    """Read every byte and compare checksums; without contents, of the arrays their sizes alone.

    Raises NotFound or ModelCorrupt.
    """
    manifest = _checked_manifest(folder)
    statistics = (ItemStatistics.name,) if manifest.rankers else ()
    for name in (Vocabulary.name, *manifest.configs, *statistics):
        verify_arrays(folder / name, contents=contents)
    for key in manifest.rankers:
        verify_ranker(folder / key)


def _checked_manifest(folder: Path) -> Manifest:
    manifest = read_manifest(folder)
    if manifest.has_checksums or (folder / SUMS).exists():
        verify_sums(folder)
    return manifest
