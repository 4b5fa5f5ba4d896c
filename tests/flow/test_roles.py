"""Roles as processes of their own, ended in the middle of their work."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tastemaker.adapters.bus.sqlite import SqliteBus
from tastemaker.core.clock import system_clock
from tastemaker.core.ids import UserId
from tastemaker.core.message import Message
from tastemaker.core.topics import Topic
from tastemaker.ports import Bus
from tastemaker.store.engine import StoreConfig, open_engine
from tastemaker.store.interactions import InteractionLog
from tastemaker.store.migrate import migrate
from tests.flow.processes import happened, role, until
from tests.flow.server import run

N_EVENTS = 20_000


@pytest.fixture
def bus(tmp_path: Path) -> Iterator[Bus]:
    bus = SqliteBus(tmp_path / "bus.db", system_clock)
    yield bus
    bus.close()


@pytest.fixture
def log(tmp_path: Path) -> Iterator[InteractionLog]:
    engine = open_engine(f"sqlite:///{tmp_path}/tastemaker.db", StoreConfig())
    migrate(engine)
    log = InteractionLog(engine)
    yield log
    log.close()
    engine.dispose()


def test_a_recorder_killed_in_the_middle_loses_no_event_and_counts_none_twice(
    bus: Bus, log: InteractionLog, tmp_path: Path
) -> None:
    bus.publish(Topic.INTERACTIONS, [happened(number) for number in range(N_EVENTS)])
    with role("recorder", tmp_path) as process:
        until(lambda: log.count() > 0)
        process.kill()
        process.wait()
    assert 0 < log.count() < N_EVENTS
    with role("recorder", tmp_path) as process:
        until(lambda: bus.lag(Topic.INTERACTIONS, "recorder") == 0)
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    assert log.count() == N_EVENTS
    users = [log.of_user(UserId(f"u{number}"), N_EVENTS) for number in range(100)]
    assert len({event.event_id for events in users for event in events}) == N_EVENTS


def test_a_poisoned_message_is_seen_and_can_be_tried_again(
    bus: Bus, log: InteractionLog, tmp_path: Path
) -> None:
    poison = Message("poison", "u1", b'{"v": 1, "user_id": "u1"}')
    bus.publish(Topic.INTERACTIONS, [happened(1), poison, happened(2)])
    with role("recorder", tmp_path):
        until(lambda: log.count() == 2)
        until(lambda: bus.lag(Topic.INTERACTIONS, "recorder") == 0)
        shown = run("events", "set-aside", "--home", tmp_path, cwd=tmp_path, COLUMNS="200")
        assert "1 messages are set aside" in shown.stdout
        assert "poison" in shown.stdout
        assert "InteractionHappened" in shown.stdout
        given_back = run("events", "replay", "--home", tmp_path, cwd=tmp_path)
        assert "1 messages were given back" in given_back.stdout
        until(lambda: bus.lag(Topic.SET_ASIDE, "operator") == 1)
