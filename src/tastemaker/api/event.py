"""Events as clients post them."""

from collections.abc import Callable
from datetime import UTC, datetime

from pydantic import AwareDatetime, BaseModel, Field

from tastemaker.core.event_rules import Number
from tastemaker.core.ids import EventId, Id, ItemId, SessionId, UserId
from tastemaker.core.interaction import Action, Interaction


class Event(BaseModel, frozen=True, extra="forbid"):
    """What a person did with an item."""

    event_id: Id | None = Field(
        default=None, description="Your own id: sent twice, the event counts once."
    )
    user_id: Id
    item_id: Id
    action: Action
    value: Number | None = Field(
        default=None, description="Stars of a `rate`, share of a `watched`, number of a `purchase`."
    )
    price: Number | None = None
    at: AwareDatetime | None = Field(default=None, description="With its time zone; none: now.")
    session_id: Id | None = Field(default=None, description="Of the slate the event answers.")

    def interaction(self, new_id: Callable[[], str], now: datetime) -> Interaction:
        return Interaction(
            event_id=EventId(self.event_id or new_id()),
            user_id=UserId(self.user_id),
            item_id=ItemId(self.item_id),
            action=self.action,
            value=self.value,
            at=(self.at or now).astimezone(UTC),
            price=self.price,
            session_id=None if self.session_id is None else SessionId(self.session_id),
        )
