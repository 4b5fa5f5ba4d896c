"""A recorder ended in the middle of its work."""

import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tastemaker.adapters.bus.sqlite import SqliteBus
from tastemaker.core.clock import system_clock
from tastemaker.core.ids import UserId
from tastemaker.core.topics import Topic
from tastemaker.ports import Bus
from tastemaker.store.engine import StoreConfig, open_engine
from tastemaker.store.interactions import InteractionLog
from tastemaker.store.migrate import migrate
from tests.flow.processes import happened, role, until
from tests.flow.server import running
from tests.flow.small import source_of
from tests.flow.visitor import answering

N_EVENTS = 20_000


@pytest.fixture
def home(circles_home: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(circles_home, tmp_path / "home"))


@pytest.fixture
def bus(home: Path) -> Iterator[Bus]:
    bus = SqliteBus(home / "bus.db", system_clock)
    yield bus
    bus.close()


@pytest.fixture
def log(home: Path) -> Iterator[InteractionLog]:
    engine = open_engine(f"sqlite:///{home}/tastemaker.db", StoreConfig())
    migrate(engine)
    log = InteractionLog(engine)
    yield log
    log.close()
    engine.dispose()


@pytest.fixture(autouse=True)
def visitor(home: Path, circles_home: Path) -> Iterator[None]:
    """Is answered all the time, whatever becomes of the recorder."""
    with (
        running(home, what=("role", "gateway"), **source_of(circles_home)) as server,
        answering(server.address),
    ):
        yield


def test_a_recorder_killed_in_the_middle_loses_no_event_and_counts_none_twice(
    bus: Bus, log: InteractionLog, home: Path
) -> None:
    bus.publish(Topic.INTERACTIONS, [happened(number) for number in range(N_EVENTS)])
    with role("recorder", home) as process:
        until(lambda: log.count() > 0)
        process.kill()
        process.wait()
    assert 0 < log.count() < N_EVENTS
    with role("recorder", home) as process:
        until(lambda: bus.lag(Topic.INTERACTIONS, "recorder") == 0)
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    assert log.count() == N_EVENTS
    users = [log.of_user(UserId(f"u{number}"), N_EVENTS) for number in range(100)]
    assert len({event.event_id for events in users for event in events}) == N_EVENTS
