"""What makes an event acceptable, whichever way it comes in."""

from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Annotated, Protocol

from pydantic import Field

from tastemaker.core.account import USER_ID_PREFIX
from tastemaker.core.interaction import Action

MIN_RATING = 0.5
MAX_NUMBER = 1e9
_EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
_CLOCK_ERROR = timedelta(days=1)

Number = Annotated[float, Field(ge=0, le=MAX_NUMBER, allow_inf_nan=False)]
"""A value or a price."""

Broken = tuple[str, str]
"""A field, and why it cannot be."""


class Told(Protocol):
    """An event as somebody tells of it. at: None: now."""

    @property
    def user_id(self) -> str: ...
    @property
    def item_id(self) -> str: ...
    @property
    def action(self) -> Action: ...
    @property
    def value(self) -> float | None: ...
    @property
    def at(self) -> datetime | None: ...


@dataclass(frozen=True)
class EventRules:
    """What the fields alone cannot say. takes_accounts: whether the sender has proved to be
    trusted with the events of people who have an account here. items: that may be named; None:
    any, as one that has left the catalogue since."""

    max_rating: float
    now: datetime
    takes_accounts: bool
    items: Container[str] | None = None

    def broken_by(self, event: Told) -> list[Broken]:
        """Empty for an event that may be stored."""
        return [broken for rule in self._rules if (broken := rule(event)) is not None]

    @cached_property
    def _rules(self) -> Sequence[Callable[[Told], Broken | None]]:
        return (
            self._account,
            self._unknown_item,
            self._rating,
            self._share,
            self._quantity,
            self._time,
        )

    def _account(self, event: Told) -> Broken | None:
        if event.user_id.startswith(USER_ID_PREFIX) and not self.takes_accounts:
            return "user_id", "An account writes for itself, through /api/v1/me"
        return None

    def _unknown_item(self, event: Told) -> Broken | None:
        if self.items is not None and event.item_id not in self.items:
            return "item_id", "The catalogue has no such item"
        return None

    def _rating(self, event: Told) -> Broken | None:
        if event.action is Action.RATE and not (
            event.value is not None and MIN_RATING <= event.value <= self.max_rating
        ):
            return "value", f"A rating is from {MIN_RATING} to {self.max_rating}"
        return None

    def _share(self, event: Told) -> Broken | None:
        if event.action is Action.WATCHED and event.value is not None and event.value > 1:
            return "value", "A share watched is from 0 to 1"
        return None

    def _quantity(self, event: Told) -> Broken | None:
        if event.action is Action.PURCHASE and event.value == 0:
            return "value", "A purchase has at least something of the item"
        return None

    def _time(self, event: Told) -> Broken | None:
        if event.at is not None and not _EARLIEST <= event.at <= self.now + _CLOCK_ERROR:
            return "at", "A time from 1970 to now"
        return None
