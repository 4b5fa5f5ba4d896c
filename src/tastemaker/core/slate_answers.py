"""Events that name a slate are also an answer to it."""

import hashlib
from collections.abc import Iterable
from datetime import datetime

from tastemaker.core.account import USER_ID_PREFIX
from tastemaker.core.ids import EventId, ItemId, SessionId, UserId
from tastemaker.core.interaction import Action, Interaction
from tastemaker.core.marks import MarkChange
from tastemaker.core.slate_record import SlateFeedback

_LIKED_FROM = 0.7
_DISLIKED_TO = 0.5
_MAX_STARS = 5.0


def feedback_of(events: Iterable[Interaction], max_rating: float) -> list[SlateFeedback]:
    """Of the events that name a slate. Those of an account are known by what is said, as
    `said_of` knows them."""
    found: list[SlateFeedback] = []
    for event in events:
        session_id, item_id = event.session_id, event.item_id
        if session_id is None:
            continue
        if not event.user_id.startswith(USER_ID_PREFIX):
            action = answer_of(event.action, event.value, max_rating)
            found.append(
                SlateFeedback(event.event_id, session_id, item_id, action, event.at, event.user_id)
            )
        elif event.action is not Action.UNBOOKMARK:
            action = answer_of(event.action, event.value, _MAX_STARS)
            found.append(_feedback(event.user_id, session_id, item_id, action, event.at))
    return found


def answer_of(action: Action, value: float | None, max_rating: float) -> Action:
    """A log of slates keeps no stars: 7 of 10 and more are a like, 5 and less a dislike."""
    if action is not Action.RATE or value is None:
        return action
    if value >= _LIKED_FROM * max_rating:
        return Action.LIKE
    return Action.DISLIKE if value <= _DISLIKED_TO * max_rating else Action.RATE


def said_of(
    user_id: UserId, item_id: ItemId, said: MarkChange, at: datetime
) -> list[SlateFeedback]:
    """What an account says about an item; what it takes back answers no slate."""
    answers: list[Action] = []
    if said.rating is not None:
        answers.append(answer_of(Action.RATE, said.rating, _MAX_STARS))
    if said.watched:
        answers.append(Action.WATCHED)
    if said.on_watchlist:
        answers.append(Action.BOOKMARK)
    if said.session_id is None:
        return []
    return [_feedback(user_id, said.session_id, item_id, action, at) for action in answers]


def dismissed(
    user_id: UserId, item_id: ItemId, session_id: SessionId | None, at: datetime
) -> list[SlateFeedback]:
    if session_id is None:
        return []
    return [_feedback(user_id, session_id, item_id, Action.DISMISS, at)]


def event_id_of(user_id: UserId, session_id: SessionId, item_id: ItemId, action: Action) -> EventId:
    """The same for the same answer, so that sent twice it counts once; another one for another
    user, who must not take its place."""
    said = f"{len(user_id)}:{user_id}{len(session_id)}:{session_id}{action.value}:{item_id}"
    return EventId(hashlib.blake2b(said.encode(), digest_size=16).hexdigest())


def _feedback(
    user_id: UserId, session_id: SessionId, item_id: ItemId, action: Action, at: datetime
) -> SlateFeedback:
    event_id = event_id_of(user_id, session_id, item_id, action)
    return SlateFeedback(event_id, session_id, item_id, action, at, user_id)
