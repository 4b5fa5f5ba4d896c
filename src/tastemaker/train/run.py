"""One training: gather the events, fit, judge, store, and put into service what has passed."""

import hashlib
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
import orjson
from pydantic import BaseModel

from tastemaker.core.clock import Clock
from tastemaker.core.errors import NotEnoughData, NotFound
from tastemaker.core.weights import FeedbackWeights
from tastemaker.ingest.dataset import Dataset
from tastemaker.ingest.dataset_store import DatasetStore
from tastemaker.models.blas_threads import n_cores
from tastemaker.models.bundle import ModelBundle
from tastemaker.models.manifest import Provenance
from tastemaker.recommend.variant import VariantConfig
from tastemaker.store.interactions import InteractionLog
from tastemaker.train.candidate_recall import candidate_recall
from tastemaker.train.contest import contest
from tastemaker.train.fair_cases import fair_cases
from tastemaker.train.fit import fit_models, warn_of
from tastemaker.train.gate import SIMILAR_ITEMS, GateConfig, Verdict, judge
from tastemaker.train.item_page import on_item_pages
from tastemaker.train.jury import JuryConfig
from tastemaker.train.material import Material, gather, read_interactions
from tastemaker.train.model_store import ModelStore, StoredVersion
from tastemaker.train.recipe import (
    Recipe,
    code_version,
    library_versions,
    machine,
    training_hash,
)
from tastemaker.train.served import Served, incumbent
from tastemaker.train.split import Split
from tastemaker.train.version_name import version_name
from tastemaker.train.version_record import VersionRecord

_ID_LENGTH = 12

OnProgress = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class TrainingPlan:
    """What is trained and how. configs: of the models, by name. variants: all, by name; those with
    a second stage get a ranker. variant: the one that answers where none is named. similar: on the
    pages of items. judged: those that people are shown slates of, `variant` among them."""

    models: tuple[str, ...]
    configs: Mapping[str, BaseModel]
    variants: Mapping[str, VariantConfig]
    weights: FeedbackWeights
    seed: int
    variant: str
    similar: str
    judged: tuple[str, ...]
    jury: JuryConfig
    gate: GateConfig
    keep_versions: int

    def data_version(self, dataset: Dataset) -> str:
        """Names everything a training on this data set depends on, live events apart."""
        content = {
            "dataset": dataset.version,
            "models": sorted(self.models),
            "configs": {name: self.configs[name].model_dump(mode="json") for name in self.models},
            "rankings": {
                name: variant.model_dump(mode="json", include={"models", "ranking"})
                for name, variant in self.variants.items()
                if variant.ranking is not None
            },
            "weights": self.weights.model_dump(mode="json"),
            "jury": self.jury.model_dump(mode="json"),
            "seed": self.seed,
        }
        return _hash(orjson.dumps(content, option=orjson.OPT_SORT_KEYS))


class Training:
    def __init__(self, datasets: DatasetStore, live: InteractionLog, models: ModelStore) -> None:
        self._datasets = datasets
        self._live = live
        self._models = models

    def is_due(self, plan: TrainingPlan) -> bool:
        """Whether nothing serves, or no version on the disk was trained on this data by this
        plan; a rejected one was, and training it again would reject it again."""
        if self._models.current_version() is None:
            return True
        wanted = plan.data_version(self._dataset())
        return all(stored.provenance.data_version != wanted for stored in self._models.stored())

    def run(
        self, plan: TrainingPlan, *, shelf: Path, clock: Clock, on_progress: OnProgress
    ) -> StoredVersion:
        """Fits on the data set and all live events, and puts the result into service if it passes.

        shelf: as in `fit_models`. Raises NotFound (nothing ingested), NotEnoughData, DiskFull; what
        served before stays.
        """
        dataset = self._dataset()
        started_s = time.perf_counter()
        on_progress("read", 0.0)
        material = gather(dataset, self._live, plan.weights, plan.jury)
        on_progress("read", 1.0)
        provenance = self._provenance(plan, dataset, clock())
        bundle, left_out = _fitted(plan, provenance, material, shelf, on_progress)
        on_progress("judge", 0.0)
        candidate = Served(bundle, plan.variants, plan.variant, plan.similar)
        cases, verdict = self._judged(candidate, plan, dataset, material)
        recall = _candidate_recall(candidate, plan, cases)
        on_progress("judge", 1.0)
        on_progress("store", 0.0)
        record = VersionRecord(
            verdict=verdict,
            variant=plan.variant,
            similar_variant=plan.similar,
            candidate_recall=recall,
            left_out=left_out,
            training_s=time.perf_counter() - started_s,
        )
        self._models.add(bundle, _recipe(plan, dataset, material, bundle), record)
        if verdict.passed:
            self._models.promote(bundle.version, clock)
        self._models.prune(plan.keep_versions)
        on_progress("store", 1.0)
        return self._models.version(bundle.version)

    def _provenance(self, plan: TrainingPlan, dataset: Dataset, now: datetime) -> Provenance:
        data_version = plan.data_version(dataset)
        return Provenance(
            version=version_name(now, data_version, self._models.names()),
            created_at=now,
            data_version=data_version,
            seed=plan.seed,
        )

    def _judged(
        self, candidate: Served, plan: TrainingPlan, dataset: Dataset, material: Material
    ) -> tuple[Split, Verdict]:
        """With what was asked."""
        rng = np.random.default_rng(plan.seed)
        against = incumbent(self._models, plan.variants, plan.variant, plan.similar)
        fair = fair_cases(
            material,
            lambda: read_interactions(dataset, self._live, material.n_live_rows)[0],
            against.recipes,
            plan.weights,
            plan.jury,
            plan.gate,
        )
        against = against.asked(fair.note, decides=fair.is_fair)
        met = contest(candidate, against, plan.judged, fair.cases, rng)
        return fair.cases, judge(met, fair.cases, plan.gate, rng)

    def _dataset(self) -> Dataset:
        dataset = self._datasets.current()
        if dataset is None:
            raise NotFound("There is no data yet", next_step="Ingest some: tastemaker ingest.")
        return dataset


def models_of(variants: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """Every model some variant needs, and `popular`, which every fallback needs."""
    needed = {model for models in variants.values() for model in models}
    return tuple(sorted(needed | {"popular"}))


def _fitted(
    plan: TrainingPlan,
    provenance: Provenance,
    material: Material,
    shelf: Path,
    on_progress: OnProgress,
) -> tuple[ModelBundle, dict[str, str]]:
    """The bundle, and the models left out with the reason."""
    left_out: dict[str, str] = {}

    def note(name: str, why: NotEnoughData) -> None:
        warn_of(name, why)
        left_out[name] = str(why)

    bundle = fit_models(
        material.training,
        plan.models,
        plan.configs,
        provenance,
        on_progress,
        on_left_out=note,
        variants=plan.variants,
        shelf=shelf,
    )
    return bundle, left_out


def _candidate_recall(
    candidate: Served, plan: TrainingPlan, cases: Split
) -> dict[str, dict[int, float]]:
    shown = tuple(dict.fromkeys([*plan.judged, *candidate.ranked]))
    recall = candidate_recall(candidate, shown, cases)
    on_pages = candidate_recall(candidate, (plan.similar,), on_item_pages(cases))
    return recall | dict(zip([SIMILAR_ITEMS], on_pages.values(), strict=False))


def _recipe(
    plan: TrainingPlan, dataset: Dataset, material: Material, bundle: ModelBundle
) -> Recipe:
    return Recipe(
        dataset=dataset.version,
        source_hashes={
            f"{source.location}/{name}": content
            for source in dataset.metadata.sources
            for name, content in source.files.items()
        },
        n_live_rows=material.n_live_rows,
        training_hash=training_hash(material.training),
        models=tuple(bundle.models),
        variants=dict(plan.variants),
        weights=plan.weights,
        jury=plan.jury,
        n_threads=n_cores(),
        commit=code_version(),
        libraries=library_versions(),
        machine=machine(),
        judged=plan.judged,
        gate=plan.gate,
    )


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:_ID_LENGTH]
