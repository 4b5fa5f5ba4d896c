"""Slates of people with an account: their own, and one for several who watch together."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import Field, model_validator

from tastemaker.api import slate_cursor
from tastemaker.api.body import whole_numbers
from tastemaker.api.json_answer import JsonAnswer
from tastemaker.api.me_answer import example
from tastemaker.api.personal_slate import past_of, personal_answer
from tastemaker.api.prefix import PREFIX
from tastemaker.api.problem_docs import problems
from tastemaker.api.services import UsedServices
from tastemaker.api.shown_slates import NOBODY, note_shown
from tastemaker.api.slate_answer import SLATE_EXAMPLE, SlateAnswer, slate_answer
from tastemaker.api.slate_query import PersonalConditions
from tastemaker.api.visitor import AnyVisitor, Reader, Visitor
from tastemaker.core.errors import NotFound
from tastemaker.core.ids import Id, UserId
from tastemaker.recommend.slate_request import SlateRequest
from tastemaker.recommend.together import together

router = APIRouter(prefix=PREFIX, tags=["recommendations"])

_MAX_PEOPLE = 10


class TogetherRequest(PersonalConditions, frozen=True, extra="forbid", strict=True):
    user_ids: list[Id] = Field(default=[], max_length=_MAX_PEOPLE)
    account_ids: list[Id] = Field(
        default=[], max_length=_MAX_PEOPLE, description="Signed in on this device."
    )

    @model_validator(mode="before")
    @classmethod
    def _by_the_rules_of_json(cls, raw: Any) -> Any:
        return whole_numbers(raw)


@router.get(
    "/me/recommendations",
    summary="Recommendations for the signed-in account",
    description="While nothing is known of the person, popular items of the favourite genres; they"
    " come first, too, where the personal items do not fill the slate.",
    response_model=SlateAnswer,
    responses=example(SLATE_EXAMPLE) | problems(401, 404, 422, 503),
)
async def for_me(
    services: UsedServices, reader: Reader, conditions: Annotated[PersonalConditions, Query()]
) -> JsonAnswer:
    account = reader.account
    return await personal_answer(
        services, account.user_id, conditions, lambda: account.favourite_genres
    )


@router.post(
    "/recommendations/together",
    summary="One slate for several people",
    description="Nothing that one of them has seen or refused; what everybody would be shown"
    " comes first. Where nobody is named, the popular items.",
    response_model=SlateAnswer,
    responses=example(SLATE_EXAMPLE) | problems(404, 413, 422, 503),
)
def for_several(services: UsedServices, visitor: AnyVisitor, wanted: TogetherRequest) -> JsonAnswer:
    user_ids = [UserId(user_id) for user_id in wanted.user_ids]
    user_ids += [_on_device(visitor, account_id) for account_id in wanted.account_ids]
    shown = slate_cursor.read(wanted.cursor)
    request = SlateRequest(
        past=(), k=wanted.k, variant=wanted.model, filters=wanted.filters(), shown=shown
    )
    pasts = [past_of(services, user_id) for user_id in dict.fromkeys(user_ids)] or [[]]
    slate = together(services.recommender, pasts, services.weights, request)
    note_shown(services, slate, NOBODY, before=shown)
    next_cursor = slate_cursor.next_cursor(slate, shown, wanted.k)
    return JsonAnswer(slate_answer(slate, services.catalogue, next_cursor))


def _on_device(visitor: Visitor, account_id: str) -> UserId:
    """Raises NotFound."""
    accounts = () if visitor.device is None else visitor.device.signed_in
    for account in accounts:
        if account.account_id == account_id:
            return account.user_id
    raise NotFound(
        "This account is not signed in on this device",
        where="body.account_ids",
        next_step="Those that are: GET /api/v1/sessions.",
    )
