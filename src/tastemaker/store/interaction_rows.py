"""Events as rows of the database and back."""

from typing import Any

from sqlalchemy import Row

from tastemaker.core.ids import EventId, ItemId, SessionId, UserId
from tastemaker.core.interaction import Action, Interaction
from tastemaker.store.instants import from_us, to_us


def row_of(event: Interaction) -> dict[str, object]:
    return {
        "event_id": event.event_id,
        "user_id": event.user_id,
        "item_id": event.item_id,
        "action": event.action.value,
        "value": event.value,
        "price": event.price,
        "at_us": to_us(event.at),
        "session_id": event.session_id,
    }


def interaction_of(row: Row[Any]) -> Interaction:
    return Interaction(
        event_id=EventId(row.event_id),
        user_id=UserId(row.user_id),
        item_id=ItemId(row.item_id),
        action=Action(row.action),
        value=row.value,
        at=from_us(row.at_us),
        price=row.price,
        session_id=None if row.session_id is None else SessionId(row.session_id),
    )
