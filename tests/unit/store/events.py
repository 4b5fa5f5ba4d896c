"""Events for the tests of the store."""

from datetime import UTC, datetime, timedelta

from tastemaker.core.ids import EventId, ItemId, UserId
from tastemaker.core.interaction import Action, Interaction

START = datetime(2024, 1, 1, tzinfo=UTC)


def rated(event_id: str, user_id: str = "ann", at_s: float = 0, item_id: str = "i") -> Interaction:
    return Interaction(
        EventId(event_id),
        UserId(user_id),
        ItemId(item_id),
        Action.RATE,
        4.5,
        START + timedelta(seconds=at_s),
    )
