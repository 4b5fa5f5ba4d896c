"""What a person did with an item, as one frozen event."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tastemaker.core.ids import EventId, ItemId, SessionId, UserId


class Action(StrEnum):
    IMPRESSION = "impression"
    VIEW = "view"
    PLAY = "play"
    COMPLETE = "complete"
    WATCHED = "watched"
    RATE = "rate"
    LIKE = "like"
    DISLIKE = "dislike"
    BOOKMARK = "bookmark"
    UNBOOKMARK = "unbookmark"
    PURCHASE = "purchase"
    DISMISS = "dismiss"


@dataclass(frozen=True, slots=True)
class Interaction:
    """One event.

    value: a rating in stars, a share watched in [0, 1] or a quantity, by the action; None where
    the action has none. at: aware, UTC. session_id: the slate this event answers.
    """

    event_id: EventId
    user_id: UserId
    item_id: ItemId
    action: Action
    value: float | None
    at: datetime
    price: float | None = None
    session_id: SessionId | None = None
