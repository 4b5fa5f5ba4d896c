"""What the signed-in account says about items: rating, watched, watchlist, review."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from tastemaker.accounts.own_items import Change, Shelf
from tastemaker.api import page_cursor
from tastemaker.api.ids import ItemIdInPath
from tastemaker.api.json_answer import JsonAnswer
from tastemaker.api.known_item import known_item
from tastemaker.api.me_answer import example
from tastemaker.api.own_answers import (
    OWN_EXAMPLE,
    OWN_PAGE_EXAMPLE,
    OwnAnswer,
    OwnItemPage,
    own_answer,
    own_item_in_list,
)
from tastemaker.api.prefix import PREFIX
from tastemaker.api.problem_docs import problems
from tastemaker.api.services import Services, UsedServices
from tastemaker.api.storefront import UsedStorefront
from tastemaker.api.visitor import Reader, Writer
from tastemaker.core.ids import Id, ItemId, SessionId, UserId
from tastemaker.core.marks import MarkChange
from tastemaker.core.slate_answers import dismissed, said_of

router = APIRouter(prefix=PREFIX, tags=["me"])


class OwnChange(BaseModel, frozen=True, extra="forbid"):
    """What is left out stays as it is; null takes a rating or review back."""

    rating: float | None = Field(default=None, ge=0.5, le=5, multiple_of=0.5)
    watched: bool | None = None
    on_watchlist: bool | None = None
    review: str | None = None
    session_id: Id | None = Field(default=None, description="Of the slate that this answers.")

    def change(self) -> Change:
        takes_back = {name for name in self.model_fields_set if getattr(self, name) is None}
        marks = MarkChange(
            rating=self.rating,
            clear_rating="rating" in takes_back,
            watched=self.watched,
            on_watchlist=self.on_watchlist,
            session_id=None if self.session_id is None else SessionId(self.session_id),
        )
        return Change(marks, self.review, clear_review="review" in takes_back)


class Dismissal(BaseModel, frozen=True, extra="forbid"):
    item_id: Id
    session_id: Id | None = Field(default=None, description="Of the slate that this answers.")


@router.get(
    "/me/items",
    summary="One's ratings, reviews or lists",
    response_model=OwnItemPage,
    responses=example(OWN_PAGE_EXAMPLE) | problems(401, 422, 503),
)
def own_items(
    services: UsedServices,
    storefront: UsedStorefront,
    reader: Reader,
    state: Annotated[Shelf, Query(description="Which list.")],
    limit: page_cursor.Limit = 20,
    cursor: page_cursor.Cursor = None,
) -> JsonAnswer:
    catalogue = services.catalogue
    on_shelf = [
        own
        for own in storefront.own_items.every(reader.account).values()
        if own.is_on(state) and own.item_id in catalogue.position
    ]
    places = [[state.value, own.at.isoformat() if own.at else "", own.item_id] for own in on_shelf]
    after = None if cursor is None else _place(cursor, state)
    start = 0 if after is None else sum(place >= after for place in places)
    page = on_shelf[start : start + limit]
    has_more = start + limit < len(on_shelf)
    return JsonAnswer(
        {
            "items": [own_item_in_list(own, catalogue) for own in page],
            "next_cursor": page_cursor.written(places[start + limit - 1]) if has_more else None,
            "n_items": len(on_shelf),
        }
    )


@router.get(
    "/me/items/{item_id:path}",
    summary="What one says about an item",
    response_model=OwnAnswer,
    responses=example(OWN_EXAMPLE) | problems(401, 404, 422, 503),
)
def own_item(
    services: UsedServices, storefront: UsedStorefront, reader: Reader, item_id: ItemIdInPath
) -> JsonAnswer:
    item = known_item(services.catalogue, item_id)
    return JsonAnswer(own_answer(storefront.own_items.get(reader.account, item)))


@router.put(
    "/me/items/{item_id:path}",
    summary="Rate, mark, list and review in one step",
    description="All or nothing; sent twice it counts once. The next recommendations know of it.",
    response_model=OwnAnswer,
    responses=example(OWN_EXAMPLE) | problems(401, 403, 404, 413, 422, 503),
)
def save_own_item(
    services: UsedServices,
    storefront: UsedStorefront,
    writer: Writer,
    item_id: ItemIdInPath,
    wanted: OwnChange,
) -> JsonAnswer:
    item = known_item(services.catalogue, item_id)
    change = wanted.change()
    storefront.own_items.save(writer.account, {item: change})
    _let_go(services, writer.account.user_id)
    at = storefront.own_items.clock()
    services.slates.answered(said_of(writer.account.user_id, item, change.marks, at))
    return JsonAnswer(own_answer(storefront.own_items.get(writer.account, item)))


@router.post(
    "/me/dismissed",
    summary="Less like this",
    description="The item is not recommended again, and what spoke for it counts no more.",
    status_code=204,
    responses=problems(401, 403, 404, 413, 422, 503),
)
def dismiss(
    services: UsedServices, storefront: UsedStorefront, writer: Writer, unwanted: Dismissal
) -> None:
    item = known_item(services.catalogue, unwanted.item_id)
    own_items = storefront.own_items
    session_id = None if unwanted.session_id is None else SessionId(unwanted.session_id)
    now = own_items.clock()
    user_id = writer.account.user_id
    own_items.marks.dismiss(user_id, item, now, session_id)
    _let_go(services, user_id)
    services.slates.answered(dismissed(user_id, item, session_id, now))


@router.delete(
    "/me/dismissed/{item_id:path}",
    summary="Take back: less like this",
    status_code=204,
    responses=problems(401, 403, 422, 503),
)
def allow_again(
    services: UsedServices, storefront: UsedStorefront, writer: Writer, item_id: ItemIdInPath
) -> None:
    storefront.own_items.marks.allow_again(writer.account.user_id, ItemId(item_id))
    _let_go(services, writer.account.user_id)


def _let_go(services: Services, user_id: UserId) -> None:
    """Before the answer, so that who reads it sees what it did."""
    if services.stored is not None:
        services.stored.let_go(user_id)


def _place(cursor: str, state: Shelf) -> list[str]:
    """Raises RequestInvalid."""
    match page_cursor.read(cursor):
        case [state.value, str(at), str(item_id)]:
            return [state.value, at, item_id]
    raise page_cursor.unusable()
