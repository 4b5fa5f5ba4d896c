"""Events come in: one or many, each counted once."""

import asyncio
from typing import Any

import orjson
from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, Field, ValidationError

from tastemaker.api.body import body_of, read_json
from tastemaker.api.event import Event, EventRules
from tastemaker.api.json_answer import JsonAnswer
from tastemaker.api.prefix import PREFIX
from tastemaker.api.problem import FieldProblem, InvalidFields, field_problems
from tastemaker.api.problem_docs import problems
from tastemaker.api.services import Services, UsedConfig, UsedServices
from tastemaker.api.slate_feedback import feedback_of
from tastemaker.api.write_key import require_write_key
from tastemaker.core.interaction import Interaction

router = APIRouter(prefix=PREFIX, tags=["interactions"])


class Rejected(BaseModel):
    index: int = Field(description="Place in the list sent, from 0.")
    errors: list[FieldProblem]


class InteractionsAnswer(BaseModel):
    accepted: int = Field(description="Events that went in now.")
    duplicates: int = Field(description="Events whose `event_id` was there already.")
    event_ids: list[str] = Field(description="Of both, in the order sent.")
    rejected: list[Rejected] = Field(description="Set aside; the others are in.")


_EXAMPLE = {"event_id": "e-1", "user_id": "ann", "item_id": "1", "action": "rate", "value": 4.5}
_SCHEMA = {
    "anyOf": [
        {"$ref": "#/components/schemas/Event"},
        {"type": "array", "items": {"$ref": "#/components/schemas/Event"}},
    ]
}
_ANSWER_EXAMPLE = {"accepted": 1, "duplicates": 0, "event_ids": ["e-1"], "rejected": []}


@router.post(
    "/interactions",
    summary="Report what people did",
    description="One event or a list. When the answer arrives the events are on the disk, and the"
    " next recommendations count them. A bad event alone is an error; in a list it is set aside"
    " with its reason and the rest goes in. An event with a `session_id` also answers that slate."
    " Where the server is too busy it answers 503: send the"
    " same again after `Retry-After` seconds.",
    response_model=InteractionsAnswer,
    responses={
        200: {"content": {"application/json": {"example": _ANSWER_EXAMPLE}}},
        **problems(401, 413, 415, 422, 503),
    },
    dependencies=[Depends(require_write_key)],
    openapi_extra=body_of(_SCHEMA, {"one event": _EXAMPLE, "several": [_EXAMPLE]}),
)
async def post_interactions(
    request: Request, services: UsedServices, config: UsedConfig
) -> JsonAnswer:
    raw = await read_json(request)
    is_batch = isinstance(raw, list)
    batch = raw if is_batch else [raw]
    if len(batch) > config.max_batch:
        reason = f"{len(batch)} events are too many for one request: {config.max_batch} at most"
        raise InvalidFields([FieldProblem(field="body", reason=reason)])
    good, rejected = _sorted_out(batch, services, takes_accounts=config.api_key is not None)
    if rejected and not is_batch:
        services.metrics.events_posted(0, 0, 1)
        raise InvalidFields(
            [FieldProblem(field=f"body.{e.field}", reason=e.reason) for e in rejected[0].errors]
        )
    written = await asyncio.wrap_future(services.interactions.submit(good))
    services.slates.answered(feedback_of(good, services.weights.max_rating))
    n_accepted = sum(written.new)
    services.metrics.events_posted(n_accepted, len(good) - n_accepted, len(rejected))
    return JsonAnswer(
        {
            "accepted": n_accepted,
            "duplicates": len(good) - n_accepted,
            "event_ids": [event.event_id for event in good],
            "rejected": [entry.model_dump() for entry in rejected],
        }
    )


def _sorted_out(
    batch: list[Any], services: Services, *, takes_accounts: bool
) -> tuple[list[Interaction], list[Rejected]]:
    now = services.clock()
    rules = EventRules(services.catalogue, services.weights.max_rating, now, takes_accounts)
    good: list[Interaction] = []
    rejected: list[Rejected] = []
    for index, raw in enumerate(batch):
        try:
            event = Event.model_validate_json(orjson.dumps(raw), strict=True)
            broken = rules.broken_by(event)
        except ValidationError as error:
            broken = field_problems(error)
        if broken:
            rejected.append(Rejected(index=index, errors=broken))
        else:
            good.append(event.interaction(services.new_id, now))
    return good, rejected
