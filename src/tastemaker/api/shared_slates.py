"""Slates that are the same for everybody: similar items, popular items."""

from typing import Annotated, Any

from fastapi import APIRouter, Query

from tastemaker.api.ids import ItemIdInPath
from tastemaker.api.json_answer import JsonAnswer
from tastemaker.api.prefix import PREFIX
from tastemaker.api.problem_docs import problems
from tastemaker.api.reading import read
from tastemaker.api.ready_slate import sent
from tastemaker.api.services import Services, UsedServices
from tastemaker.api.shown_slates import NOBODY, note_shown
from tastemaker.api.slate_answer import SLATE_EXAMPLE, SlateAnswer, slate_answer
from tastemaker.api.slate_query import SlateConditions
from tastemaker.api.stored_slates import StoredSlates
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
    item = ItemId(item_id)
    stored = services.stored if conditions.is_plain else None
    if stored is not None:
        ready = await _stored(services, stored, item, conditions.k)
        if ready is not None:
            return ready
    slate = services.recommender.similar(item, conditions.k, conditions.filters())
    note_shown(services, slate, NOBODY)
    if stored is not None:
        stored.keep_similar(slate, item, conditions.k)
    return JsonAnswer(slate_answer(slate, services.catalogue))


async def _stored(
    services: Services, stored: StoredSlates, item_id: ItemId, k: int
) -> JsonAnswer | None:
    # Of an item that is gone a slate may be left.
    if item_id not in services.catalogue.position:
        return None
    variant, version = services.recommender.similar_variant, services.recommender.version
    found = await read(stored.reads_files, stored.find_similar, item_id, variant, k, version)
    return None if found is None else sent(services, found, NOBODY, variant)


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
