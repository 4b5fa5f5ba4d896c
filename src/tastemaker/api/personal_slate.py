"""The slate of a user: by the variant he is given, noted as shown."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from http import HTTPStatus
from time import perf_counter

from tastemaker.api import slate_cursor, stored_answer
from tastemaker.api.json_answer import JsonAnswer, ReadyJson
from tastemaker.api.services import Services
from tastemaker.api.shown_slates import note_shown
from tastemaker.api.slate_answer import slate_answer
from tastemaker.api.slate_query import PersonalConditions
from tastemaker.api.stored_answer import StoredAnswer
from tastemaker.core.errors import StoreUnavailable, TastemakerError
from tastemaker.core.ids import SessionId, UserId
from tastemaker.core.slate import Source
from tastemaker.core.slate_record import ShownSlate
from tastemaker.observe.experiments.assign import Assigned
from tastemaker.recommend.slate_request import SlateRequest

_SERVERS_FAULT = HTTPStatus.INTERNAL_SERVER_ERROR


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
    variant, experiment = assigned(services, user_id, conditions.model)
    stored = services.stored if conditions.is_plain else None
    name = variant or services.recommender.default_variant
    newest_row = 0
    if stored is not None:
        version = services.recommender.version
        ready = stored.find(user_id, name, conditions.k, version)
        if ready is not None:
            return _sent(services, ready, user_id, name, experiment)
        newest_row = stored.newest_row(user_id)
    shown = slate_cursor.read(conditions.cursor)
    with _measured(services, variant):
        slate = services.recommender.recommend(
            SlateRequest(
                past=services.people.past(user_id),
                k=conditions.k,
                variant=variant,
                filters=conditions.filters(),
                favourite_genres=favourite_genres or (lambda: genres_of(services, user_id)),
                shown=shown,
            )
        )
    note_shown(services, slate, user_id, experiment, shown)
    if stored is not None:
        stored.keep(slate, user_id, conditions.k, newest_row)
    next_cursor = slate_cursor.next_cursor(slate, shown, conditions.k)
    return JsonAnswer(slate_answer(slate, services.catalogue, next_cursor))


def _sent(
    services: Services,
    ready: StoredAnswer,
    user_id: UserId,
    variant: str,
    experiment: str | None,
) -> JsonAnswer:
    session_id = SessionId(services.new_id())
    services.metrics.stored_slate_sent(variant)
    services.slates.shown(
        ShownSlate(
            session_id=session_id,
            user_id=user_id,
            experiment=experiment,
            variant=variant,
            model_version=ready.model_version,
            source=Source.STORED.value,
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
            services.metrics.slate_failed(model)
        raise
    services.metrics.slate_timed(model, perf_counter() - started_s)


def genres_of(services: Services, user_id: UserId) -> tuple[str, ...]:
    """None where the database is away: what is popular with everybody needs none."""
    try:
        return services.genres.of(user_id)
    except StoreUnavailable:
        return ()
