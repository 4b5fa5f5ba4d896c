"""The slate of a user: by the variant he is given, noted as shown."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from http import HTTPStatus
from time import perf_counter
from typing import TypeVar

from tastemaker.api import slate_cursor
from tastemaker.api.json_answer import JsonAnswer, ReadyJson
from tastemaker.api.reading import read
from tastemaker.api.ready_slate import sent
from tastemaker.api.remembered import Remembering
from tastemaker.api.services import Services
from tastemaker.api.shown_slates import note_shown
from tastemaker.api.slate_answer import slate_answer
from tastemaker.api.slate_cache import Wanted
from tastemaker.api.slate_query import PersonalConditions
from tastemaker.core.errors import StoreUnavailable, TastemakerError
from tastemaker.core.history import PastEvent
from tastemaker.core.ids import UserId
from tastemaker.core.slate import Slate, Source
from tastemaker.observe.experiments.assign import Assigned
from tastemaker.recommend.slate_request import SlateRequest

_SERVERS_FAULT = HTTPStatus.INTERNAL_SERVER_ERROR

Read = TypeVar("Read")


def assigned(services: Services, user_id: UserId, model: str | None) -> Assigned:
    """model: asked for by name, which is no part of an experiment; None: not asked for."""
    if model is not None:
        return Assigned(model, None)
    return services.experiments.assign(user_id, services.clock())


async def personal_answer(
    services: Services,
    user_id: UserId,
    conditions: PersonalConditions,
    favourite_genres: Callable[[], Sequence[str]] | None = None,
    *,
    is_missed: bool = False,
) -> JsonAnswer:
    """favourite_genres: None for those told of the user. is_missed: a stored slate was looked for
    in vain a moment ago. Raises as Recommender.recommend does."""
    if conditions.is_plain and not is_missed:
        ready = await stored_slate(services, user_id, conditions.model, conditions.k)
        if ready is not None:
            return ready
    told = favourite_genres or partial(genres_of, services, user_id)
    return await _computed(services, user_id, conditions, told)


async def stored_slate(
    services: Services, user_id: UserId, model: str | None, k: int, *, may_be_old: bool = False
) -> JsonAnswer | None:
    """None where there is none to be sent. may_be_old: as in `StoredSlates.find`."""
    stored = services.stored
    if stored is None:
        return None
    variant, experiment = assigned(services, user_id, model)
    name = variant or services.recommender.default_variant
    wanted = Wanted(user_id, name, services.recommender.version, k)
    ready = stored.in_memory(wanted)
    if ready is None:
        ready = await read(stored.reads_files, stored.find, wanted, k, may_be_old=may_be_old)
    return None if ready is None else sent(services, ready, user_id, name, experiment)


async def _computed(
    services: Services,
    user_id: UserId,
    conditions: PersonalConditions,
    favourite_genres: Callable[[], Sequence[str]],
) -> JsonAnswer:
    variant, experiment = assigned(services, user_id, conditions.model)
    name = variant or services.recommender.default_variant
    # Before the past, so that an event that comes in between makes the slate an old one.
    revision = await read(services.reads_files, _revision, services, user_id, conditions)
    remembering = _remembering(services, user_id, conditions, name, revision)
    if remembering is not None and remembering.found is not None:
        return sent(services, remembering.found, user_id, name, experiment, Source.MODEL)
    asked = _asked(conditions, variant, favourite_genres)
    slate, is_known = await read(services.reads_files, _made, services, user_id, name, asked)
    if conditions.is_plain and is_known and slate.source is not Source.MODEL:
        ready = await stored_slate(
            services, user_id, conditions.model, conditions.k, may_be_old=True
        )
        if ready is not None:
            return ready
    note_shown(services, slate, user_id, experiment, asked.shown)
    if services.stored is not None and conditions.is_plain and revision is not None:
        services.stored.keep(slate, user_id, conditions.k, revision)
    if remembering is not None and slate.source is Source.MODEL:
        return ReadyJson(remembering.kept(slate, services.catalogue, conditions.k))
    next_cursor = slate_cursor.next_cursor(slate, asked.shown, conditions.k)
    return JsonAnswer(slate_answer(slate, services.catalogue, next_cursor))


def _revision(services: Services, user_id: UserId, conditions: PersonalConditions) -> int | None:
    """None where nothing is kept that would need it, and while the database is away."""
    keeps_any = services.remembered is not None or services.stored is not None
    if conditions.cursor is not None or not keeps_any:
        return None
    return _unless_away(services.interactions.revision, user_id)


def _remembering(
    services: Services,
    user_id: UserId,
    conditions: PersonalConditions,
    name: str,
    revision: int | None,
) -> Remembering | None:
    """None where nothing is remembered: for later pages, and while the database is away."""
    if services.remembered is None or revision is None:
        return None
    wanted = Wanted(user_id, name, services.recommender.version, conditions.model_dump_json())
    return Remembering(services.remembered, wanted, revision)


def _asked(
    conditions: PersonalConditions,
    variant: str | None,
    favourite_genres: Callable[[], Sequence[str]],
) -> SlateRequest:
    """All but the past."""
    return SlateRequest(
        past=(),
        k=conditions.k,
        variant=variant,
        filters=conditions.filters(),
        favourite_genres=favourite_genres,
        shown=slate_cursor.read(conditions.cursor),
    )


def _made(
    services: Services, user_id: UserId, name: str, asked: SlateRequest
) -> tuple[Slate, bool]:
    """From the user's past, and whether there is one. Waits for the database."""
    past = past_of(services, user_id)
    with _measured(services, name):
        return services.recommender.recommend(replace(asked, past=past)), bool(past)


@contextmanager
def _measured(services: Services, model: str) -> Iterator[None]:
    started_s = perf_counter()
    try:
        yield
    except Exception as error:
        is_clients = isinstance(error, TastemakerError) and error.status < _SERVERS_FAULT
        if not is_clients:
            services.metrics.slates.failed(model)
        raise
    services.metrics.slates.timed(model, perf_counter() - started_s)


def make_anew(services: Services, user_id: UserId) -> None:
    """Of slates that are kept of the user: something has changed that is no event."""
    if services.remembered is not None:
        services.remembered.forget(user_id)
    if services.stored is not None:
        services.stored.renew(user_id)


def past_of(services: Services, user_id: UserId) -> Sequence[PastEvent]:
    """Nothing where the database is away: half a past would pass for all of it."""
    return _unless_away(services.people.past, user_id) or ()


def genres_of(services: Services, user_id: UserId) -> tuple[str, ...]:
    """None where the database is away: what is popular with everybody needs none."""
    return _unless_away(services.genres.of, user_id) or ()


def _unless_away(look: Callable[[UserId], Read], user_id: UserId) -> Read | None:
    try:
        return look(user_id)
    except StoreUnavailable:
        return None
