"""Suggestions while a person types."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from tastemaker.api.json_answer import JsonAnswer
from tastemaker.api.me_answer import example
from tastemaker.api.prefix import PREFIX
from tastemaker.api.problem_docs import problems
from tastemaker.api.services import UsedServices
from tastemaker.api.storefront import UsedStorefront

router = APIRouter(prefix=PREFIX, tags=["catalogue"])


class SuggestedItem(BaseModel):
    item_id: str
    title: str
    year: int | None
    genres: list[str]


class SuggestionsAnswer(BaseModel):
    items: list[SuggestedItem] = Field(description="Best first.")
    genres: list[str]


_EXAMPLE: dict[str, Any] = {
    "items": [{"item_id": "2571", "title": "The Matrix", "year": 1999, "genres": ["Action"]}],
    "genres": [],
}


@router.get(
    "/search",
    summary="Suggestions while typing",
    description="Titles of which every word begins like one that was typed. One typing error is"
    " forgiven; titles in another script are found by how they sound.",
    response_model=SuggestionsAnswer,
    responses=example(_EXAMPLE) | problems(422),
)
async def search(
    services: UsedServices,
    storefront: UsedStorefront,
    q: Annotated[str, Query(max_length=1_000, description="What was typed so far.")],
    k: Annotated[int, Query(ge=1, le=50)] = 8,
) -> JsonAnswer:
    items = [services.catalogue.item(position) for position in storefront.titles.titles(q, k)]
    return JsonAnswer(
        {
            "items": [
                {
                    "item_id": item.item_id,
                    "title": item.title,
                    "year": item.year,
                    "genres": item.categories,
                }
                for item in items
            ],
            "genres": storefront.titles.genres(q),
        }
    )
