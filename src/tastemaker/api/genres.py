"""Favourite genres of a user, and what is popular in them."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool

from tastemaker.api.body import body_of, parsed, read_json
from tastemaker.api.ids import ShortText
from tastemaker.api.json_answer import JsonAnswer
from tastemaker.api.me_answer import example
from tastemaker.api.personal_slate import genres_of, make_anew
from tastemaker.api.prefix import PREFIX
from tastemaker.api.problem import FieldProblem, InvalidFields
from tastemaker.api.problem_docs import problems
from tastemaker.api.reading import read
from tastemaker.api.services import UsedConfig, UsedServices
from tastemaker.api.shown_slates import NOBODY, note_shown
from tastemaker.api.slate_answer import SLATE_EXAMPLE, SlateAnswer, slate_answer
from tastemaker.api.write_key import require_write_key
from tastemaker.core.account import MAX_FAVOURITE_GENRES, USER_ID_PREFIX
from tastemaker.core.ids import Id, UserId
from tastemaker.ingest.catalogue import Catalogue
from tastemaker.recommend.filters import Filters

router = APIRouter(prefix=PREFIX, tags=["recommendations"])


class GenresRequest(BaseModel, frozen=True, extra="forbid"):
    """In place of those told before."""

    user_id: Id
    genres: list[ShortText] = Field(min_length=1, max_length=MAX_FAVOURITE_GENRES)


class GenresAnswer(BaseModel):
    user_id: str
    genres: list[str]


class TopQuery(BaseModel, frozen=True, extra="forbid"):
    user_id: Id | None = Field(default=None, description="Whose favourite genres count.")
    genre: list[ShortText] = Field(default=[], max_length=50, description="Any of these.")
    k: int = Field(default=20, ge=1, le=200, description="Items wanted; fewer where fewer match.")


_EXAMPLE: dict[str, Any] = {"user_id": "ann", "genres": ["Comedy", "Drama"]}


@router.post(
    "/genres",
    summary="Tell a user's favourite genres",
    description="One to three. While nothing else is known of the user, recommendations are popular"
    " items of these, and they come first where the personal items do not fill a slate. An account"
    " chooses its own in its profile; only who has the server's key may do so for it, and then it"
    " is the same choice.",
    response_model=GenresAnswer,
    responses=example(_EXAMPLE) | problems(401, 404, 413, 415, 422, 503),
    dependencies=[Depends(require_write_key)],
    openapi_extra=body_of({"$ref": "#/components/schemas/GenresRequest"}, {"two genres": _EXAMPLE}),
)
async def tell(request: Request, services: UsedServices, config: UsedConfig) -> JsonAnswer:
    told = parsed(GenresRequest, await read_json(request))
    broken = _broken(told, services.catalogue)
    if told.user_id.startswith(USER_ID_PREFIX) and config.api_key is None:
        reason = "An account chooses for itself, through /api/v1/me"
        broken.append(FieldProblem(field="body.user_id", reason=reason))
    if broken:
        raise InvalidFields(broken)
    now = services.clock()
    # Also into a file: there it may wait for another writer.
    await run_in_threadpool(services.genres.put, UserId(told.user_id), told.genres, now)
    make_anew(services, UserId(told.user_id))
    return JsonAnswer(told.model_dump())


@router.get(
    "/genres_top",
    summary="What is popular in genres",
    description="In those of the user, or in those named; no model is asked. For a user of whom no"
    " genre is known, what is popular with everybody.",
    response_model=SlateAnswer,
    responses=example(SLATE_EXAMPLE) | problems(422, 503),
)
async def top(services: UsedServices, wanted: Annotated[TopQuery, Query()]) -> JsonAnswer:
    if (wanted.user_id is None) == (not wanted.genre):
        reason = "Give a user_id, or one genre or more"
        raise InvalidFields([FieldProblem(field="query.genre", reason=reason)])
    genres, user_id = tuple(wanted.genre), UserId(wanted.user_id or NOBODY)
    if wanted.user_id is not None:
        genres = await read(services.reads_files, genres_of, services, user_id)
    slate = services.recommender.popular(wanted.k, Filters(genres_any=genres))
    note_shown(services, slate, user_id)
    return JsonAnswer(slate_answer(slate, services.catalogue))


def _broken(told: GenresRequest, catalogue: Catalogue) -> list[FieldProblem]:
    known = ", ".join(catalogue.genres)
    unknown = [
        FieldProblem(field=f"body.genres.{at}", reason=f"The catalogue's genres are: {known}")
        for at, genre in enumerate(told.genres)
        if genre not in catalogue.genres
    ]
    if len(set(told.genres)) < len(told.genres):
        unknown.append(FieldProblem(field="body.genres", reason="A genre stands there twice"))
    return unknown
