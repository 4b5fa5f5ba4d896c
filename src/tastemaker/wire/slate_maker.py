"""Slates computed ahead, by the models in service at the moment."""

import threading
from time import monotonic
from typing import NamedTuple

from tastemaker.api import stored_answer
from tastemaker.config import Settings
from tastemaker.core.clock import system_clock
from tastemaker.core.errors import EnvironmentProblem, ModelError, NotFound
from tastemaker.core.ids import ItemId, UserId
from tastemaker.core.slate import Source
from tastemaker.core.stored_slate import SlateKey, SlateKind, StoredSlate
from tastemaker.ingest.catalogue import Catalogue
from tastemaker.recommend.people import People
from tastemaker.recommend.pipeline import Recommender
from tastemaker.recommend.slate_request import SlateRequest
from tastemaker.roles.model_watch import ModelWatch
from tastemaker.store.interactions import InteractionLog
from tastemaker.store.user_genres import UserGenres
from tastemaker.wire.people import open_people
from tastemaker.wire.places import catalogue_file, model_store
from tastemaker.wire.recommender import open_checked, open_recommender

_DEADLINE_MS = 60_000.0


class _InService(NamedTuple):
    recommender: Recommender
    people: People


class SlateMaker:
    """Opens what it needs at the first slate, and a newer version when there is one."""

    def __init__(
        self, settings: Settings, interactions: InteractionLog, genres: UserGenres
    ) -> None:
        # Nobody waits for these: what takes long is still worth keeping.
        unhurried = settings.recommend.model_copy(update={"deadline_ms": _DEADLINE_MS})
        self._settings = settings.model_copy(update={"recommend": unhurried})
        self._interactions = interactions
        self._genres = genres
        self._opened: _InService | None = None
        self._watch: ModelWatch[Recommender] | None = None
        self._opening = threading.Lock()

    def version(self) -> str:
        return self._in_service().recommender.version

    def make(self, key: SlateKey) -> StoredSlate | None:
        """None for a variant that does not answer, for an item that is gone, and where nothing but
        what is popular can be said."""
        recommender, people = self._in_service()
        made_at = system_clock()
        if key.kind is SlateKind.USER:
            answer = self._of_user(recommender, people, UserId(key.owner_id), key.variant)
        else:
            answer = self._of_item(recommender, ItemId(key.owner_id), key.variant)
        return None if answer is None else StoredSlate(key, recommender.version, made_at, answer)

    def _of_user(
        self, recommender: Recommender, people: People, user_id: UserId, variant: str
    ) -> bytes | None:
        k = self._settings.slates.k
        # Before the past, so that an event that comes in between makes the slate an old one.
        revision = self._interactions.revision(user_id)
        if variant not in recommender.variants:
            return None
        request = SlateRequest(
            people.past(user_id),
            k=k,
            variant=variant,
            favourite_genres=lambda: self._genres.of(user_id),
        )
        slate = recommender.recommend(request)
        if slate.source is not Source.MODEL:
            return None
        return stored_answer.written(slate, recommender.shelf.catalogue, k, revision)

    def _of_item(self, recommender: Recommender, item_id: ItemId, variant: str) -> bytes | None:
        k, catalogue = self._settings.slates.k, recommender.shelf.catalogue
        if variant != recommender.similar_variant or item_id not in catalogue.position:
            return None
        slate = recommender.similar(item_id, k)
        if slate.source is not Source.MODEL:
            return None
        return stored_answer.written_similar(slate, catalogue, k)

    def _in_service(self) -> _InService:
        """Raises EnvironmentProblem where nothing is trained yet: there is nothing to do but wait.

        A version that cannot be used is refused, and the one before goes on.
        """
        with self._opening:
            if self._watch is None:
                self._watch = self._begun()
            else:
                self._watch.look()
            assert self._opened is not None
            return self._opened

    def _begun(self) -> ModelWatch[Recommender]:
        models = model_store(self._settings)
        try:
            tried = models.pointer()
            recommender = open_recommender(self._settings, self._catalogue())
        except (ModelError, NotFound) as error:
            raise EnvironmentProblem(error.what, where=error.where) from error
        self._take(recommender)
        return ModelWatch(
            models.pointer,
            lambda version: open_checked(self._settings, self._catalogue(), version),
            self._take,
            monotonic,
            answering=recommender.version,
            tried=tried,
        )

    def _take(self, recommender: Recommender) -> None:
        self._opened = _InService(recommender, open_people(self._settings, self._interactions))

    def _catalogue(self) -> Catalogue:
        return Catalogue.load(catalogue_file(self._settings))
