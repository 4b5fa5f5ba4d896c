"""What the system believes about the taste of the signed-in account, and why."""

from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, Field

from tastemaker.api.json_answer import JsonAnswer
from tastemaker.api.me_answer import example
from tastemaker.api.prefix import PREFIX
from tastemaker.api.problem_docs import problems
from tastemaker.api.services import UsedServices
from tastemaker.api.slate_answer import title_of
from tastemaker.api.visitor import Reader
from tastemaker.core.history import PastEvent
from tastemaker.core.interaction import Action
from tastemaker.recommend.beliefs import beliefs

router = APIRouter(prefix=PREFIX, tags=["me"])

_MAX_ITEMS = 50


class GenreShare(BaseModel):
    genre: str
    share: float


class DecadeShare(BaseModel):
    decade: int = Field(description="Its first year.")
    share: float


class EventOfTaste(BaseModel):
    action: Action
    value: float | None
    at: datetime | None


class ItemOfTaste(BaseModel):
    item_id: str
    title: str
    weight: float = Field(description="How much it counts, in (0, 1].")
    events: list[EventOfTaste] = Field(description="From which this comes, oldest first.")


class RefusedItem(BaseModel):
    item_id: str
    title: str


class TasteAnswer(BaseModel):
    n_events: int
    genres: list[GenreShare] = Field(description="Shares of all weight, the largest first.")
    decades: list[DecadeShare]
    items: list[ItemOfTaste] = Field(description="The strongest 50, of equals the latest first.")
    refused: list[RefusedItem] = Field(description="Not recommended again.")


_EXAMPLE: dict[str, Any] = {
    "n_events": 1,
    "genres": [{"genre": "Animation", "share": 1.0}],
    "decades": [{"decade": 1990, "share": 1.0}],
    "items": [
        {
            "item_id": "1",
            "title": "Toy Story",
            "weight": 0.9,
            "events": [{"action": "rate", "value": 4.5, "at": "2026-01-01T12:00:00Z"}],
        }
    ],
    "refused": [],
}


@router.get(
    "/me/taste",
    summary="What the system believes about one's taste",
    description="The very numbers recommendations are made from.",
    response_model=TasteAnswer,
    responses=example(_EXAMPLE) | problems(401, 503),
)
def taste(services: UsedServices, reader: Reader) -> JsonAnswer:
    catalogue = services.catalogue
    past = services.people.past(reader.account.user_id)
    believed = beliefs(past, services.weights, catalogue, _MAX_ITEMS)
    return JsonAnswer(
        {
            "n_events": believed.n_events,
            "genres": [{"genre": genre, "share": share} for genre, share in believed.genres],
            "decades": [{"decade": decade, "share": share} for decade, share in believed.decades],
            "items": [
                {
                    "item_id": item.item_id,
                    "title": title_of(item.item_id, catalogue),
                    "weight": item.weight,
                    "events": [_event(event) for event in item.events],
                }
                for item in believed.items
            ],
            "refused": [
                {"item_id": item_id, "title": title_of(item_id, catalogue)}
                for item_id in believed.refused
            ],
        }
    )


def _event(event: PastEvent) -> dict[str, Any]:
    at = datetime.fromtimestamp(event.at_s, UTC) if event.at_s else None
    return {"action": event.action, "value": event.value, "at": at}
