"""What a person says about one item: the state that their events add up to."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from tastemaker.core.ids import SessionId
from tastemaker.core.interaction import Action, Interaction

WATCHED = frozenset({Action.WATCHED, Action.COMPLETE})


@dataclass(frozen=True, slots=True)
class Marks:
    """rating: stars, None where not rated. at: of the latest event that counts here."""

    rating: float | None = None
    watched: bool = False
    on_watchlist: bool = False
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class MarkChange:
    """What to change; what is None or False stays as it is. rating: stars in [0.5, 5].
    session_id: the slate that what is said answers."""

    rating: float | None = None
    clear_rating: bool = False
    watched: bool | None = None
    on_watchlist: bool | None = None
    session_id: SessionId | None = None


def marks_of(events: Iterable[Interaction]) -> Marks:
    """Of one item. events: oldest first; a later one overrules an earlier one."""
    rating, watched, on_watchlist, at = None, False, False, None
    for event in events:
        if event.action is Action.RATE:
            rating = event.value
        elif event.action in WATCHED:
            watched = True
        elif event.action in (Action.BOOKMARK, Action.UNBOOKMARK):
            on_watchlist = event.action is Action.BOOKMARK
        else:
            continue
        at = event.at
    return Marks(rating, watched, on_watchlist, at)
