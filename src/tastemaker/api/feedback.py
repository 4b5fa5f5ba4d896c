"""Answers to a slate: liked, disliked, clicked."""

import asyncio
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Request
from pydantic import AwareDatetime, BaseModel, Field
from starlette.concurrency import run_in_threadpool

from tastemaker.api.body import body_of, parsed, read_json
from tastemaker.api.event import Event
from tastemaker.api.json_answer import JsonAnswer
from tastemaker.api.me_answer import example
from tastemaker.api.prefix import PREFIX
from tastemaker.api.problem import FieldProblem, InvalidFields, rule_problems
from tastemaker.api.problem_docs import problems
from tastemaker.api.services import Services, UsedConfig, UsedServices
from tastemaker.api.shown_slates import NOBODY, find_page
from tastemaker.api.write_key import require_write_key
from tastemaker.core.errors import NotFound
from tastemaker.core.event_rules import EventRules
from tastemaker.core.ids import EventId, Id, ItemId, SessionId, UserId
from tastemaker.core.interaction import Action
from tastemaker.core.slate_answers import event_id_of
from tastemaker.core.slate_record import SlateFeedback

router = APIRouter(prefix=PREFIX, tags=["interactions"])

_N_LOOKS = 4
_LOOK_AGAIN_S = 0.15
"""Together longer than `slate_writing.write_every_s` as it is set where nobody has changed it."""

_ACTIONS = {
    "like": Action.LIKE,
    "dislike": Action.DISLIKE,
    "view": Action.VIEW,
    "click": Action.VIEW,
}


class FeedbackRequest(BaseModel, frozen=True, extra="forbid"):
    item_id: Id
    action: Literal["like", "dislike", "view", "click"] = Field(description="`click` is a `view`.")
    event_id: Id | None = Field(
        default=None, description="Your own id; without one, the same answer twice counts once."
    )
    at: AwareDatetime | None = Field(default=None, description="With its time zone; none: now.")


class FeedbackAnswer(BaseModel):
    event_id: str
    session_id: str
    user_id: str | None = Field(description="Whose event it is; none of a slate shown to nobody.")
    is_new: bool = Field(description="False where the event was there already.")


_EXAMPLE = {"item_id": "3114", "action": "like"}
_ANSWER_EXAMPLE: dict[str, Any] = {
    "event_id": "9f3c",
    "session_id": "0b5c7a5e",
    "user_id": "ann",
    "is_new": True,
}


@router.post(
    "/feedback/{session_id:path}",
    summary="Answer a slate",
    description="What the user of the slate thinks of one of its items. It is also an event of the"
    " user, on the disk when the answer arrives, and the next recommendations count it. A slate"
    " that was asked for by a history has no user: then only the slate is answered.",
    response_model=FeedbackAnswer,
    responses=example(_ANSWER_EXAMPLE) | problems(401, 404, 413, 415, 422, 503),
    dependencies=[Depends(require_write_key)],
    openapi_extra=body_of({"$ref": "#/components/schemas/FeedbackRequest"}, {"a like": _EXAMPLE}),
)
async def answer(
    request: Request,
    services: UsedServices,
    config: UsedConfig,
    session_id: Annotated[Id, Path(description="Of the slate.", examples=["0b5c7a5e"])],
) -> JsonAnswer:
    wanted = parsed(FeedbackRequest, await read_json(request))
    session = SessionId(session_id)
    user_id = await _user_of(services, session, wanted.item_id)
    item_id, action = ItemId(wanted.item_id), _ACTIONS[wanted.action]
    event_id = wanted.event_id or event_id_of(user_id, session, item_id, action)
    is_new = True
    if user_id != NOBODY:
        event = Event(
            event_id=event_id,
            user_id=user_id,
            item_id=item_id,
            action=action,
            at=wanted.at,
            session_id=session,
        )
        is_new = await _counted(services, event, takes_accounts=config.api_key is not None)
    at = wanted.at or services.clock()
    feedback = SlateFeedback(EventId(event_id), session, item_id, action, at, user_id)
    await run_in_threadpool(services.slate_log.record, [], [feedback])
    return JsonAnswer(
        {
            "event_id": event_id,
            "session_id": session,
            "user_id": user_id or None,
            "is_new": is_new,
        }
    )


async def _user_of(services: Services, session_id: SessionId, item_id: str) -> UserId:
    """Raises NotFound (no such slate) and InvalidFields (it does not show the item), after it has
    waited for what another server shows to be in the log."""
    for n_before in range(_N_LOOKS):
        await asyncio.sleep(_LOOK_AGAIN_S if n_before else 0.0)
        page = await run_in_threadpool(find_page, services, session_id, item_id)
        if page is not None and item_id in page.shown.item_ids:
            return page.shown.user_id
    if page is None:
        raise NotFound(
            f"No slate of session '{session_id}'",
            where="session_id",
            next_step="Name the session_id of a slate of recommendations; old ones are forgotten.",
        )
    reason = "The slate of this session does not show the item"
    raise InvalidFields([FieldProblem(field="body.item_id", reason=reason)])


async def _counted(services: Services, event: Event, *, takes_accounts: bool) -> bool:
    """True where the event is new. Raises InvalidFields."""
    now = services.clock()
    rules = EventRules(
        services.weights.max_rating, now, takes_accounts, services.catalogue.position
    )
    broken = rules.broken_by(event)
    if broken:
        raise InvalidFields(rule_problems(broken, "body"))
    interaction = event.interaction(services.new_id, now)
    written = await asyncio.wrap_future(services.interactions.submit([interaction]))
    services.metrics.events_posted(sum(written.new), 1 - sum(written.new), 0)
    return written.new[0]
