"""What every log of slates promises."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread

import pytest
from pymongo import MongoClient

from tastemaker.adapters.slate_log.mongo import MongoSlateLog
from tastemaker.adapters.slate_log.sql import SqlSlateLog
from tastemaker.core.errors import SlateLogUnavailable
from tastemaker.core.ids import EventId, ItemId, SessionId, UserId
from tastemaker.core.interaction import Action
from tastemaker.core.kept import Kept
from tastemaker.core.slate_record import AnsweredSlate, ShownSlate, SlateFeedback
from tastemaker.ports import SlateLog
from tastemaker.store.engine import StoreConfig, open_engine
from tastemaker.store.migrate import migrate
from tastemaker.store.slate_tables import shown_slates, slate_feedback
from tests.contracts.strict_mongod import strict_mongod

POSTGRES_URL = "TASTEMAKER_TEST_POSTGRES_URL"
MONGODB_URL = "TASTEMAKER_TEST_MONGODB_URL"
START = datetime(2024, 1, 1, tzinfo=UTC)
END = START + timedelta(days=365)


@contextmanager
def _sql(url: str) -> Iterator[SlateLog]:
    engine = open_engine(url, StoreConfig())
    migrate(engine)
    with engine.begin() as connection:
        connection.execute(shown_slates.delete())
        connection.execute(slate_feedback.delete())
    yield SqlSlateLog(engine)
    engine.dispose()


@contextmanager
def _sqlite(folder: Path) -> Iterator[SlateLog]:
    with _sql(f"sqlite:///{folder}/log.db") as log:
        yield log


@contextmanager
def _postgresql(_: Path) -> Iterator[SlateLog]:
    with _sql(_named_by(POSTGRES_URL)) as log:
        yield log


@contextmanager
def _mongodb(_: Path) -> Iterator[SlateLog]:
    url = _named_by(MONGODB_URL)
    with MongoClient[dict[str, object]](url) as client:
        client.get_default_database().drop_collection("shown_slates")
        client.get_default_database().drop_collection("slate_feedback")
    # The slates of these tests are of long ago, and the server forgets by its own clock.
    log = MongoSlateLog(url, keep_s=20 * 365 * 86_400, timeout_s=5.0)
    yield log
    log.close()


def _named_by(variable: str) -> str:
    url = os.environ.get(variable, "")
    if not url:
        pytest.skip(f"{variable} names no server to test with")
    return url


ADAPTERS = {"sqlite": _sqlite, "postgresql": _postgresql, "mongodb": _mongodb}


@pytest.fixture(params=ADAPTERS)
def log(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SlateLog]:
    """Empty."""
    with ADAPTERS[request.param](tmp_path) as log:
        yield log


def shown(number: int, experiment: str | None = "summer", user: str = "ann") -> ShownSlate:
    """The one of that minute."""
    return ShownSlate(
        session_id=SessionId(f"s{number}"),
        user_id=UserId(user),
        experiment=experiment,
        variant="full",
        model_version="v1",
        source="model",
        item_ids=(ItemId("2"), ItemId("1")),
        at=START + timedelta(minutes=number, microseconds=number),
    )


def feedback(event: str, session: str = "s1", minute: int = 1) -> SlateFeedback:
    at = START + timedelta(minutes=minute)
    return SlateFeedback(EventId(event), SessionId(session), ItemId("1"), Action.LIKE, at)


def everything(log: SlateLog, experiment: str | None = None) -> list[AnsweredSlate]:
    return list(log.read(experiment, START, END))


def test_a_slate_comes_back_as_it_was_shown(log: SlateLog) -> None:
    slate = shown(1)
    log.record([slate], [])
    assert log.find(SessionId("s1")) == AnsweredSlate(slate, ())
    assert log.find(SessionId("s2")) is None


def test_ids_of_any_script_and_an_empty_slate_are_kept(log: SlateLog) -> None:
    slate = replace(
        shown(1),
        session_id=SessionId("сеанс 🚀/'\"%"),
        user_id=UserId("Анна"),
        item_ids=(ItemId("映画"), ItemId("a|b,c")),
    )
    empty = replace(shown(2), item_ids=(), user_id=UserId(""))
    log.record([slate, empty], [feedback("событие", session=slate.session_id)])
    found = log.find(slate.session_id)
    assert found is not None
    assert found.shown == slate
    assert [answer.event_id for answer in found.feedback] == ["событие"]
    assert log.find(empty.session_id) == AnsweredSlate(empty, ())


def test_the_same_slate_and_the_same_event_again_change_nothing(log: SlateLog) -> None:
    log.record([shown(1)], [feedback("e1")])
    log.record([replace(shown(1), variant="other")], [replace(feedback("e1"), item_id=ItemId("2"))])
    log.record([shown(3), shown(3)], [feedback("e3", "s3"), feedback("e3", "s3")])
    assert log.find(SessionId("s1")) == AnsweredSlate(shown(1), (feedback("e1"),))
    assert log.find(SessionId("s3")) == AnsweredSlate(shown(3), (feedback("e3", "s3"),))
    assert log.kept().n == 2


def test_feedback_may_come_before_its_slate(log: SlateLog) -> None:
    log.record([], [feedback("e1")])
    assert log.find(SessionId("s1")) is None
    assert everything(log) == []
    log.record([shown(1)], [])
    assert log.find(SessionId("s1")) == AnsweredSlate(shown(1), (feedback("e1"),))


def test_feedback_is_in_the_order_of_time(log: SlateLog) -> None:
    late, early = feedback("a", minute=9), feedback("b", minute=2)
    log.record([shown(1)], [late, early])
    found = log.find(SessionId("s1"))
    assert found is not None
    assert list(found.feedback) == [early, late]


def test_slates_are_read_in_the_order_of_time_however_many(log: SlateLog) -> None:
    slates = [shown(number) for number in range(1_201)]
    log.record(slates[::-1], [feedback("e7", "s7"), feedback("e900", "s900")])
    read = everything(log)
    assert [slate.shown for slate in read] == slates
    assert [slate.shown.session_id for slate in read if slate.feedback] == ["s7", "s900"]
    assert log.kept().n == 1_201


def test_slates_of_one_moment_are_all_read(log: SlateLog) -> None:
    slates = [replace(shown(number), at=START) for number in range(1_100)]
    log.record(slates, [])
    assert {slate.shown.session_id for slate in everything(log)} == {s.session_id for s in slates}


def test_the_beginning_is_read_and_the_end_is_not(log: SlateLog) -> None:
    log.record([shown(1), shown(2), shown(3)], [])
    read = log.read(None, shown(1).at, shown(3).at)
    assert [slate.shown.session_id for slate in read] == ["s1", "s2"]


def test_an_experiment_reads_its_own_slates(log: SlateLog) -> None:
    log.record([shown(1), shown(2, "winter"), shown(3, None)], [])
    assert [slate.shown.session_id for slate in everything(log, "winter")] == ["s2"]
    assert [slate.shown.session_id for slate in everything(log)] == ["s1", "s2", "s3"]


def test_slates_may_come_in_while_others_are_read(log: SlateLog) -> None:
    log.record([shown(number) for number in range(600)], [])
    reading = log.read(None, START, END)
    first = next(reading)
    log.record([shown(700)], [])
    assert len([first, *reading]) in (600, 601)


def test_what_is_old_goes_with_its_feedback(log: SlateLog) -> None:
    slates = [shown(number) for number in range(1_101)]
    late = feedback("late", "s0", minute=5_000)
    orphans = [feedback("old", "lost", minute=1), feedback("new", "soon", minute=2_000)]
    log.record(slates, [late, feedback("kept", "s1100", minute=1_200), *orphans])
    log.prune(shown(1_100).at)
    assert [slate.shown.session_id for slate in everything(log)] == ["s1100"]
    log.record([slates[0], replace(shown(5), session_id=SessionId("lost"))], [])
    log.record([replace(shown(6), session_id=SessionId("soon"))], [])
    answers = {slate.shown.session_id: len(slate.feedback) for slate in everything(log)}
    assert answers == {"s0": 0, "lost": 0, "soon": 1, "s1100": 1}


def test_a_user_is_forgotten_with_the_answers(log: SlateLog) -> None:
    log.record(
        [shown(1), shown(2), shown(3, user="bob")],
        [feedback("e1", "s1"), feedback("e2", "s2"), feedback("e3", "s3")],
    )
    log.forget(UserId("ann"))
    log.forget(UserId("nobody"))
    assert everything(log) == [AnsweredSlate(shown(3, user="bob"), (feedback("e3", "s3"),))]
    log.record([shown(1)], [])
    assert log.find(SessionId("s1")) == AnsweredSlate(shown(1), ())


def test_an_answer_comes_back_with_who_gave_it_until_he_is_forgotten(log: SlateLog) -> None:
    unknown = feedback("e1", minute=1)
    by_bob = replace(feedback("e2", minute=2), user_id=UserId("bob"))
    log.record([shown(1)], [unknown, by_bob])
    assert log.find(SessionId("s1")) == AnsweredSlate(shown(1), (unknown, by_bob))
    log.forget(UserId("bob"))
    assert log.find(SessionId("s1")) == AnsweredSlate(shown(1), (unknown,))


def test_what_is_kept_is_told_with_about_its_size(log: SlateLog) -> None:
    assert log.kept() == Kept(0, 0)
    long = tuple(ItemId(f"item-{number:06}") for number in range(200))
    log.record([replace(shown(number), item_ids=long) for number in range(150)], [])
    slates = log.kept()
    assert slates.n == 150
    assert 150 * 2_000 < slates.n_bytes < 150 * 10_000
    log.record([], [feedback(f"e{number}", f"s{number}") for number in range(150)])
    assert log.kept().n == 150
    assert slates.n_bytes < log.kept().n_bytes < slates.n_bytes + 150 * 1_000


def test_nothing_to_record_is_no_error(log: SlateLog) -> None:
    log.record([], [])
    log.prune(END)
    assert log.kept().n == 0


def test_many_writers_at_once_lose_nothing(log: SlateLog) -> None:
    def write(worker: int) -> None:
        for step in range(20):
            slate = shown(worker * 20 + step)
            log.record([slate, shown(9_999)], [feedback(f"e{slate.session_id}", slate.session_id)])

    writers = [Thread(target=write, args=[worker]) for worker in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert log.kept().n == 81
    assert sum(len(slate.feedback) for slate in everything(log)) == 80


def test_a_log_that_is_away_is_named_so(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path}/never-migrated.db", StoreConfig())
    with pytest.raises(SlateLogUnavailable):
        SqlSlateLog(engine).record([shown(1)], [])
    engine.dispose()


def test_a_server_that_is_away_is_named_so() -> None:
    log = MongoSlateLog("mongodb://127.0.0.1:1/none", keep_s=1e6, timeout_s=0.2)
    with pytest.raises(SlateLogUnavailable, match=r"127\.0\.0\.1:1"):
        log.record([shown(1)], [])
    with pytest.raises(SlateLogUnavailable):
        log.find(SessionId("s1"))
    log.close()


def test_another_time_to_keep_slates_holds_for_an_index_that_is_there() -> None:
    with strict_mongod() as server:
        for keep_s in (90.0, 30.0, 30.0):
            log = MongoSlateLog(server.url, keep_s=keep_s, timeout_s=5.0)
            log.record([shown(1), shown(2)], [feedback("e1")])
            log.close()
            assert server.expires == {"shown_slates": keep_s, "slate_feedback": keep_s}
        assert server.n_inserted == 9
