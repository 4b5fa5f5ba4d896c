"""Writes events of the bus into the database, and says what follows from them."""

from collections.abc import Mapping, Sequence

from tastemaker.core import trace
from tastemaker.core.clock import Clock
from tastemaker.core.errors import RequestInvalid
from tastemaker.core.event_rules import EventRules
from tastemaker.core.ids import UserId
from tastemaker.core.interaction import Interaction
from tastemaker.core.message import Delivery, Message
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
        clock: Clock,
        max_rating: float,
        *,
        renews_slates: bool,
    ) -> None:
        """renews_slates: asks for what is stored of the users of the events."""
        self._interactions = interactions
        self._bus = bus
        self._clock = clock
        self._max_rating = max_rating
        self._renews_slates = renews_slates

    def handle(self, deliveries: Sequence[Delivery]) -> None:
        """Raises RequestInvalid for a message that is no event, or one that `POST /interactions`
        would refuse; whether there is such an item is for the gateway to know."""
        rules = EventRules(self._max_rating, self._clock(), takes_accounts=True)
        events = [_event_of(delivery.message, rules) for delivery in deliveries]
        self._interactions.append(events)
        # Asked for again where the first try stopped here: a slate made twice is the same slate.
        newest = {
            event.user_id: delivery.message
            for event, delivery in zip(events, deliveries, strict=True)
        }
        if self._renews_slates:
            self._ask_for_slates(newest)

    def _ask_for_slates(self, newest: Mapping[UserId, Message]) -> None:
        """newest: the last message of each user."""
        now = self._clock()
        asked = []
        for user, message in newest.items():
            with trace.joined(message.headers):
                asked.append(PredictionAsked.of_user(user, now))
        self._bus.publish(Topic.REQUESTS, asked)


def _event_of(message: Message, rules: EventRules) -> Interaction:
    happened = payload_of(message, InteractionHappened)
    broken = rules.broken_by(happened)
    if broken:
        faults = "; ".join(f"{field}: {reason}" for field, reason in broken)
        raise RequestInvalid(f"The event cannot be: {faults}", where=message.message_id)
    return happened.interaction()
