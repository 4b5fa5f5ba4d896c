"""The slate of a user: by the variant he is given, noted as shown."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from http import HTTPStatus
from time import perf_counter
from typing import TypeVar

from tastemaker.api import slate_cursor, stored_answer
from tastemaker.api.json_answer import JsonAnswer, ReadyJson
from tastemaker.api.remembered import Remembering
from tastemaker.api.services import Services
from tastemaker.api.shown_slates import note_shown
from tastemaker.api.slate_answer import slate_answer
from tastemaker.api.slate_cache import Wanted
from tastemaker.api.slate_query import PersonalConditions
from tastemaker.api.stored_answer import StoredAnswer
from tastemaker.core.errors import StoreUnavailable, TastemakerError
from tastemaker.core.history import PastEvent
from tastemaker.core.ids import SessionId, UserId
from tastemaker.core.slate import Source
from tastemaker.core.slate_record import ShownSlate
from tastemaker.observe.experiments.assign import Assigned
from tastemaker.recommend.slate_request import SlateRequest

_SERVERS_FAULT = HTTPStatus.INTERNAL_SERVER_ERROR

Read = TypeVar("Read")


def assigned(services: Services, user_id: UserId, model: str | None) -> Assigned:
    """model: asked for by name, which is no part of an experiment; None: not asked for."""
    if model is not None:
        return Assigned(model, None)
    return services.experiments.assign(user_id, services.clock())


def personal_answer(
    services: Services,
    user_id: UserId,
    conditions: PersonalConditions,
    favourite_genres: Callable[[], Sequence[str]] | None = None,
) -> JsonAnswer:
    """favourite_genres: None for those told of the user. Raises as Recommender.recommend does."""
    stored = services.stored if conditions.is_plain else None
    revision: int | None = 0
    if stored is not None:
        ready = stored_slate(services, user_id, conditions.model, conditions.k)
        if ready is not None:
            return ready
        revision = _unless_away(stored.revision, user_id)
    variant, experiment = assigned(services, user_id, conditions.model)
    name = variant or services.recommender.default_variant
    remembering = _remembering(services, user_id, conditions, name)
    if remembering is not None and remembering.found is not None:
        return _sent(services, remembering.found, user_id, name, experiment, Source.MODEL)
    past = past_of(services, user_id)
    shown = slate_cursor.read(conditions.cursor)
    request = SlateRequest(
        past=past,
        k=conditions.k,
        variant=variant,
        filters=conditions.filters(),
        favourite_genres=favourite_genres or (lambda: genres_of(services, user_id)),
        shown=shown,
    )
    with _measured(services, variant):
        slate = services.recommender.recommend(request)
    if stored is not None and past and slate.source is not Source.MODEL:
        ready = stored_slate(services, user_id, conditions.model, conditions.k, may_be_old=True)
        if ready is not None:
            return ready
    note_shown(services, slate, user_id, experiment, shown)
    if stored is not None and revision is not None:
        stored.keep(slate, user_id, conditions.k, revision)
    if remembering is not None and slate.source is Source.MODEL:
        return ReadyJson(remembering.kept(slate, services.catalogue, conditions.k))
    next_cursor = slate_cursor.next_cursor(slate, shown, conditions.k)
    return JsonAnswer(slate_answer(slate, services.catalogue, next_cursor))


def _remembering(
    services: Services, user_id: UserId, conditions: PersonalConditions, name: str
) -> Remembering | None:
    """None where nothing is remembered: for later pages, and while the database is away."""
    if services.remembered is None or conditions.cursor is not None:
        return None
    revision = _unless_away(services.interactions.revision, user_id)
    if revision is None:
        return None
    wanted = Wanted(user_id, name, services.recommender.version, conditions.model_dump_json())
    return Remembering(services.remembered, wanted, revision)


def stored_slate(
    services: Services, user_id: UserId, model: str | None, k: int, *, may_be_old: bool = False
) -> JsonAnswer | None:
    """None where there is none to be sent. may_be_old: as in `StoredSlates.find`."""
    if services.stored is None:
        return None
    variant, experiment = assigned(services, user_id, model)
    name = variant or services.recommender.default_variant
    version = services.recommender.version
    ready = services.stored.find(user_id, name, k, version, may_be_old=may_be_old)
    return None if ready is None else _sent(services, ready, user_id, name, experiment)


def _sent(
    services: Services,
    ready: StoredAnswer,
    user_id: UserId,
    variant: str,
    experiment: str | None,
    source: Source = Source.STORED,
) -> JsonAnswer:
    session_id = SessionId(services.new_id())
    if source is Source.STORED:
        services.metrics.slates.stored_sent(variant)
    else:
        services.metrics.slates.remembered_sent(variant)
    services.slates.shown(
        ShownSlate(
            session_id=session_id,
            user_id=user_id,
            experiment=experiment,
            variant=variant,
            model_version=ready.model_version,
            source=source.value,
            item_ids=ready.item_ids,
            at=services.clock(),
        )
    )
    return ReadyJson(stored_answer.sent(ready, session_id))


@contextmanager
def _measured(services: Services, variant: str | None) -> Iterator[None]:
    model = variant or services.recommender.default_variant
    started_s = perf_counter()
    try:
        yield
    except Exception as error:
        is_clients = isinstance(error, TastemakerError) and error.status < _SERVERS_FAULT
        if not is_clients:
            services.metrics.slates.failed(model)
        raise
    services.metrics.slates.timed(model, perf_counter() - started_s)


def past_of(services: Services, user_id: UserId) -> Sequence[PastEvent]:
    """Nothing where the database is away: half a past would pass for all of it."""
    return _unless_away(services.people.past, user_id) or ()


def genres_of(services: Services, user_id: UserId) -> tuple[str, ...]:
    """None where the database is away: what is popular with everybody needs none."""
    return _unless_away(services.genres.of, user_id) or ()


def _unless_away(read: Callable[[UserId], Read], user_id: UserId) -> Read | None:
    try:
        return read(user_id)
    except StoreUnavailable:
        return None
