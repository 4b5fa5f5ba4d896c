"""Personal slates: for a user id, and for a history given in the request."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import AwareDatetime, BaseModel, Field

from tastemaker.api import slate_cursor
from tastemaker.api.body import body_of, parsed, read_json
from tastemaker.api.ids import UserIdInPath
from tastemaker.api.json_answer import JsonAnswer
from tastemaker.api.personal_slate import personal_answer
from tastemaker.api.prefix import PREFIX
from tastemaker.api.problem_docs import problems
from tastemaker.api.services import UsedConfig, UsedServices
from tastemaker.api.shown_slates import NOBODY, note_shown
from tastemaker.api.slate_answer import SLATE_EXAMPLE, SlateAnswer, slate_answer
from tastemaker.api.slate_query import PersonalConditions
from tastemaker.api.stored_first import was_missed
from tastemaker.core.history import PastEvent
from tastemaker.core.ids import Id, ItemId, UserId
from tastemaker.core.interaction import Action
from tastemaker.recommend.slate_request import SlateRequest

router = APIRouter(prefix=PREFIX, tags=["recommendations"])


class HistoryEntry(BaseModel, frozen=True, extra="forbid"):
    item_id: Id
    action: Action = Action.WATCHED
    value: float | None = Field(default=None, ge=0, le=1e9, allow_inf_nan=False)
    at: AwareDatetime | None = None


class HistoryRequest(PersonalConditions, frozen=True, extra="forbid"):
    history: list[HistoryEntry] = Field(
        description="Oldest first. Only the latest ones count (1,000 unless configured otherwise);"
        " items the catalogue does not know are passed over and named in the answer."
    )


_ANSWER: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/json": {"example": SLATE_EXAMPLE}}}
}
_HISTORY_EXAMPLE = {
    "history": [{"item_id": "1"}, {"item_id": "3114", "action": "rate", "value": 4.5}],
    "k": 10,
    "genre": ["Animation"],
}


@router.get(
    "/recommendations/{user_id:path}",
    summary="Recommendations for a user",
    description="Counts all the user has done, the event of a second ago too: computed at this"
    " moment, or, where the server keeps slates, one computed since the user's newest event"
    " (`source` is `stored`). Where the model or the database does not answer, a stored slate may"
    " be older than that. For a user nobody has seen, the slate is the popular one, of the genres"
    " told of him (`POST /genres`) where there are any, and says so. While an experiment runs and"
    " no `model` is named, the user's variant of it answers.",
    response_model=SlateAnswer,
    responses=_ANSWER | problems(404, 422, 503),
)
async def for_user(
    request: Request,
    services: UsedServices,
    user_id: UserIdInPath,
    conditions: Annotated[PersonalConditions, Query()],
) -> JsonAnswer:
    is_missed = was_missed(request.scope)
    return await personal_answer(services, UserId(user_id), conditions, is_missed=is_missed)


@router.post(
    "/recommendations",
    summary="Recommendations for a history",
    description="For a history given in the request; nothing of it is stored.",
    response_model=SlateAnswer,
    responses=_ANSWER | problems(404, 413, 415, 422),
    openapi_extra=body_of(
        {"$ref": "#/components/schemas/HistoryRequest"}, {"two films": _HISTORY_EXAMPLE}
    ),
)
async def for_history(request: Request, services: UsedServices, config: UsedConfig) -> JsonAnswer:
    raw = await read_json(request)
    wanted = parsed(HistoryRequest, _cut(raw, config.max_history))
    past, known = _past(wanted.history), services.catalogue.position
    unknown = dict.fromkeys(event.item_id for event in past if event.item_id not in known)
    shown = slate_cursor.read(wanted.cursor)
    slate = services.recommender.recommend(
        SlateRequest(
            past=past,
            k=wanted.k,
            variant=wanted.model,
            filters=wanted.filters(),
            shown=shown,
        )
    )
    note_shown(services, slate, NOBODY, before=shown)
    next_cursor = slate_cursor.next_cursor(slate, shown, wanted.k)
    return JsonAnswer(slate_answer(slate, services.catalogue, next_cursor, list(unknown)))


def _cut(raw: Any, max_history: int) -> Any:
    """Without the entries that would not count, which need not be checked either."""
    if isinstance(raw, dict) and isinstance(raw.get("history"), list):
        return raw | {"history": raw["history"][-max_history:]}
    return raw


def _past(history: Sequence[HistoryEntry]) -> list[PastEvent]:
    """An entry without a time takes that of the one before it."""
    past: list[PastEvent] = []
    at_s = 0
    for entry in history:
        at_s = at_s if entry.at is None else int(entry.at.timestamp())
        past.append(PastEvent(ItemId(entry.item_id), entry.action, entry.value, at_s))
    return sorted(past, key=lambda event: event.at_s)
