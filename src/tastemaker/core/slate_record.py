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


@dataclass(frozen=True, slots=True)
class SlateFeedback:
    """An event that answers a slate. event_id: the same one again changes nothing."""

    event_id: EventId
    session_id: SessionId
    item_id: ItemId
    action: Action
    at: datetime


@dataclass(frozen=True, slots=True)
class AnsweredSlate:
    """feedback: in the order of time; empty where nobody answered."""

    shown: ShownSlate
    feedback: Sequence[SlateFeedback]
