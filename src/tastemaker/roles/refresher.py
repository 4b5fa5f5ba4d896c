"""Computes slates ahead: those asked for, and all that have grown old."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime

import structlog

from tastemaker.core import trace
from tastemaker.core.clock import Clock
from tastemaker.core.message import Delivery, Message
from tastemaker.core.stored_slate import SlateKey, StoredSlate
from tastemaker.core.topics import PredictionAsked, RefreshAsked, SlateMade, Topic, payload_of
from tastemaker.ports import Bus, Slates

log = structlog.get_logger(__name__)

MakeSlate = Callable[[SlateKey], StoredSlate | None]
"""By the models in service at this moment; None for an owner or a variant nobody knows."""

_N_AT_ONCE = 1_000


class Refresher:
    topics = (Topic.REQUESTS,)
    group = "refresher"

    def __init__(
        self, bus: Bus, slates: Slates, make: MakeSlate, version: Callable[[], str]
    ) -> None:
        """version: of the models that `make` computes by."""
        self._bus = bus
        self._slates = slates
        self._make = make
        self._version = version

    def handle(self, deliveries: Sequence[Delivery]) -> None:
        """Each owner once, however often asked for. Raises RequestInvalid for a bad message."""
        latest: dict[SlateKey, tuple[PredictionAsked, Message]] = {}
        for delivery in deliveries:
            asked = payload_of(delivery.message, PredictionAsked)
            before = latest.get(asked.key)
            if before is not None and not before[0].only_stored:
                asked = asked.model_copy(update={"only_stored": False})
            latest[asked.key] = asked, delivery.message
        made = []
        for asked, message in latest.values():
            with trace.joined(message.headers):
                slate = self._wanted(asked)
                if slate is not None:
                    made.append(SlateMade.of(slate))
        if made:
            self._bus.publish(Topic.UPDATES, made)
            _say("slates made", made)

    def _wanted(self, asked: PredictionAsked) -> StoredSlate | None:
        stored = self._slates.get(asked.key)
        if stored is None and asked.only_stored:
            return None
        is_fresh = (
            stored is not None
            and stored.model_version == self._version()
            and stored.made_at > asked.asked_at
        )
        if is_fresh:
            return None
        made = self._make(asked.key)
        if made is None and stored is not None:
            # Of a variant that is gone, or of somebody of whom nothing is known any more.
            self._slates.delete([asked.key])
        return made


class Aging:
    """Asks for every slate that has grown old."""

    topics = (Topic.REFRESH,)
    group = "aging"

    def __init__(self, bus: Bus, slates: Slates, version: Callable[[], str], clock: Clock) -> None:
        self._bus = bus
        self._slates = slates
        self._version = version
        self._clock = clock

    def handle(self, deliveries: Sequence[Delivery]) -> None:
        """Of several, the one that reaches furthest covers the others."""
        furthest = max(deliveries, key=lambda one: _older_than(one.message))
        with trace.joined(furthest.message.headers):
            self._ask_for_all(_older_than(furthest.message))

    def _ask_for_all(self, older_than: datetime) -> None:
        old = self._slates.older_than(older_than, self._version(), self._slates.kept().n)
        now = self._clock()
        for start in range(0, len(old), _N_AT_ONCE):
            some = old[start : start + _N_AT_ONCE]
            self._bus.publish(Topic.REQUESTS, [PredictionAsked.of(key, now) for key in some])
        log.info("refresh asked for", n_slates=len(old), older_than=older_than.isoformat())


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


def _older_than(message: Message) -> datetime:
    return payload_of(message, RefreshAsked).older_than


def _say(what: str, messages: Sequence[Message]) -> None:
    """One line for each request that led to some of them."""
    of_requests = Counter(message.headers.get(trace.HEADER, "") for message in messages)
    for request_id, n in of_requests.items():
        with trace.joined({trace.HEADER: request_id}):
            log.info(what, n_slates=n)
