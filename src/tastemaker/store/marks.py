"""What people with an account say about items, kept as events that a new word replaces."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from tastemaker.core.ids import EventId, ItemId, SessionId, UserId
from tastemaker.core.interaction import Action, Interaction
from tastemaker.core.marks import WATCHED, MarkChange, Marks, marks_of
from tastemaker.store.database import Database
from tastemaker.store.interaction_rows import interaction_of, row_of
from tastemaker.store.interaction_table import interactions

_COLUMNS = interactions.c
_ITEMS_A_STATEMENT = 500


class MarkStore:
    """new_id: a fresh text at each call, for the ids of events."""

    def __init__(self, database: Database, new_id: Callable[[], str]) -> None:
        self._database = database
        self._new_id = new_id

    def of_user(self, user_id: UserId) -> dict[ItemId, Marks]:
        """Of each item the user ever said something about; unmarked again ones too."""
        with self._database.reading() as connection:
            events = _events(connection, user_id, None)
        return {item_id: marks_of(of_item) for item_id, of_item in events.items()}

    def of_item(self, user_id: UserId, item_id: ItemId) -> Marks:
        with self._database.reading() as connection:
            events = _events(connection, user_id, [item_id])
        return marks_of(events.get(item_id, ()))

    def events_of(self, user_id: UserId) -> list[Interaction]:
        """Everything the user did, oldest first."""
        with self._database.reading() as connection:
            events = _events(connection, user_id, None)
        every = [event for of_item in events.values() for event in of_item]
        return sorted(every, key=lambda event: event.at)

    def save(self, user_id: UserId, changes: Mapping[ItemId, tuple[MarkChange, datetime]]) -> int:
        """Each change happened at its time. Saying the same again changes nothing. Returns for
        how many items something changed."""
        with self._database.writing() as connection:
            return self.save_within(connection, user_id, changes)

    def save_within(
        self,
        connection: Connection,
        user_id: UserId,
        changes: Mapping[ItemId, tuple[MarkChange, datetime]],
    ) -> int:
        """The same as a part of the caller's transaction."""
        events = _events(connection, user_id, list(changes))
        outdated: list[EventId] = []
        new: list[Interaction] = []
        n_changed = 0
        for item_id, (change, at) in changes.items():
            before = events.get(item_id, [])
            replaced, actions = _difference(change, marks_of(before))
            outdated += [event.event_id for event in before if event.action in replaced]
            new += [
                self._event(user_id, item_id, *action, at, change.session_id) for action in actions
            ]
            n_changed += bool(replaced or actions)
        _delete(connection, outdated)
        if new:
            connection.execute(insert(interactions), [row_of(event) for event in new])
        return n_changed

    def dismiss(
        self,
        user_id: UserId,
        item_id: ItemId,
        at: datetime,
        session_id: SessionId | None = None,
    ) -> None:
        """Not to be recommended again, until `allow_again`."""
        with self._database.writing() as connection:
            of_item = _events(connection, user_id, [item_id]).get(item_id, [])
            if any(event.action is Action.DISMISS for event in of_item):
                return
            event = self._event(user_id, item_id, Action.DISMISS, None, at, session_id)
            connection.execute(insert(interactions), row_of(event))

    def allow_again(self, user_id: UserId, item_id: ItemId) -> None:
        with self._database.writing() as connection:
            connection.execute(
                delete(interactions).where(
                    _COLUMNS.user_id == user_id,
                    _COLUMNS.item_id == item_id,
                    _COLUMNS.action == Action.DISMISS.value,
                )
            )

    def _event(
        self,
        user_id: UserId,
        item_id: ItemId,
        action: Action,
        value: float | None,
        at: datetime,
        session_id: SessionId | None,
    ) -> Interaction:
        event_id = EventId(self._new_id())
        return Interaction(event_id, user_id, item_id, action, value, at, session_id=session_id)


def _difference(
    change: MarkChange, now: Marks
) -> tuple[frozenset[Action], list[tuple[Action, float | None]]]:
    """The actions whose events no longer hold, and what is said instead."""
    replaced: set[Action] = set()
    said: list[tuple[Action, float | None]] = []
    if change.rating is not None and change.rating != now.rating:
        replaced.add(Action.RATE)
        said.append((Action.RATE, change.rating))
    elif change.clear_rating and now.rating is not None:
        replaced.add(Action.RATE)
    if change.watched is not None and change.watched != now.watched:
        if change.watched:
            said.append((Action.WATCHED, None))
        else:
            replaced |= WATCHED
    if change.on_watchlist is not None and change.on_watchlist != now.on_watchlist:
        replaced |= {Action.BOOKMARK, Action.UNBOOKMARK}
        said.append((Action.BOOKMARK if change.on_watchlist else Action.UNBOOKMARK, None))
    return frozenset(replaced), said


def _events(
    connection: Connection, user_id: UserId, item_ids: Sequence[ItemId] | None
) -> dict[ItemId, list[Interaction]]:
    """Of the named items (None: of all), each item's oldest first."""
    ordered = (
        select(interactions)
        .where(_COLUMNS.user_id == user_id)
        .order_by(_COLUMNS.at_us, _COLUMNS.row)
    )
    found: dict[ItemId, list[Interaction]] = defaultdict(list)
    wanted = (
        [ordered]
        if item_ids is None
        else (ordered.where(_COLUMNS.item_id.in_(chunk)) for chunk in _chunks(item_ids))
    )
    for statement in wanted:
        for row in connection.execute(statement):
            event = interaction_of(row)
            found[event.item_id].append(event)
    return found


def _delete(connection: Connection, event_ids: Sequence[EventId]) -> None:
    for chunk in _chunks(event_ids):
        connection.execute(delete(interactions).where(_COLUMNS.event_id.in_(chunk)))


def _chunks(ids: Sequence[str]) -> Iterable[Sequence[str]]:
    """So that no statement has more parameters than a database takes."""
    return (ids[at : at + _ITEMS_A_STATEMENT] for at in range(0, len(ids), _ITEMS_A_STATEMENT))
