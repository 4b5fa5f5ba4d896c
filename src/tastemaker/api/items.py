"""The catalogue: one item, and pages of items by conditions."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool

from tastemaker.api import page_cursor
from tastemaker.api.catalogue_index import CatalogueQuery, Found, Sort
from tastemaker.api.ids import ItemIdInPath, ShortText
from tastemaker.api.item_answers import (
    ITEM_EXAMPLE,
    ItemInFull,
    ItemInList,
    item_in_full,
    item_in_list,
)
from tastemaker.api.json_answer import JsonAnswer
from tastemaker.api.known_item import known_item
from tastemaker.api.prefix import PREFIX
from tastemaker.api.problem_docs import problems
from tastemaker.api.services import UsedIndex, UsedServices
from tastemaker.api.watched_filter import Watched, fulfilling
from tastemaker.core.errors import RequestInvalid
from tastemaker.core.ids import ItemId

router = APIRouter(prefix=PREFIX, tags=["catalogue"])


class GenreCount(BaseModel):
    genre: str
    n_items: int


class DecadeCount(BaseModel):
    decade: int = Field(description="Its first year.")
    n_items: int


class TagCount(BaseModel):
    tag: str
    n_items: int


class Facets(BaseModel):
    genres: list[GenreCount]
    decades: list[DecadeCount]
    tags: list[TagCount] = Field(description="The commonest 50.")


class ItemPage(BaseModel):
    items: list[ItemInList]
    next_cursor: str | None = Field(description="None on the last page.")
    n_items: int = Field(description="Items that match, on all pages.")
    facets: Facets = Field(description="How many of them have each genre, decade and tag.")


class ItemConditions(BaseModel, frozen=True, extra="forbid"):
    q: str = Field(default="", max_length=200, description="Words of the title, or parts of them.")
    genre: list[ShortText] = Field(default=[], max_length=50, description="Any of these.")
    genre_all: list[ShortText] = Field(default=[], max_length=50, description="All of these.")
    genre_none: list[ShortText] = Field(default=[], max_length=50, description="None of these.")
    year_from: int | None = Field(default=None, ge=0, le=9999)
    year_to: int | None = Field(default=None, ge=0, le=9999)
    rating_from: float | None = Field(default=None, ge=0, le=10, allow_inf_nan=False)
    rating_to: float | None = Field(default=None, ge=0, le=10, allow_inf_nan=False)
    min_ratings: int = Field(default=0, ge=0, le=2**31 - 1, description="Rated this often.")
    tag: list[ShortText] = Field(default=[], max_length=50, description="All of these.")
    watched: Watched | None = Field(
        default=None, description="By the signed-in account, or not; rated counts as watched."
    )
    sort: Sort = Field(default=Sort.POPULARITY, description="`rating` is damped by its count.")
    limit: page_cursor.Limit = 20
    cursor: page_cursor.Cursor = None
    offset: int = Field(
        default=0, ge=0, le=2**31 - 1, description="Begin so far down the list; not with `cursor`."
    )

    def query(self) -> CatalogueQuery:
        return CatalogueQuery(
            words=tuple(self.q.split()),
            genres_any=tuple(self.genre),
            genres_all=tuple(self.genre_all),
            genres_none=tuple(self.genre_none),
            year_from=self.year_from,
            year_to=self.year_to,
            rating_from=self.rating_from,
            rating_to=self.rating_to,
            min_ratings=self.min_ratings,
            tags=tuple(self.tag),
        )


_PAGE_EXAMPLE = {
    "items": [ITEM_EXAMPLE],
    "next_cursor": "WyJwb3B1bGFyaXR5IiwiMSJd",
    "n_items": 42,
    "facets": {
        "genres": [{"genre": "Animation", "n_items": 42}],
        "decades": [{"decade": 1990, "n_items": 42}],
        "tags": [{"tag": "pixar", "n_items": 12}],
    },
}
_FULL_EXAMPLE = ITEM_EXAMPLE | {
    "kind": "movie",
    "description": "",
    "image": None,
    "attributes": {},
    "external_ids": {"imdb": "0114709", "tmdb": "862"},
}


@router.get(
    "/items",
    summary="Items of the catalogue",
    description="Items that fulfil all conditions, page by page, with counts by genre and decade. "
    "A genre the catalogue does not know matches nothing. Follow `next_cursor` to read on; "
    "`offset` jumps far down a long list, as a scroll bar does.",
    response_model=ItemPage,
    responses={
        200: {"content": {"application/json": {"example": _PAGE_EXAMPLE}}},
        **problems(401, 422),
    },
)
async def items(
    request: Request, index: UsedIndex, conditions: Annotated[ItemConditions, Query()]
) -> JsonAnswer:
    after = _after(conditions, index)
    catalogue = index.catalogue
    among = None
    if conditions.watched is not None:
        among = await run_in_threadpool(fulfilling, conditions.watched, request, catalogue)
    found = index.find(
        conditions.query(), conditions.sort, after, conditions.limit, among, conditions.offset
    )
    next_cursor = None
    if found.has_more:
        last = catalogue.ids[int(found.positions[-1])]
        next_cursor = page_cursor.written([conditions.sort, last])
    return JsonAnswer(
        {
            "items": [item_in_list(catalogue, int(position)) for position in found.positions],
            "next_cursor": next_cursor,
            "n_items": found.n_items,
            "facets": _facets(found),
        }
    )


@router.get(
    "/items/{item_id:path}",
    summary="One item",
    description="All that the catalogue knows of an item.",
    response_model=ItemInFull,
    responses={
        200: {"content": {"application/json": {"example": _FULL_EXAMPLE}}},
        **problems(404, 422),
    },
)
async def item(services: UsedServices, item_id: ItemIdInPath) -> JsonAnswer:
    catalogue = services.catalogue
    return JsonAnswer(item_in_full(catalogue, catalogue.position[known_item(catalogue, item_id)]))


def _after(conditions: ItemConditions, index: UsedIndex) -> ItemId | None:
    """The item the page before ended with. Raises RequestInvalid."""
    if conditions.cursor is None:
        return None
    if conditions.offset:
        raise RequestInvalid(
            "A page begins at a cursor or at an offset",
            where="query.offset",
            next_step="Give one of them.",
        )
    match page_cursor.read(conditions.cursor):
        case [conditions.sort, str(item_id)] if item_id in index.catalogue.position:
            return ItemId(item_id)
    raise page_cursor.unusable()


def _facets(found: Found) -> dict[str, Any]:
    by_count = sorted(found.n_by_genre.items(), key=lambda entry: (-entry[1], entry[0]))
    return {
        "genres": [{"genre": genre, "n_items": n_items} for genre, n_items in by_count],
        "decades": [
            {"decade": decade, "n_items": n_items} for decade, n_items in found.n_by_decade.items()
        ],
        "tags": [{"tag": tag, "n_items": n_items} for tag, n_items in found.n_by_tag.items()],
    }
