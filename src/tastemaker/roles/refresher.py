"""Computes slates ahead: those asked for, and all that have grown old."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog

from tastemaker.core import trace
from tastemaker.core.clock import Clock
from tastemaker.core.message import Delivery, Message
from tastemaker.core.stored_slate import SlateKey, StoredSlate, last_credible
from tastemaker.core.topics import PredictionAsked, RefreshAsked, SlateMade, Topic, payload_of
from tastemaker.ports import Bus, Slates
from tastemaker.roles.version_awaited import VersionAwaited

log = structlog.get_logger(__name__)

MakeSlate = Callable[[SlateKey], StoredSlate | None]
"""By the models in service at this moment; None for an owner or a variant nobody knows."""

_N_AT_ONCE = 500
"""Few enough for the time limit of one request for slates."""


@dataclass(frozen=True, slots=True)
class _Wish:
    """only_stored: nothing is made where there is no slate yet."""

    asked_at: datetime
    only_stored: bool
    message: Message


class Refresher:
    topics = (Topic.REQUESTS,)
    group = "refresher"

    def __init__(
        self,
        bus: Bus,
        slates: Slates,
        make: MakeSlate,
        version: Callable[[], str],
        awaited: VersionAwaited,
        variants: Sequence[str],
        clock: Clock,
    ) -> None:
        """version: of the models that `make` computes by. variants: of which slates are stored."""
        self._bus = bus
        self._slates = slates
        self._make = make
        self._version = version
        self._awaited = awaited
        self._variants = variants
        self._clock = clock

    def handle(self, deliveries: Sequence[Delivery]) -> None:
        """Each owner once, however often asked for. Raises RequestInvalid for a bad message."""
        wishes: dict[SlateKey, _Wish] = {}
        for delivery in deliveries:
            asked = payload_of(delivery.message, PredictionAsked)
            self._awaited.check(asked.version)
            for key in asked.keys(self._variants):
                before = wishes.get(key)
                only_stored = asked.variant is None and (before is None or before.only_stored)
                wishes[key] = _Wish(asked.asked_at, only_stored, delivery.message)
        made = []
        for key, wish in wishes.items():
            with trace.joined(wish.message.headers):
                slate = self._fulfilled(key, wish)
                if slate is not None:
                    made.append(SlateMade.of(slate))
        if made:
            self._bus.publish(Topic.UPDATES, made)
            _say("slates made", made)

    def _fulfilled(self, key: SlateKey, wish: _Wish) -> StoredSlate | None:
        stored = self._slates.get(key)
        if stored is None and wish.only_stored:
            return None
        is_fresh = (
            stored is not None
            and stored.model_version == self._version()
            and wish.asked_at < stored.made_at <= last_credible(self._clock())
        )
        if is_fresh:
            return None
        made = self._make(key)
        if made is None and stored is not None:
            # Of a variant that is gone, or of somebody of whom nothing is known any more.
            self._slates.delete([key])
        return made


class Aging:
    """Asks for every slate that has grown old."""

    topics = (Topic.REFRESH,)
    group = "aging"

    def __init__(
        self,
        bus: Bus,
        slates: Slates,
        version: Callable[[], str],
        awaited: VersionAwaited,
        clock: Clock,
    ) -> None:
        self._bus = bus
        self._slates = slates
        self._version = version
        self._awaited = awaited
        self._clock = clock

    def handle(self, deliveries: Sequence[Delivery]) -> None:
        """Of several, the one that reaches furthest covers the others."""
        asked = [payload_of(delivery.message, RefreshAsked) for delivery in deliveries]
        version = max((one.version for one in asked if one.version is not None), default=None)
        self._awaited.check(version)
        furthest, of = max(zip(asked, deliveries, strict=True), key=lambda pair: pair[0].older_than)
        with trace.joined(of.message.headers):
            self._ask_for_all(furthest.older_than, version)

    def _ask_for_all(self, older_than: datetime, version: str | None) -> None:
        now, n_slates = self._clock(), 0
        for some in self._slates.older_than(older_than, self._version(), _N_AT_ONCE):
            asked = [PredictionAsked.of(key, now, version) for key in some]
            self._bus.publish(Topic.REQUESTS, asked)
            n_slates += len(some)
        log.info("refresh asked for", n_slates=n_slates, older_than=older_than.isoformat())


class SlateKeeper:
    """Puts slates that were made where they are served from."""

    topics = (Topic.UPDATES,)
    group = "slate-keeper"

    def __init__(self, slates: Slates) -> None:
        self._slates = slates

    def handle(self, deliveries: Sequence[Delivery]) -> None:
        self._slates.put_many(
            [payload_of(delivery.message, SlateMade).slate() for delivery in deliveries]
        )
        _say("slates kept", [delivery.message for delivery in deliveries])


def _say(what: str, messages: Sequence[Message]) -> None:
    """One line for each request that led to some of them."""
    of_requests = Counter(message.headers.get(trace.HEADER, "") for message in messages)
    for request_id, n in of_requests.items():
        with trace.joined({trace.HEADER: request_id}):
            log.info(what, n_slates=n)
