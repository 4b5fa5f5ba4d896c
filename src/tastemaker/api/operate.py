"""For operators: the models in service, and a slate stage by stage."""

from dataclasses import asdict
from datetime import datetime
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from tastemaker.api import slate_cursor
from tastemaker.api.ids import UserIdInPath
from tastemaker.api.json_answer import JsonAnswer
from tastemaker.api.me_answer import example
from tastemaker.api.personal_slate import assigned, genres_of
from tastemaker.api.prefix import PREFIX
from tastemaker.api.problem_docs import problems
from tastemaker.api.services import UsedServices
from tastemaker.api.slate_answer import SLATE_EXAMPLE, SlateAnswer, slate_answer, title_of
from tastemaker.api.slate_query import PersonalConditions
from tastemaker.api.storefront import UsedStorefront
from tastemaker.api.visitor import Admin
from tastemaker.core.ids import UserId
from tastemaker.models.manifest import Manifest
from tastemaker.recommend.slate_request import SlateRequest

router = APIRouter(prefix=PREFIX, tags=["operate"])

_MAX_CANDIDATES = 1_000


class TrainedModels(BaseModel):
    version: str
    created_at: datetime
    data_version: str
    models: list[str]
    n_users: int
    n_items: int
    n_events: int
    in_service: bool


class ModelAnswer(BaseModel):
    version: str = Field(description="In service now.")
    default_variant: str
    variants: list[str]
    history: list[TrainedModels] = Field(description="On the disk, the newest first.")


class HistoryItem(BaseModel):
    item_id: str
    title: str
    weight: float
    at_s: int = Field(description="Unix seconds, 0 where unknown.")


class Candidate(BaseModel):
    item_id: str
    title: str
    scores: dict[str, float] = Field(description="By model, of those that proposed it.")
    ranks: dict[str, int]


class StagesAnswer(BaseModel):
    """How a slate came about."""

    n_events: int
    history: list[HistoryItem] = Field(description="What the models read, the latest first.")
    n_items: int
    n_hidden: int = Field(description="Kept out by the conditions, or not available.")
    n_seen: int = Field(description="Kept out because known to or refused by the person.")
    models: list[str]
    candidates: list[Candidate] = Field(description="By their best rank; at most 1,000.")
    slate: SlateAnswer


_MODEL_EXAMPLE: dict[str, Any] = {
    "version": "20260101-120000",
    "default_variant": "fusion",
    "variants": ["popular", "fusion"],
    "history": [
        {
            "version": "20260101-120000",
            "created_at": "2026-01-01T12:00:00Z",
            "data_version": "8a4f",
            "models": ["popular", "transitions"],
            "n_users": 610,
            "n_items": 9_742,
            "n_events": 100_836,
            "in_service": True,
        }
    ],
}
_STAGES_EXAMPLE: dict[str, Any] = {
    "n_events": 1,
    "history": [{"item_id": "1", "title": "Toy Story", "weight": 0.9, "at_s": 1_767_268_800}],
    "n_items": 9_742,
    "n_hidden": 0,
    "n_seen": 1,
    "models": ["transitions"],
    "candidates": [
        {
            "item_id": "3114",
            "title": "Toy Story 2",
            "scores": {"transitions": 1.25},
            "ranks": {"transitions": 1},
        }
    ],
    "slate": SLATE_EXAMPLE,
}


@router.get(
    "/operate/model",
    summary="The models in service and those before",
    response_model=ModelAnswer,
    responses=example(_MODEL_EXAMPLE) | problems(401, 403, 503),
)
def model(services: UsedServices, storefront: UsedStorefront, _: Admin) -> JsonAnswer:
    recommender = services.recommender
    return JsonAnswer(
        {
            "version": recommender.version,
            "default_variant": recommender.default_variant,
            "variants": recommender.variants,
            "history": [
                _trained(manifest, recommender.version) for manifest in storefront.trained()
            ],
        }
    )


@router.get(
    "/operate/users/{user_id:path}/slate",
    summary="View as user",
    description="The slate of any user, stage by stage, as it would be computed for the user at"
    " this moment: by the user's variant of a running experiment where no `model` is named, and"
    " with the favourite genres. Nothing is noted as shown.",
    response_model=StagesAnswer,
    responses=example(_STAGES_EXAMPLE) | problems(401, 403, 404, 422, 503),
)
def view_as_user(
    services: UsedServices,
    _: Admin,
    user_id: UserIdInPath,
    conditions: Annotated[PersonalConditions, Query()],
) -> JsonAnswer:
    catalogue, user = services.catalogue, UserId(user_id)
    past = services.people.past(user)
    shown = slate_cursor.read(conditions.cursor)
    request = SlateRequest(
        past=past,
        k=conditions.k,
        variant=assigned(services, user, conditions.model).variant,
        filters=conditions.filters(),
        favourite_genres=partial(genres_of, services, user),
        shown=shown,
    )
    stages = services.recommender.stages(request, _MAX_CANDIDATES)
    return JsonAnswer(
        {
            "n_events": len(past),
            "history": [
                asdict(entry) | {"title": title_of(entry.item_id, catalogue)}
                for entry in stages.history
            ],
            "n_items": stages.n_items,
            "n_hidden": stages.n_hidden,
            "n_seen": stages.n_seen,
            "models": stages.models,
            "candidates": [
                asdict(candidate) | {"title": title_of(candidate.item_id, catalogue)}
                for candidate in stages.candidates
            ],
            "slate": slate_answer(
                stages.slate,
                catalogue,
                slate_cursor.next_cursor(stages.slate, shown, conditions.k),
            ),
        }
    )


def _trained(manifest: Manifest, in_service: str) -> dict[str, Any]:
    made = manifest.provenance
    return {
        "version": made.version,
        "created_at": made.created_at,
        "data_version": made.data_version,
        "models": sorted(manifest.configs),
        "n_users": manifest.n_users,
        "n_items": manifest.n_items,
        "n_events": manifest.n_events,
        "in_service": made.version == in_service,
    }
