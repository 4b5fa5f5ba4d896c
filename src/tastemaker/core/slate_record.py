"""What was shown to whom, and what came of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tastemaker.core.ids import EventId, ItemId, SessionId, UserId
from tastemaker.core.interaction import Action


@dataclass(frozen=True, slots=True)
class ShownSlate:
    """experiment: None outside of any. variant: of the recommender. item_ids: best first.

    source: as in `core.slate.Source`. at: aware, UTC.
    """

    session_id: SessionId
    user_id: UserId
    experiment: str | None
    variant: str
    model_version: str
    source: str
    item_ids: tuple[ItemId, ...]
    at: datetime


def page_id(session_id: SessionId, n_before: int) -> SessionId:
    """All pages of a slate have one session: here a later one has a name. n_before: items shown."""
    return SessionId(f"{session_id}~{n_before}")


@dataclass(frozen=True, slots=True)
class SlateFeedback:
    """An event that answers a slate. event_id: the same one again changes nothing. user_id: whose
    event it is; None where nobody knows."""

    event_id: EventId
    session_id: SessionId
    item_id: ItemId
    action: Action
    at: datetime
    user_id: UserId | None = None


@dataclass(frozen=True, slots=True)
class AnsweredSlate:
    """feedback: in the order of time; empty where nobody answered."""

    shown: ShownSlate
    feedback: Sequence[SlateFeedback]
