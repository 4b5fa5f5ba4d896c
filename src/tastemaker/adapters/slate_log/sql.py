"""The log of slates in the database."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import reduce
from operator import add
from typing import Any

from sqlalchemy import (
    Connection,
    Engine,
    Row,
    String,
    Table,
    and_,
    cast,
    delete,
    func,
    or_,
    select,
)

from tastemaker.core.errors import SlateLogUnavailable, StoreUnavailable
from tastemaker.core.ids import EventId, ItemId, SessionId, UserId
from tastemaker.core.interaction import Action
from tastemaker.core.kept import Kept
from tastemaker.core.slate_record import AnsweredSlate, ShownSlate, SlateFeedback
from tastemaker.store.database import Database
from tastemaker.store.instants import from_us, to_us
from tastemaker.store.slate_tables import shown_slates, slate_feedback

_SLATES_A_READ = 500
_SLATES_A_DELETE = 500
"""Few enough that a writer waits for one only shortly."""

_N_WEIGHED = 100

_SHOWN = shown_slates.c
_FEEDBACK = slate_feedback.c


class SqlSlateLog:
    """Safe to use from several threads and, on one database, several processes."""

    def __init__(self, engine: Engine) -> None:
        """engine: of a migrated database."""
        self._database = Database(engine)
        self._insert_shown = self._database.insert(shown_slates).on_conflict_do_nothing()
        self._insert_feedback = self._database.insert(slate_feedback).on_conflict_do_nothing()

    def record(self, shown: Sequence[ShownSlate], feedback: Sequence[SlateFeedback]) -> None:
        if not shown and not feedback:
            return
        with self._writing() as connection:
            if shown:
                connection.execute(self._insert_shown, [_row_of_shown(slate) for slate in shown])
            if feedback:
                rows = [_row_of_feedback(answer) for answer in feedback]
                connection.execute(self._insert_feedback, rows)

    def find(self, session_id: SessionId) -> AnsweredSlate | None:
        with self._reading() as connection:
            rows = connection.execute(select(shown_slates).where(_SHOWN.session_id == session_id))
            return next(iter(_answered(connection, rows.all())), None)

    def read(
        self, experiment: str | None, since: datetime, until: datetime
    ) -> Iterator[AnsweredSlate]:
        page = select(shown_slates).where(_SHOWN.at_us < to_us(until)).limit(_SLATES_A_READ)
        page = page.order_by(_SHOWN.at_us, _SHOWN.session_id)
        if experiment is not None:
            page = page.where(_SHOWN.experiment == experiment)
        condition = _SHOWN.at_us >= to_us(since)
        while True:
            with self._reading() as connection:
                rows = connection.execute(page.where(condition)).all()
                slates = _answered(connection, rows)
            if not rows:
                return
            yield from slates
            at_us, session_id = rows[-1].at_us, rows[-1].session_id
            condition = or_(
                _SHOWN.at_us > at_us, and_(_SHOWN.at_us == at_us, _SHOWN.session_id > session_id)
            )

    def kept(self) -> Kept:
        with self._reading() as connection:
            shown, answers = (_kept(connection, one) for one in (shown_slates, slate_feedback))
        return Kept(shown.n, shown.n_bytes + answers.n_bytes)

    def prune(self, before: datetime) -> None:
        """In many short transactions, so that nobody who writes has to wait for all of it."""
        # Chosen by the database: a list of ids makes another statement each time, and the driver of
        # SQLite keeps many.
        old = (
            select(_SHOWN.session_id)
            .where(_SHOWN.at_us < to_us(before))
            .order_by(_SHOWN.at_us, _SHOWN.session_id)
            .limit(_SLATES_A_DELETE)
        )
        n_gone = _SLATES_A_DELETE
        while n_gone == _SLATES_A_DELETE:
            with self._writing() as connection:
                connection.execute(delete(slate_feedback).where(_FEEDBACK.session_id.in_(old)))
                gone = connection.execute(delete(shown_slates).where(_SHOWN.session_id.in_(old)))
                n_gone = gone.rowcount
        is_shown = select(_SHOWN.session_id).where(_SHOWN.session_id == _FEEDBACK.session_id)
        with self._writing() as connection:
            connection.execute(
                delete(slate_feedback).where(
                    _FEEDBACK.at_us < to_us(before), ~is_shown.correlate(slate_feedback).exists()
                )
            )

    def forget(self, user_id: UserId) -> None:
        is_his = _SHOWN.user_id == user_id
        sessions = select(_SHOWN.session_id).where(is_his)
        with self._writing() as connection:
            connection.execute(delete(slate_feedback).where(_FEEDBACK.session_id.in_(sessions)))
            connection.execute(delete(slate_feedback).where(_FEEDBACK.user_id == user_id))
            connection.execute(delete(shown_slates).where(is_his))

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with _translated(), self._database.reading() as connection:
            yield connection

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with _translated(), self._database.writing() as connection:
            yield connection


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except StoreUnavailable as error:
        raise SlateLogUnavailable(
            error.what, where=error.where, next_step=error.next_step
        ) from error


def _answered(connection: Connection, rows: Sequence[Row[Any]]) -> list[AnsweredSlate]:
    wanted = (
        select(slate_feedback)
        .where(_FEEDBACK.session_id.in_([row.session_id for row in rows]))
        .order_by(_FEEDBACK.at_us, _FEEDBACK.event_id)
    )
    feedback: dict[str, list[SlateFeedback]] = defaultdict(list)
    for row in connection.execute(wanted) if rows else ():
        feedback[row.session_id].append(_feedback_of(row))
    return [AnsweredSlate(_shown_of(row), tuple(feedback[row.session_id])) for row in rows]


def _kept(connection: Connection, table: Table) -> Kept:
    """The newest rows stand for all."""
    n = connection.execute(select(func.count()).select_from(table)).scalar_one()
    newest = select(table).order_by(table.c.at_us.desc()).limit(_N_WEIGHED).subquery()
    lengths = [func.coalesce(func.length(cast(one, String)), 0) for one in newest.columns]
    mean = connection.execute(select(func.avg(reduce(add, lengths)))).scalar_one()
    return Kept(n, round(n * float(mean or 0)))


def _row_of_shown(shown: ShownSlate) -> dict[str, object]:
    return {
        "session_id": shown.session_id,
        "user_id": shown.user_id,
        "experiment": shown.experiment,
        "variant": shown.variant,
        "model_version": shown.model_version,
        "source": shown.source,
        "item_ids": shown.item_ids,
        "at_us": to_us(shown.at),
    }


def _shown_of(row: Row[Any]) -> ShownSlate:
    return ShownSlate(
        session_id=SessionId(row.session_id),
        user_id=UserId(row.user_id),
        experiment=row.experiment,
        variant=row.variant,
        model_version=row.model_version,
        source=row.source,
        item_ids=tuple(ItemId(item_id) for item_id in row.item_ids),
        at=from_us(row.at_us),
    )


def _row_of_feedback(feedback: SlateFeedback) -> dict[str, object]:
    return {
        "event_id": feedback.event_id,
        "session_id": feedback.session_id,
        "item_id": feedback.item_id,
        "action": feedback.action.value,
        "at_us": to_us(feedback.at),
        "user_id": feedback.user_id,
    }


def _feedback_of(row: Row[Any]) -> SlateFeedback:
    return SlateFeedback(
        event_id=EventId(row.event_id),
        session_id=SessionId(row.session_id),
        item_id=ItemId(row.item_id),
        action=Action(row.action),
        at=from_us(row.at_us),
        user_id=None if row.user_id is None else UserId(row.user_id),
    )
