"""Slates computed ahead, where they may be served, and what is asked of who makes them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Event
from typing import Protocol

import structlog

from tastemaker.api import stored_answer
from tastemaker.api.asked_once import AskedOnce
from tastemaker.api.slate_cache import SlateCache, Wanted
from tastemaker.api.stored_answer import StoredAnswer
from tastemaker.core.clock import Clock
from tastemaker.core.errors import EnvironmentProblem, StoreUnavailable
from tastemaker.core.ids import ItemId, UserId
from tastemaker.core.message import Message
from tastemaker.core.slate import Slate, Source
from tastemaker.core.stored_slate import SlateKey, SlateKind, StoredSlate
from tastemaker.core.topics import PredictionAsked, SlateMade, Topic
from tastemaker.ingest.catalogue import Catalogue
from tastemaker.ports import Slates

log = structlog.get_logger(__name__)

_NO_TIME = timedelta(0)


class Tell(Protocol):
    def __call__(self, topic: Topic, messages: list[Message]) -> None:
        """Returns at once and never raises."""


@dataclass(frozen=True, slots=True)
class StoredSlates:
    """revision: of a user's events, 0 where there is none. stale_after: an older slate is served
    still, and made anew. variants: all of which slates of users may be stored. held: None where
    nobody tells of the events of other processes. on_away: called for each that was asked for in
    vain. reads_files: nobody who looks for a slate waits for a server, of slates or of events."""

    slates: Slates
    revision: Callable[[UserId], int]
    catalogue: Catalogue
    tell: Tell
    stale_after: timedelta
    clock: Clock
    asked: AskedOnce
    variants: Sequence[str] = ()
    held: SlateCache | None = None
    on_away: Callable[[], None] = lambda: None
    reads_files: bool = True
    _said_unreadable: Event = field(default_factory=Event)

    def in_memory(self, wanted: Wanted) -> StoredAnswer | None:
        """What `find` found a moment ago, and is as good now."""
        return None if self.held is None else self.held.get(wanted)

    def find(self, wanted: Wanted, k: int, *, may_be_old: bool = False) -> StoredAnswer | None:
        """Of a user. None where there is none of this length, where the user has done something
        since, or where the server of slates is away. may_be_old: where a better answer cannot be
        had.

        One that is stale is asked for anew, once.
        """
        if self.held is None or may_be_old:
            return self._find(wanted, k, may_be_old=may_be_old)[0]
        with self.held.reading(wanted.user_id) as reading:
            answer, fresh_for = self._find(wanted, k, may_be_old=False)
            if answer is not None and fresh_for:
                self.held.put(wanted, answer, fresh_for.total_seconds(), reading)
            return answer

    def find_similar(
        self, item_id: ItemId, variant: str, k: int, version: str
    ) -> StoredAnswer | None:
        """Items similar to one; what it knows of an item is no event of anybody."""
        found = self._read(SlateKey(SlateKind.ITEM, item_id, variant), k)
        if found is None:
            return None
        stored, answer = found
        if not self._fresh_for(stored, version):
            self._ask_once(stored.key)
        return answer

    def keep(self, slate: Slate, user_id: UserId, k: int, revision: int) -> None:
        """revision: read before the slate was computed, so that a later event makes it old."""
        if slate.source is Source.MODEL:
            answer = stored_answer.written(slate, self.catalogue, k, revision)
            self._keep(SlateKey(SlateKind.USER, user_id, slate.model), slate, answer)

    def keep_similar(self, slate: Slate, item_id: ItemId, k: int) -> None:
        if slate.source is Source.MODEL:
            answer = stored_answer.written_similar(slate, self.catalogue, k)
            self._keep(SlateKey(SlateKind.ITEM, item_id, slate.model), slate, answer)

    def renew(self, user_id: UserId) -> None:
        """What is stored of a user grew stale by something that is no event."""
        self.let_go(user_id)
        self.tell(Topic.REQUESTS, [PredictionAsked.of_user(user_id, self.clock())])

    def forget(self, user_id: UserId) -> None:
        """Raises SlatesUnavailable. A slate that is on its way now comes back: `renew` after the
        user's events are gone has it deleted."""
        self.let_go(user_id)
        self.slates.delete(self._keys(user_id))

    def let_go(self, user_id: UserId) -> None:
        """What is held in memory: something of the user is gone, which no event tells."""
        if self.held is not None:
            self.held.forget(user_id)

    def _keys(self, user_id: UserId) -> list[SlateKey]:
        return [SlateKey(SlateKind.USER, user_id, variant) for variant in self.variants]

    def _find(
        self, wanted: Wanted, k: int, *, may_be_old: bool
    ) -> tuple[StoredAnswer | None, timedelta]:
        """And for how long it stays fresh."""
        found = self._read(SlateKey(SlateKind.USER, wanted.user_id, wanted.variant), k)
        if found is None:
            return None, _NO_TIME
        stored, answer = found
        counts_all = self._counts_all(wanted.user_id, answer)
        if not (counts_all or may_be_old):
            return None, _NO_TIME
        fresh_for = self._fresh_for(stored, wanted.version) if counts_all else _NO_TIME
        if not fresh_for:
            self._ask_once(stored.key)
        return answer, fresh_for

    def _read(self, key: SlateKey, k: int) -> tuple[StoredSlate, StoredAnswer] | None:
        try:
            stored = self.slates.get(key)
        except EnvironmentProblem:
            self.on_away()
            return None
        if stored is None:
            return None
        answer = stored_answer.read(stored.answer)
        if answer is None and not self._said_unreadable.is_set():
            self._said_unreadable.set()
            log.warning("stored slates of another form count as none", **_named(key))
        return None if answer is None or answer.k != k else (stored, answer)

    def _fresh_for(self, stored: StoredSlate, version: str) -> timedelta:
        """Nothing where it is of another version than the one in service, or grown old."""
        left = self.stale_after - (self.clock() - stored.made_at)
        return max(left, _NO_TIME) if stored.model_version == version else _NO_TIME

    def _counts_all(self, user_id: UserId, answer: StoredAnswer) -> bool:
        """Whether the user has done nothing since; taken for true where nobody can tell."""
        try:
            return answer.revision == self.revision(user_id)
        except StoreUnavailable:
            return True

    def _keep(self, key: SlateKey, slate: Slate, answer: bytes) -> None:
        made = StoredSlate(key, slate.model_version, self.clock(), answer)
        self.tell(Topic.UPDATES, [SlateMade.of(made)])

    def _ask_once(self, key: SlateKey) -> None:
        if self.asked.is_first(key):
            log.info("slate asked for anew", **_named(key))
            self.tell(Topic.REQUESTS, [PredictionAsked.of(key, self.clock())])


def _named(key: SlateKey) -> dict[str, str]:
    return {f"{key.kind}_id": key.owner_id, "variant": key.variant}
