"""From interactions and named variants to an evaluation: split, fit, measure, compare."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
import polars as pl
from pydantic import BaseModel

from tastemaker.core.clock import Clock
from tastemaker.core.errors import NotEnoughData, NotFound, RequestInvalid
from tastemaker.core.weights import FeedbackWeights
from tastemaker.models.bundle import ModelBundle
from tastemaker.models.manifest import Provenance
from tastemaker.recommend.variant import VariantConfig, scorer
from tastemaker.train.evaluate import Evaluation, evaluate, joined
from tastemaker.train.fit import fit_models
from tastemaker.train.importances import importances
from tastemaker.train.measure import ScoreMany
from tastemaker.train.moments import kind_of_moments
from tastemaker.train.served_scores import served
from tastemaker.train.split import Protocol, Split, SplitConfig
from tastemaker.train.split_data import split_data

DEFAULT_KS: Mapping[Protocol, tuple[int, ...]] = {
    Protocol.STRONG: (20, 50, 100),
    Protocol.LAST_OUT: (5, 10),
    Protocol.TIME: (10, 20),
    Protocol.SIMILAR: (10, 20),
}
"""As the protocols are usually reported."""

UNTIMED = "_untimed"

Part = Literal["validation", "test"]


@dataclass(frozen=True, slots=True)
class EvaluationPlan:
    """variants: those compared, by name. configs: of their models, by name.

    part: settings are chosen on validation; test is for the report.
    ks: None for the protocol's usual ones. rounds: of fitting and asking, each about other people,
    which only `strong` and its test have; more people tell smaller differences.
    """

    protocol: Protocol
    variants: Mapping[str, VariantConfig]
    configs: Mapping[str, BaseModel]
    weights: FeedbackWeights
    seed: int
    part: Part = "test"
    ks: Sequence[int] | None = None
    rounds: int = 1
    split: SplitConfig = field(default_factory=SplitConfig)


@dataclass(frozen=True, slots=True)
class Report:
    """note: what the split left out or scaled down; may be empty.

    told_moment: scorers whose ranker read the moment of the request. importances: of the rankers,
    by scorer and feature, the largest first; with rounds those of the first.
    """

    protocol: Protocol
    part: Part
    seed: int
    note: str
    evaluation: Evaluation
    told_moment: frozenset[str] = frozenset()
    importances: Mapping[str, Mapping[str, float]] = field(default_factory=dict)


def run_evaluation(
    interactions: pl.DataFrame,
    items: pl.DataFrame | None,
    plan: EvaluationPlan,
    *,
    clock: Clock,
    on_progress: Callable[[str, float], None],
) -> Report:
    """Same data, plan and seed: same figures. Raises NotEnoughData or RequestInvalid."""
    if plan.rounds > 1 and (plan.protocol is not Protocol.STRONG or plan.part != "test"):
        raise RequestInvalid(
            "Only the test of the protocol strong draws people, so only it has rounds",
            where="rounds",
            next_step="Ask for one round.",
        )
    reports = []
    for number in range(plan.rounds):
        config = plan.split.model_copy(update={"round": number})
        reports.append(
            _one_round(interactions, items, replace(plan, split=config), clock, on_progress)
        )
    if len(reports) == 1:
        return reports[0]
    rng = np.random.default_rng(plan.seed)
    return replace(reports[0], evaluation=joined([one.evaluation for one in reports], rng))


def _one_round(
    interactions: pl.DataFrame,
    items: pl.DataFrame | None,
    plan: EvaluationPlan,
    clock: Clock,
    on_progress: Callable[[str, float], None],
) -> Report:
    on_progress("split", 0.0)
    splits = split_data(interactions, items, plan.protocol, plan.weights, plan.split)
    split = splits.test if plan.part == "test" else splits.validation
    on_progress("split", 1.0)
    variants, told_moment = as_asked(plan.variants, split, plan.protocol)
    bundle = _fitted(split, replace(plan, variants=variants), clock, on_progress)
    scorers: dict[str, ScoreMany] = {}
    read_most: dict[str, dict[str, float]] = {}
    if bundle is not None:
        scorers = {name: served(scorer(one, bundle, name)) for name, one in variants.items()}
        read_most = importances(bundle.manifest, variants)
    ks = plan.ks if plan.ks is not None else DEFAULT_KS[plan.protocol]
    evaluation = evaluate(split, scorers, ks, np.random.default_rng(plan.seed), on_progress)
    return Report(
        plan.protocol, plan.part, plan.seed, splits.note, evaluation, told_moment, read_most
    )


def as_asked(
    variants: Mapping[str, VariantConfig], split: Split, protocol: Protocol
) -> tuple[dict[str, VariantConfig], frozenset[str]]:
    """What is fitted for a protocol, and the names of those that read the moment of the request.

    Where a protocol asks for any part of a past, rankers left to choose are taught on such. Beside
    a variant that reads the moment stands the same without it, named with the suffix UNTIMED.
    """
    fitted: dict[str, VariantConfig] = {}
    told: set[str] = set()
    for name, variant in variants.items():
        ranking = variant.ranking
        if ranking is None:
            fitted[name] = variant
            continue
        if protocol is Protocol.STRONG and ranking.moments == "auto":
            ranking = ranking.model_copy(update={"moments": "any"})
        fitted[name] = variant.model_copy(update={"ranking": ranking})
        is_next = kind_of_moments(split.training, ranking) == "next"
        if ranking.uses_moment and is_next and split.request_at_s.any():
            told.add(name)
            untimed = ranking.model_copy(update={"uses_moment": False})
            fitted[name + UNTIMED] = variant.model_copy(update={"ranking": untimed})
    return fitted, frozenset(told)


def chosen_variants(
    names: Sequence[str], known: Mapping[str, VariantConfig]
) -> dict[str, VariantConfig]:
    """Raises NotFound for a name that is not configured."""
    for name in names:
        if name not in known:
            raise NotFound(
                f"No variant '{name}'",
                where="variants",
                next_step=f"Configured are: {', '.join(sorted(known))}.",
            )
    return {name: known[name] for name in names}


def _fitted(
    split: Split,
    plan: EvaluationPlan,
    clock: Clock,
    on_progress: Callable[[str, float], None],
) -> ModelBundle | None:
    """None where no variant is asked about."""
    models = sorted({model for variant in plan.variants.values() for model in variant.models})
    if not models:
        return None
    provenance = Provenance(
        version="evaluation", created_at=clock(), data_version=plan.protocol, seed=plan.seed
    )
    bundle = fit_models(
        split.training, models, plan.configs, provenance, on_progress, variants=plan.variants
    )
    for name, variant in plan.variants.items():
        missing = sorted(set(variant.models) - set(bundle.models))
        if missing:
            raise NotEnoughData(
                f"Variant {name} needs {', '.join(missing)}, which this data is too small for",
                where=f"{split.training.n_users} users, {split.training.n_items} items",
                next_step="Leave the variant out, or give more interactions.",
            )
    return bundle
