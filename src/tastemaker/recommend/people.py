"""What a user has done: the data set's events and the live ones, as one past."""

from collections.abc import Sequence
from typing import Protocol

from tastemaker.core.history import PastEvent
from tastemaker.core.ids import UserId


class PastSource(Protocol):
    def past(self, user_id: UserId) -> Sequence[PastEvent]:
        """Oldest first; empty for a user nobody has seen."""
        ...


class People:
    """The past of any user id, read at request time from every place that knows some of it."""

    def __init__(self, sources: Sequence[PastSource]) -> None:
        self._sources = sources

    def past(self, user_id: UserId) -> list[PastEvent]:
        """Oldest first; empty for a user nobody has seen."""
        events = [event for source in self._sources for event in source.past(user_id)]
        events.sort(key=lambda event: event.at_s)
        return events

    def knows(self, user_id: UserId) -> bool:
        return any(source.past(user_id) for source in self._sources)
