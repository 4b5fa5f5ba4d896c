"""The live part of a person's past: what was posted to the server."""

from tastemaker.core.history import PastEvent
from tastemaker.core.ids import UserId
from tastemaker.store.interactions import InteractionLog


class LivePast:
    """Read from the log at each request, so that an event counts as soon as it is accepted."""

    def __init__(self, log: InteractionLog, max_events: int) -> None:
        """max_events: the latest ones that count."""
        self._log = log
        self._max_events = max_events

    def past(self, user_id: UserId) -> list[PastEvent]:
        """Oldest first; empty for a user who has posted nothing. Raises StoreUnavailable."""
        return self._log.past_of_user(user_id, self._max_events)
