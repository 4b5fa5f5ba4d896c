"""Slates that are the same for everybody: similar items, popular items."""

from typing import Annotated, Any

from fastapi import APIRouter, Query

from tastemaker.api.ids import ItemIdInPath
from tastemaker.api.json_answer import JsonAnswer
from tastemaker.api.prefix import PREFIX
from tastemaker.api.problem_docs import problems
from tastemaker.api.services import UsedServices
from tastemaker.api.shown_slates import NOBODY, note_shown
from tastemaker.api.slate_answer import SLATE_EXAMPLE, SlateAnswer, slate_answer
from tastemaker.api.slate_query import SlateConditions
from tastemaker.core.ids import ItemId

router = APIRouter(prefix=PREFIX, tags=["recommendations"])

_ANSWER: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/json": {"example": SLATE_EXAMPLE}}}
}


@router.get(
    "/items/{item_id:path}/similar",
    summary="Items similar to one",
    description="What suits a person of whom only this item is known; popular items of its genres"
    " where no model knows it.",
    response_model=SlateAnswer,
    responses=_ANSWER | problems(404, 422),
)
async def similar(
    services: UsedServices,
    item_id: ItemIdInPath,
    conditions: Annotated[SlateConditions, Query()],
) -> JsonAnswer:
    slate = services.recommender.similar(ItemId(item_id), conditions.k, conditions.filters())
    note_shown(services, slate, NOBODY)
    return JsonAnswer(slate_answer(slate, services.catalogue))


@router.get(
    "/popular",
    summary="Popular items",
    description="What most people use, within the conditions; with `genre`, popular in these.",
    response_model=SlateAnswer,
    responses=_ANSWER | problems(422),
)
async def popular(
    services: UsedServices, conditions: Annotated[SlateConditions, Query()]
) -> JsonAnswer:
    slate = services.recommender.popular(conditions.k, conditions.filters())
    note_shown(services, slate, NOBODY)
    return JsonAnswer(slate_answer(slate, services.catalogue))
