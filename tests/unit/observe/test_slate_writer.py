"""Slates reach their log, and nobody waits for it."""

import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from time import monotonic

import pytest

from tastemaker.core.errors import RequestInvalid, SlateLogUnavailable
from tastemaker.core.ids import EventId, ItemId, SessionId, UserId
from tastemaker.core.interaction import Action
from tastemaker.core.kept import Kept
from tastemaker.core.slate_record import AnsweredSlate, ShownSlate, SlateFeedback
from tastemaker.observe.slate_writer import SlateWriter, SlateWritingConfig

NOW = datetime(2024, 6, 1, tzinfo=UTC)
LIMIT_S = 20.0
QUICK = SlateWritingConfig(max_waiting=10, write_every_s=0.001, retry_s=0.001)


class Log:
    """A log in memory that can be away, slow, or refuse one session."""

    def __init__(self) -> None:
        self.shown: dict[str, ShownSlate] = {}
        self.feedback: dict[str, SlateFeedback] = {}
        self.is_away = False
        self.refused = ""
        self.may_write = threading.Event()
        self.may_write.set()
        self.tried = threading.Semaphore(0)

    def record(self, shown: Sequence[ShownSlate], feedback: Sequence[SlateFeedback]) -> None:
        self.tried.release()
        assert self.may_write.wait(LIMIT_S)
        if self.is_away:
            raise SlateLogUnavailable("It is away")
        if any(slate.session_id == self.refused for slate in shown):
            raise RequestInvalid("It cannot be held")
        self.shown |= {slate.session_id: slate for slate in shown}
        self.feedback |= {answer.event_id: answer for answer in feedback}

    def find(self, session_id: SessionId) -> AnsweredSlate | None:
        shown = self.shown.get(session_id)
        answers = [f for f in self.feedback.values() if f.session_id == session_id]
        return None if shown is None else AnsweredSlate(shown, tuple(answers))

    def read(
        self, experiment: str | None, since: datetime, until: datetime
    ) -> Iterator[AnsweredSlate]:
        raise NotImplementedError

    def kept(self) -> Kept:
        raise NotImplementedError

    def prune(self, before: datetime) -> None:
        raise NotImplementedError

    def forget(self, user_id: UserId) -> None:
        self.shown = {k: v for k, v in self.shown.items() if v.user_id != user_id}


class Told:
    """What a writer tells of."""

    def __init__(self, log: Log, config: SlateWritingConfig = QUICK) -> None:
        self.n_written = 0
        self.n_lost = 0
        self.writer = SlateWriter(log, config, monotonic, self.written, self.lost)

    def written(self, n: int) -> None:
        self.n_written += n

    def lost(self, n: int) -> None:
        self.n_lost += n


def shown(number: int) -> ShownSlate:
    items = (ItemId("1"), ItemId("2"))
    session = SessionId(f"s{number}")
    return ShownSlate(session, UserId("ann"), None, "full", "v1", "model", items, NOW)


def liked(number: int) -> SlateFeedback:
    return SlateFeedback(
        EventId(f"e{number}"), SessionId(f"s{number}"), ItemId("1"), Action.LIKE, NOW
    )


@pytest.fixture
def log() -> Log:
    return Log()


def test_what_was_shown_is_written_at_the_latest_at_the_end(log: Log) -> None:
    told = Told(log, SlateWritingConfig(write_every_s=60))
    told.writer.shown(shown(1))
    told.writer.answered([liked(1)])
    told.writer.close()
    assert log.find(SessionId("s1")) == AnsweredSlate(shown(1), (liked(1),))
    assert (told.n_written, told.n_lost) == (2, 0)


def test_a_slate_is_found_before_it_is_written(log: Log) -> None:
    log.may_write.clear()
    writer = Told(log).writer
    writer.shown(shown(1))
    writer.answered([liked(1)])
    assert writer.find(SessionId("s1")) == AnsweredSlate(shown(1), (liked(1),))
    assert writer.find(SessionId("s2")) is None
    log.may_write.set()
    writer.close()
    assert writer.find(SessionId("s1")) == AnsweredSlate(shown(1), (liked(1),))


def test_an_answer_not_written_yet_joins_a_slate_that_is(log: Log) -> None:
    log.record([shown(1)], [liked(1)])
    writer = Told(log, SlateWritingConfig(write_every_s=60)).writer
    late = SlateFeedback(EventId("late"), SessionId("s1"), ItemId("2"), Action.VIEW, NOW)
    writer.answered([liked(1), late])
    assert writer.find(SessionId("s1")) == AnsweredSlate(shown(1), (liked(1), late))
    writer.close()


def test_nobody_waits_for_a_log_that_hangs_and_what_is_too_much_is_counted(log: Log) -> None:
    log.may_write.clear()
    told = Told(log)
    for number in range(15):
        told.writer.shown(shown(number))
    told.writer.answered([liked(number) for number in range(3)])
    assert told.n_lost == 5 + 3
    log.may_write.set()
    told.writer.close()
    assert (len(log.shown), told.n_written) == (10, 10)


def test_what_came_in_while_the_log_was_away_is_written_when_it_is_back(log: Log) -> None:
    log.is_away = True
    told = Told(log)
    told.writer.shown(shown(1))
    for _ in range(3):
        assert log.tried.acquire(timeout=LIMIT_S)
    log.is_away = False
    told.writer.close()
    assert list(log.shown) == ["s1"]
    assert told.n_lost == 0


def test_a_log_that_is_away_at_the_end_does_not_hold_it_up(log: Log) -> None:
    log.is_away = True
    told = Told(log)
    told.writer.shown(shown(1))
    told.writer.close()
    assert told.n_lost == 1


def test_a_user_is_forgotten_whether_written_or_not(log: Log) -> None:
    log.record([shown(1)], [])
    writer = Told(log, SlateWritingConfig(write_every_s=60)).writer
    writer.shown(shown(2))
    writer.shown(replace(shown(3), user_id=UserId("bob")))
    writer.forget(UserId("ann"))
    writer.close()
    assert list(log.shown) == ["s3"]


def test_one_slate_that_cannot_be_held_costs_no_other(log: Log) -> None:
    log.refused = "s2"
    told = Told(log, SlateWritingConfig(write_every_s=60))
    for number in range(5):
        told.writer.shown(shown(number))
    told.writer.answered([liked(2)])
    told.writer.close()
    assert list(log.shown) == ["s0", "s1", "s3", "s4"]
    assert list(log.feedback) == ["e2"]
    assert (told.n_written, told.n_lost) == (5, 1)
