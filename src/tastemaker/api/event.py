"""Events as clients post them, and what makes one acceptable."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, Field

from tastemaker.api.ids import Id
from tastemaker.api.problem import FieldProblem
from tastemaker.core.account import USER_ID_PREFIX
from tastemaker.core.ids import EventId, ItemId, SessionId, UserId
from tastemaker.core.interaction import Action, Interaction
from tastemaker.ingest.catalogue import Catalogue

_MIN_RATING = 0.5
_EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
_CLOCK_ERROR = timedelta(days=1)

Number = Annotated[float, Field(ge=0, le=1e9, allow_inf_nan=False)]


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


@dataclass(frozen=True)
class EventRules:
    """What the fields alone cannot say. takes_accounts: whether the sender has proved to be
    trusted with the events of people who have an account here."""

    catalogue: Catalogue
    max_rating: float
    now: datetime
    takes_accounts: bool

    def broken_by(self, event: Event) -> list[FieldProblem]:
        """Empty for an event that may be stored."""
        found = [said for rule in self._rules if (said := rule(event)) is not None]
        return [FieldProblem(field=field, reason=reason) for field, reason in found]

    @cached_property
    def _rules(self) -> Sequence[Callable[[Event], tuple[str, str] | None]]:
        return (
            self._account,
            self._unknown_item,
            self._rating,
            self._share,
            self._quantity,
            self._time,
        )

    def _account(self, event: Event) -> tuple[str, str] | None:
        if event.user_id.startswith(USER_ID_PREFIX) and not self.takes_accounts:
            return "user_id", "An account writes for itself, through /api/v1/me"
        return None

    def _unknown_item(self, event: Event) -> tuple[str, str] | None:
        if event.item_id not in self.catalogue.position:
            return "item_id", "The catalogue has no such item"
        return None

    def _rating(self, event: Event) -> tuple[str, str] | None:
        if event.action is Action.RATE and not (
            event.value is not None and _MIN_RATING <= event.value <= self.max_rating
        ):
            return "value", f"A rating is from {_MIN_RATING} to {self.max_rating}"
        return None

    def _share(self, event: Event) -> tuple[str, str] | None:
        if event.action is Action.WATCHED and event.value is not None and event.value > 1:
            return "value", "A share watched is from 0 to 1"
        return None

    def _quantity(self, event: Event) -> tuple[str, str] | None:
        if event.action is Action.PURCHASE and event.value == 0:
            return "value", "A purchase has at least something of the item"
        return None

    def _time(self, event: Event) -> tuple[str, str] | None:
        if event.at is not None and not _EARLIEST <= event.at <= self.now + _CLOCK_ERROR:
            return "at", "A time from 1970 to now"
        return None
