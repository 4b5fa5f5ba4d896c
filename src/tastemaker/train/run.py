"""One training: gather the events, fit, store, put into service."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import orjson
import polars as pl
from pydantic import BaseModel

from tastemaker.core.clock import Clock
from tastemaker.core.errors import NotFound
from tastemaker.core.weights import FeedbackWeights
from tastemaker.features.training_set import build_training_set
from tastemaker.ingest.dataset import Dataset
from tastemaker.ingest.dataset_store import DatasetStore
from tastemaker.models.manifest import Manifest, Provenance
from tastemaker.store.interactions import InteractionLog
from tastemaker.train.fit import fit_models
from tastemaker.train.model_store import ModelStore

_ID_LENGTH = 12


@dataclass(frozen=True, slots=True)
class TrainingPlan:
    """What is trained and how. configs: of the models, by name."""

    models: tuple[str, ...]
    configs: Mapping[str, BaseModel]
    weights: FeedbackWeights
    seed: int

    def data_version(self, dataset: Dataset) -> str:
        """Names everything a training on this data set depends on, live events apart."""
        content = {
            "dataset": dataset.version,
            "models": sorted(self.models),
            "configs": {name: self.configs[name].model_dump(mode="json") for name in self.models},
            "weights": self.weights.model_dump(mode="json"),
            "seed": self.seed,
        }
        return _hash(orjson.dumps(content, option=orjson.OPT_SORT_KEYS))


class Training:
    def __init__(self, datasets: DatasetStore, live: InteractionLog, models: ModelStore) -> None:
        self._datasets = datasets
        self._live = live
        self._models = models

    def is_due(self, plan: TrainingPlan) -> bool:
        """Whether what is in service was trained on other data or by another plan."""
        current = self._models.current()
        if current is None:
            return True
        return current.provenance.data_version != plan.data_version(self._dataset())

    def run(
        self,
        plan: TrainingPlan,
        *,
        clock: Clock,
        on_progress: Callable[[str, float], None],
        keep_versions: int,
    ) -> Manifest:
        """Fits on the data set and all live events, and puts the result into service.

        Raises NotFound (nothing ingested), NotEnoughData, DiskFull; what served before stays.
        """
        dataset = self._dataset()
        on_progress("read", 0.0)
        interactions = with_live(dataset.read_interactions(), list(self._live.since()))
        training, _ = build_training_set(interactions, dataset.read_items(), plan.weights)
        on_progress("read", 1.0)
        now = clock()
        data_version = plan.data_version(dataset)
        version = f"{now:%Y%m%dT%H%M%S.%f}-{data_version}"
        provenance = Provenance(
            version=version, created_at=now, data_version=data_version, seed=plan.seed
        )
        bundle = fit_models(training, plan.models, plan.configs, provenance, on_progress)
        on_progress("store", 0.0)
        self._models.add(bundle)
        self._models.promote(version)
        self._models.prune(keep_versions)
        on_progress("store", 1.0)
        return bundle.manifest

    def _dataset(self) -> Dataset:
        dataset = self._datasets.current()
        if dataset is None:
            raise NotFound("There is no data yet", next_step="Ingest some: tastemaker ingest.")
        return dataset


def with_live(interactions: pl.DataFrame, live: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """The live events behind the data set's, numbered on, so that equal times keep this order."""
    if not live:
        return interactions
    first_row = interactions["row"].max()
    offset = 1 + (first_row if isinstance(first_row, int) else -1)
    later = pl.concat(live).with_columns(pl.col("row") + offset)
    return pl.concat([interactions, later.select(interactions.columns)])


def models_of(variants: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """Every model some variant needs, and `popular`, which every fallback needs."""
    needed = {model for models in variants.values() for model in models}
    return tuple(sorted(needed | {"popular"}))


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:_ID_LENGTH]
