"""What people wrote about an item."""

from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel, Field

from tastemaker.accounts.names import initial
from tastemaker.api import page_cursor
from tastemaker.api.ids import ItemIdInPath
from tastemaker.api.known_item import known_item
from tastemaker.api.me_answer import example
from tastemaker.api.picture_address import picture_address
from tastemaker.api.prefix import PREFIX
from tastemaker.api.problem_docs import problems
from tastemaker.api.services import UsedServices
from tastemaker.api.storefront import UsedStorefront
from tastemaker.api.visitor import AnyVisitor
from tastemaker.store.instants import to_us
from tastemaker.store.reviews import Place

router = APIRouter(prefix=PREFIX, tags=["catalogue"])

_MAX_INTEGER = 2**63


class ReviewAnswer(BaseModel):
    review_id: str
    author: str
    initial: str = Field(description="Of the author.")
    picture: str | None = Field(description="Address of the author's; None where there is none.")
    rating: float | None = Field(description="The author's, in stars.")
    text: str = Field(description="As written: never to be shown as HTML.")
    created_at: datetime
    edited_at: datetime | None
    mine: bool = Field(description="Written by the account that is signed in.")


class ReviewPage(BaseModel):
    items: list[ReviewAnswer] = Field(description="The newest first.")
    next_cursor: str | None = Field(description="None on the last page.")


_EXAMPLE = {
    "items": [
        {
            "review_id": "5c1e",
            "author": "Anna",
            "initial": "A",
            "picture": None,
            "rating": 4.5,
            "text": "Even better the second time.",
            "created_at": "2026-01-01T12:00:00Z",
            "edited_at": None,
            "mine": False,
        }
    ],
    "next_cursor": None,
}


@router.get(
    "/items/{item_id:path}/reviews",
    summary="Reviews of an item",
    description="One's own is written and deleted through `/me/items`.",
    responses=example(_EXAMPLE) | problems(404, 422, 503),
)
def reviews(
    services: UsedServices,
    storefront: UsedStorefront,
    visitor: AnyVisitor,
    item_id: ItemIdInPath,
    limit: page_cursor.Limit = 20,
    cursor: page_cursor.Cursor = None,
) -> ReviewPage:
    item = known_item(services.catalogue, item_id)
    after = None if cursor is None else _place(cursor)
    found = storefront.own_items.reviews.of_item(item, limit + 1, after)
    page = found[:limit]
    has_more = len(found) > limit
    own_id = None if visitor.account is None else visitor.account.account_id
    return ReviewPage(
        items=[
            ReviewAnswer(
                review_id=review.review_id,
                author=review.author,
                initial=initial(review.author),
                picture=picture_address(review.author, review.author_picture_hash),
                rating=review.rating,
                text=review.text,
                created_at=review.created_at,
                edited_at=review.edited_at,
                mine=review.account_id == own_id,
            )
            for review in page
        ],
        next_cursor=page_cursor.written([to_us(page[-1].created_at), page[-1].review_id])
        if has_more
        else None,
    )


def _place(cursor: str) -> Place:
    """Raises RequestInvalid."""
    match page_cursor.read(cursor):
        case [int(at_us), str(review_id)] if abs(at_us) < _MAX_INTEGER:
            return at_us, review_id
    raise page_cursor.unusable()
