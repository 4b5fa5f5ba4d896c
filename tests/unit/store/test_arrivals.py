"""Whoever serves what is stored hears of every event, whichever process wrote it."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tastemaker.core.ids import UserId
from tastemaker.store.arrivals import LOOK_EVERY_S, Arrivals
from tastemaker.store.engine import StoreConfig, open_engine
from tastemaker.store.interactions import InteractionLog
from tastemaker.store.migrate import migrate
from tests.unit.store.events import rated

ANN, BOB = UserId("ann"), UserId("bob")


class Stopwatch:
    now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/tastemaker.db"


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    engine = open_engine(url, StoreConfig())
    migrate(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def stopwatch() -> Stopwatch:
    return Stopwatch()


@pytest.fixture
def arrivals(engine: Engine, stopwatch: Stopwatch) -> Iterator[Arrivals]:
    with closing(InteractionLog(engine)) as log:
        log.append([rated("before", "old")])
    with closing(Arrivals(engine, stopwatch)) as arrivals:
        yield arrivals


def test_what_this_process_writes_is_told_at_once_and_once(
    engine: Engine, arrivals: Arrivals
) -> None:
    with closing(InteractionLog(engine)) as log:
        log.append([rated("a", "ann"), rated("b", "bob")])
        assert arrivals.users() == frozenset({ANN, BOB})
        assert arrivals.users() == frozenset()
        log.append([rated("c", "ann")])
        assert arrivals.users() == frozenset({ANN})


def test_what_another_process_writes_is_told_after_a_moment(
    url: str, arrivals: Arrivals, stopwatch: Stopwatch
) -> None:
    assert arrivals.users() == frozenset()
    other = open_engine(url, StoreConfig())
    with closing(InteractionLog(other)) as log:
        log.append([rated("a", "ann")])
    other.dispose()
    assert arrivals.users() == frozenset()
    stopwatch.now_s = 2 * LOOK_EVERY_S
    assert arrivals.users() == frozenset({ANN})
    stopwatch.now_s = 4 * LOOK_EVERY_S
    assert arrivals.users() == frozenset()


def test_too_many_are_not_told_one_by_one(engine: Engine, arrivals: Arrivals) -> None:
    with closing(InteractionLog(engine)) as log:
        log.append([rated(f"e{number}", f"u{number}") for number in range(10_000)])
        assert arrivals.users() is None
        log.append([rated("a", "ann")])
        assert arrivals.users() == frozenset({ANN})
