"""What an account says about items, as answers show it."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field

from tastemaker.accounts.own_items import OwnItem
from tastemaker.api.item_answers import ITEM_EXAMPLE, ItemInList, item_in_list
from tastemaker.ingest.catalogue import Catalogue


class OwnAnswer(BaseModel):
    rating: float | None = Field(description="Stars, 0.5 to 5; null where not rated.")
    watched: bool
    on_watchlist: bool
    review: str | None
    at: datetime | None = Field(description="Of the latest word on it.")


class OwnItemInList(ItemInList, OwnAnswer):
    pass


class OwnItemPage(BaseModel):
    items: list[OwnItemInList] = Field(description="The latest word first.")
    next_cursor: str | None = Field(description="None on the last page.")
    n_items: int = Field(description="On all pages.")


def own_answer(own: OwnItem) -> dict[str, Any]:
    """An `OwnAnswer`."""
    return {
        "rating": own.marks.rating,
        "watched": own.marks.watched,
        "on_watchlist": own.marks.on_watchlist,
        "review": own.review,
        "at": own.at,
    }


def own_item_in_list(own: OwnItem, catalogue: Catalogue) -> dict[str, Any]:
    """An `OwnItemInList`. The item is in the catalogue."""
    return item_in_list(catalogue, catalogue.position[own.item_id]) | own_answer(own)


OWN_EXAMPLE: dict[str, Any] = {
    "rating": 4.5,
    "watched": True,
    "on_watchlist": False,
    "review": "Even better the second time.",
    "at": "2026-01-01T12:00:00Z",
}
OWN_PAGE_EXAMPLE: dict[str, Any] = {
    "items": [ITEM_EXAMPLE | OWN_EXAMPLE],
    "next_cursor": None,
    "n_items": 1,
}
