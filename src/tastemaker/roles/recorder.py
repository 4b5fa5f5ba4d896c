"""Writes events of the bus into the database, and says what follows from them."""

from collections.abc import Sequence

from tastemaker.core.clock import Clock
from tastemaker.core.message import Delivery
from tastemaker.core.stored_slate import SlateKey, SlateKind
from tastemaker.core.topics import InteractionHappened, PredictionAsked, Topic, payload_of
from tastemaker.ports import Bus
from tastemaker.store.interactions import InteractionLog


class Recorder:
    """Writing an event twice changes nothing: the database knows it by its id."""

    topics = (Topic.INTERACTIONS,)
    group = "recorder"

    def __init__(
        self,
        interactions: InteractionLog,
        bus: Bus,
        variants: Sequence[str],
        clock: Clock,
    ) -> None:
        """variants: of which slates may be stored."""
        self._interactions = interactions
        self._bus = bus
        self._variants = variants
        self._clock = clock

    def handle(self, deliveries: Sequence[Delivery]) -> None:
        """Raises RequestInvalid for a message that is no event."""
        events = [
            payload_of(delivery.message, InteractionHappened).interaction()
            for delivery in deliveries
        ]
        self._interactions.append(events)
        # Asked for again where the first try stopped here: a slate made twice is the same slate.
        self._ask_for_slates(dict.fromkeys(event.user_id for event in events))

    def _ask_for_slates(self, users: dict[str, None]) -> None:
        now = self._clock()
        asked = [
            PredictionAsked.of(SlateKey(SlateKind.USER, user, variant), now, only_stored=True)
            for user in users
            for variant in self._variants
        ]
        if asked:
            self._bus.publish(Topic.REQUESTS, asked)
