"""Experiments for operators: which there are, and what they have shown."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path
from pydantic import BaseModel, Field

from tastemaker.api.ids import ShortText
from tastemaker.api.json_answer import JsonAnswer
from tastemaker.api.me_answer import example
from tastemaker.api.prefix import PREFIX
from tastemaker.api.problem_docs import problems
from tastemaker.api.services import Services, UsedServices
from tastemaker.api.visitor import Admin
from tastemaker.core.errors import NotFound
from tastemaker.observe.experiments.experiment_config import ExperimentConfig, Measure
from tastemaker.observe.experiments.report import read_report
from tastemaker.observe.experiments.verdict import State

router = APIRouter(prefix=PREFIX, tags=["operate"])

Bound = float | None
"""None where too little is known to give one."""


class ExperimentAnswer(BaseModel):
    name: str
    variants: dict[str, float] = Field(description="The weight of each.")
    control: str
    measure: Measure = Field(description="The one that decides.")
    start: datetime | None
    end: datetime | None
    is_on: bool
    untrained: list[str] = Field(description="Their users are shown what is popular.")


class RateAnswer(BaseModel):
    value: float
    low: Bound = Field(description="95 % by the delta method, users being the unit.")
    high: Bound
    error: Bound
    n_users: int


class DifferenceAnswer(BaseModel):
    value: float
    low: Bound = Field(description="95 % for one look at a moment chosen beforehand.")
    high: Bound
    always_low: Bound = Field(description="Valid however often one looks.")
    always_high: Bound


class ServingAnswer(BaseModel):
    n_made: int
    failed: float
    p95_s: float


class HealthAnswer(BaseModel):
    fallbacks: float = Field(description="Share of slates that are not personal.")
    n_different: float = Field(description="Items among equally many shown.")
    serving: ServingAnswer | None = Field(description="Of this server since its start.")


class VariantAnswer(BaseModel):
    variant: str
    weight: float
    n_users: int
    n_slates: int
    sources: dict[str, int]
    rates: dict[Measure, RateAnswer]
    differences: dict[Measure, DifferenceAnswer] | None = Field(
        description="From the control; null for it."
    )
    health: HealthAnswer


class BreachAnswer(BaseModel):
    variant: str
    what: str


class VerdictAnswer(BaseModel):
    state: State
    may_stop: bool
    sentence: str


class ReportAnswer(BaseModel):
    name: str
    control: str
    measure: Measure
    k: int
    is_on: bool
    since: datetime | None
    until: datetime
    variants: list[VariantAnswer]
    n_mixed_users: int = Field(description="Shown several variants, and left out.")
    sample_ratio_p: float
    breaches: list[BreachAnswer]
    verdict: VerdictAnswer


_LISTED: dict[str, Any] = {
    "name": "summer",
    "variants": {"transitions": 0.5, "full": 0.5},
    "control": "transitions",
    "measure": "likes",
    "start": None,
    "end": None,
    "is_on": True,
    "untrained": [],
}
_RATE = {"value": 0.12, "low": 0.11, "high": 0.13, "error": 0.005, "n_users": 812}
_DIFFERENCE = {
    "value": 0.02,
    "low": 0.006,
    "high": 0.034,
    "always_low": -0.001,
    "always_high": 0.041,
}
_REPORT: dict[str, Any] = {
    "name": "summer",
    "control": "transitions",
    "measure": "likes",
    "k": 10,
    "is_on": True,
    "since": None,
    "until": "2026-01-01T12:00:00Z",
    "variants": [
        {
            "variant": "full",
            "weight": 0.5,
            "n_users": 812,
            "n_slates": 3_204,
            "sources": {"model": 3_004, "popular": 200},
            "rates": {measure.value: _RATE for measure in Measure},
            "differences": {measure.value: _DIFFERENCE for measure in Measure},
            "health": {"fallbacks": 0.06, "n_different": 911.0, "serving": None},
        }
    ],
    "n_mixed_users": 0,
    "sample_ratio_p": 0.61,
    "breaches": [],
    "verdict": {
        "state": "undecided",
        "may_stop": False,
        "sentence": "Between full and transitions no difference in likes is sure yet: +0.0200 "
        "(-0.0010 to +0.0410); go on.",
    },
}


@router.get(
    "/experiments",
    summary="The experiments configured",
    response_model=list[ExperimentAnswer],
    responses={
        200: {"content": {"application/json": {"example": [_LISTED]}}},
        **problems(401, 403, 503),
    },
)
def experiments(services: UsedServices, _: Admin) -> JsonAnswer:
    configs = services.experiments.configs
    return JsonAnswer([_listed(name, config, services) for name, config in configs.items()])


@router.get(
    "/experiments/{name:path}",
    summary="What an experiment has shown so far",
    description="From the log of slates and the answers to them; nothing is kept between two calls"
    " and looking often does no harm. `docs/experiments.md` has the formulas.",
    response_model=ReportAnswer,
    responses=example(_REPORT) | problems(401, 403, 404, 422, 503),
)
def experiment(
    services: UsedServices, _: Admin, name: Annotated[ShortText, Path(examples=["summer"])]
) -> JsonAnswer:
    config = services.experiments.configs.get(name)
    if config is None:
        raise NotFound(
            f"No experiment '{name}'", where="name", next_step="Those there are: GET /experiments."
        )
    serving = services.metrics.slates.serving(config.variants)
    found = read_report(name, config, services.slate_log, services.clock(), serving)
    return JsonAnswer(asdict(found))


def _listed(name: str, config: ExperimentConfig, services: Services) -> dict[str, Any]:
    trained = services.recommender.variants
    return {
        "name": name,
        "variants": config.variants,
        "control": config.control_variant,
        "measure": config.measure,
        "start": config.start,
        "end": config.end,
        "is_on": config.is_on(services.clock()),
        "untrained": [variant for variant in config.variants if variant not in trained],
    }
