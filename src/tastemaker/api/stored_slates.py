"""Slates computed ahead, where they may be served, and what is asked of who makes them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from tastemaker.api import stored_answer
from tastemaker.api.slate_cache import SlateCache, Wanted
from tastemaker.api.stored_answer import StoredAnswer
from tastemaker.core.clock import Clock
from tastemaker.core.errors import EnvironmentProblem, StoreUnavailable
from tastemaker.core.ids import UserId
from tastemaker.core.message import Message
from tastemaker.core.slate import Slate, Source
from tastemaker.core.stored_slate import SlateKey, SlateKind, StoredSlate
from tastemaker.core.topics import PredictionAsked, SlateMade, Topic
from tastemaker.ingest.catalogue import Catalogue
from tastemaker.ports import Slates

log = structlog.get_logger(__name__)

_ASK_AGAIN_AFTER = timedelta(seconds=60)
_MAX_ASKED = 100_000


class Tell(Protocol):
    def __call__(self, topic: Topic, messages: list[Message]) -> None:
        """Returns at once and never raises."""


@dataclass(frozen=True, slots=True)
class StoredSlates:
    """revision: of a user's events, 0 where there is none. stale_after: an older slate is served
    still, and made anew. variants: all of which slates may be stored. held: None where nobody tells
    of the events of other processes. on_away: called for each that was asked for in vain."""

    slates: Slates
    revision: Callable[[UserId], int]
    catalogue: Catalogue
    tell: Tell
    stale_after: timedelta
    clock: Clock
    variants: Sequence[str] = ()
    held: SlateCache | None = None
    on_away: Callable[[], None] = lambda: None
    _asked: dict[SlateKey, datetime] = field(default_factory=dict)

    def find(
        self, user_id: UserId, variant: str, k: int, version: str, *, may_be_old: bool = False
    ) -> StoredAnswer | None:
        """None where there is none of this length, where the user has done something since, or
        where the server of slates is away. may_be_old: where a better answer cannot be had.

        One of another version or grown old is asked for anew, once.
        """
        wanted = Wanted(user_id, variant, version, k)
        held = None if self.held is None else self.held.get(wanted)
        if held is not None:
            return held
        key = SlateKey(SlateKind.USER, user_id, variant)
        try:
            stored = self.slates.get(key)
        except EnvironmentProblem:
            self.on_away()
            return None
        if stored is None:
            return None
        answer = stored_answer.read(stored.answer)
        if answer.k != k or not (may_be_old or self._counts_all(user_id, answer)):
            return None
        now = self.clock()
        fresh_for = self.stale_after - (now - stored.made_at)
        if stored.model_version != version or fresh_for < timedelta(0):
            self._ask_once(key, now)
        elif self.held is not None and not may_be_old:
            self.held.put(wanted, answer, fresh_for.total_seconds())
        return answer

    def keep(self, slate: Slate, user_id: UserId, k: int, revision: int) -> None:
        """revision: read before the slate was computed, so that a later event makes it old."""
        if slate.source is not Source.MODEL:
            return
        key = SlateKey(SlateKind.USER, user_id, slate.model)
        answer = stored_answer.written(slate, self.catalogue, k, revision)
        made = StoredSlate(key, slate.model_version, self.clock(), answer)
        self.tell(Topic.UPDATES, [SlateMade.of(made)])

    def renew(self, user_id: UserId) -> None:
        """What is stored of a user grew stale by something that is no event."""
        self.let_go(user_id)
        now = self.clock()
        asked = [PredictionAsked.of(key, now, only_stored=True) for key in self._keys(user_id)]
        if asked:
            self.tell(Topic.REQUESTS, asked)

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

    def _counts_all(self, user_id: UserId, answer: StoredAnswer) -> bool:
        """Whether the user has done nothing since; taken for true where nobody can tell."""
        try:
            return answer.revision == self.revision(user_id)
        except StoreUnavailable:
            return True

    def _ask_once(self, key: SlateKey, now: datetime) -> None:
        asked_at = self._asked.get(key)
        if asked_at is not None and now - asked_at < _ASK_AGAIN_AFTER:
            return
        if len(self._asked) >= _MAX_ASKED:
            self._asked.clear()
        self._asked[key] = now
        log.info("slate asked for anew", user_id=key.owner_id, variant=key.variant)
        self.tell(Topic.REQUESTS, [PredictionAsked.of(key, now)])
