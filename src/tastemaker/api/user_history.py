"""What a user has done, as the recommendations see it."""

from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, Field

from tastemaker.api import page_cursor
from tastemaker.api.ids import UserIdInPath
from tastemaker.api.json_answer import JsonAnswer
from tastemaker.api.prefix import PREFIX
from tastemaker.api.problem_docs import problems
from tastemaker.api.reading import read
from tastemaker.api.services import UsedServices
from tastemaker.api.slate_answer import title_of
from tastemaker.core.history import PastEvent
from tastemaker.core.ids import UserId
from tastemaker.core.interaction import Action
from tastemaker.ingest.catalogue import Catalogue

router = APIRouter(prefix=PREFIX, tags=["interactions"])


class PastEventInAnswer(BaseModel):
    item_id: str
    title: str
    action: Action
    value: float | None
    at: datetime | None = Field(description="None where the data has no times.")


class HistoryPage(BaseModel):
    items: list[PastEventInAnswer] = Field(description="Newest first.")
    next_cursor: str | None = Field(description="None on the last page.")


_EXAMPLE = {
    "items": [
        {
            "item_id": "1",
            "title": "Toy Story",
            "action": "rate",
            "value": 4.0,
            "at": "2000-07-30T18:45:03+00:00",
        }
    ],
    "next_cursor": None,
}


@router.get(
    "/users/{user_id:path}/history",
    summary="History of a user",
    description="Events of the data set and posted ones together, newest first, page by page."
    " Empty for a user nobody has seen.",
    response_model=HistoryPage,
    responses={
        200: {"content": {"application/json": {"example": _EXAMPLE}}},
        **problems(422, 503),
    },
)
async def history(
    services: UsedServices,
    user_id: UserIdInPath,
    limit: page_cursor.Limit = 20,
    cursor: page_cursor.Cursor = None,
) -> JsonAnswer:
    past = await read(services.reads_files, services.people.past, UserId(user_id))
    # Counted from the oldest, so that events that come in between two pages move nothing.
    end = len(past) if cursor is None else _end(cursor, len(past))
    start = max(end - limit, 0)
    events = [_event(event, services.catalogue) for event in reversed(past[start:end])]
    next_cursor = page_cursor.written([start]) if start else None
    return JsonAnswer({"items": events, "next_cursor": next_cursor})


def _end(cursor: str, n_events: int) -> int:
    """Raises RequestInvalid."""
    match page_cursor.read(cursor):
        case [int(end)] if 0 < end <= n_events:
            return end
    raise page_cursor.unusable()


def _event(event: PastEvent, catalogue: Catalogue) -> dict[str, Any]:
    return {
        "item_id": event.item_id,
        "title": title_of(event.item_id, catalogue),
        "action": event.action,
        "value": event.value,
        "at": datetime.fromtimestamp(event.at_s, UTC) if event.at_s else None,
    }
