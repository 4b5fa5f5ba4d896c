"""Events come in: one or many, each counted once."""

import asyncio
from collections.abc import Sequence
from http import HTTPStatus

import orjson
from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from tastemaker.api.api_config import ApiConfig
from tastemaker.api.body import body_of, from_json, read_body
from tastemaker.api.event import Event
from tastemaker.api.json_answer import JsonAnswer
from tastemaker.api.prefix import PREFIX
from tastemaker.api.problem import FieldProblem, InvalidFields, field_problems, rule_problems
from tastemaker.api.problem_docs import problems
from tastemaker.api.services import Services, UsedConfig, UsedServices
from tastemaker.api.write_key import require_write_key
from tastemaker.core.event_rules import EventRules
from tastemaker.core.ids import EventId
from tastemaker.core.interaction import Interaction
from tastemaker.core.slate_answers import feedback_of
from tastemaker.core.topics import InteractionHappened

router = APIRouter(prefix=PREFIX, tags=["interactions"])

_EVENTS = TypeAdapter(list[Event])


class Rejected(BaseModel):
    index: int = Field(description="Place in the list sent, from 0.")
    errors: list[FieldProblem]


class InteractionsAnswer(BaseModel):
    accepted: int = Field(description="Events that went in now.")
    duplicates: int = Field(
        description="Events whose `event_id` was there already; of those on the bus, whose"
        " `event_id` came twice in this request: others are known as such when they are recorded."
    )
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
    " same again after `Retry-After` seconds. A server configured with `interactions.through`"
    ' "bus" answers 202 when the events are on the bus for good, and counts them a moment later.',
    response_model=InteractionsAnswer,
    responses={
        200: {"content": {"application/json": {"example": _ANSWER_EXAMPLE}}},
        202: {
            "model": InteractionsAnswer,
            "description": "On the bus",
            "content": {"application/json": {"example": _ANSWER_EXAMPLE}},
        },
        **problems(401, 413, 415, 422, 503),
    },
    dependencies=[Depends(require_write_key)],
    openapi_extra=body_of(_SCHEMA, {"one event": _EXAMPLE, "several": [_EXAMPLE]}),
)
async def post_interactions(
    request: Request, services: UsedServices, config: UsedConfig
) -> JsonAnswer:
    body = await read_body(request)
    good, rejected = _sorted_out(body, services, config)
    if services.onto_bus is None:
        written = await asyncio.wrap_future(services.interactions.submit(good))
        n_accepted, status = sum(written.new), HTTPStatus.OK
    else:
        once: dict[EventId, Interaction] = {}
        for event in good:
            once.setdefault(event.event_id, event)
        await asyncio.wrap_future(services.onto_bus(InteractionHappened.messages(once.values())))
        n_accepted, status = len(once), HTTPStatus.ACCEPTED
    services.slates.answered(feedback_of(good, services.weights.max_rating))
    services.metrics.events_posted(n_accepted, len(good) - n_accepted, len(rejected))
    return JsonAnswer(
        {
            "accepted": n_accepted,
            "duplicates": len(good) - n_accepted,
            "event_ids": [event.event_id for event in good],
            "rejected": [entry.model_dump() for entry in rejected],
        },
        status_code=status,
    )


def _sorted_out(
    body: bytes, services: Services, config: ApiConfig
) -> tuple[list[Interaction], list[Rejected]]:
    """Raises InvalidFields where nothing can be taken of it."""
    now = services.clock()
    takes_accounts = config.api_key is not None
    rules = EventRules(
        services.weights.max_rating, now, takes_accounts, services.catalogue.position
    )
    try:
        events: Sequence[Event] = _EVENTS.validate_json(body, strict=True)
        rejected: list[Rejected] = []
        _refuse_too_many(len(events), config)
        if any(rules.broken_by(event) for event in events):
            events, rejected = _one_by_one(body, rules, services, config)
    except ValidationError:
        events, rejected = _one_by_one(body, rules, services, config)
    return [event.interaction(services.new_id, now) for event in events], rejected


def _one_by_one(
    body: bytes, rules: EventRules, services: Services, config: ApiConfig
) -> tuple[list[Event], list[Rejected]]:
    """At several times the cost: so that a bad one is named and the others go in."""
    raw = from_json(body)
    is_batch = isinstance(raw, list)
    batch = raw if is_batch else [raw]
    _refuse_too_many(len(batch), config)
    good: list[Event] = []
    rejected: list[Rejected] = []
    for index, one in enumerate(batch):
        try:
            event = Event.model_validate_json(orjson.dumps(one), strict=True)
            broken = rule_problems(rules.broken_by(event))
        except ValidationError as error:
            broken = field_problems(error)
        if broken:
            rejected.append(Rejected(index=index, errors=broken))
        else:
            good.append(event)
    if rejected and not is_batch:
        services.metrics.events_posted(0, 0, 1)
        raise InvalidFields(
            [FieldProblem(field=f"body.{e.field}", reason=e.reason) for e in rejected[0].errors]
        )
    return good, rejected


def _refuse_too_many(n_events: int, config: ApiConfig) -> None:
    if n_events > config.max_batch:
        reason = f"{n_events} events are too many for one request: {config.max_batch} at most"
        raise InvalidFields([FieldProblem(field="body", reason=reason)])
