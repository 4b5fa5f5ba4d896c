"""Roles on a disk that is full: they wait until there is room, and then do what was asked."""

import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tastemaker.adapters.bus.sqlite import SqliteBus
from tastemaker.adapters.slates.sql import SqlSlates
from tastemaker.core.clock import system_clock
from tastemaker.core.stored_slate import SlateKey, SlateKind, StoredSlate
from tastemaker.core.topics import RetrainAsked, SlateMade, Topic
from tastemaker.ports import Bus
from tastemaker.roles.retraining import RETRAIN_KEY
from tastemaker.store.database import Database
from tastemaker.store.engine import StoreConfig, open_engine
from tastemaker.store.migrate import migrate
from tastemaker.store.version_folder import VersionFolder
from tastemaker.train.retrain_state import RetrainPhase, RetrainStates
from tastemaker.train.version_record import VersionState
from tests.flow.processes import happened, recorded, role, until, waits
from tests.flow.server import running
from tests.flow.small import source_of
from tests.flow.small_disk import filled
from tests.flow.visitor import Seen, answering
from tests.flow.working import training_of

N_EVENTS = 20_000
N_SLATES = 2_000
SLATE_BYTES = 4_000


@pytest.fixture
def home(circles_home: Path, disk: Path, tmp_path: Path) -> Path:
    """On the small disk, but for what roles log."""
    home = Path(shutil.copytree(circles_home, disk / "home"))
    (home / "roles.err").symlink_to(tmp_path / "roles.err")
    return home


@pytest.fixture
def settings(circles_home: Path, tmp_path: Path) -> dict[str, str]:
    """The bus is on another disk."""
    return {
        **source_of(circles_home),
        "TASTEMAKER__BUS__URL": f"sqlite:///{tmp_path}/bus.db",
        "TASTEMAKER__ROLE_SERVER__PORT": "0",
    }


@pytest.fixture
def bus(tmp_path: Path) -> Iterator[Bus]:
    bus = SqliteBus(tmp_path / "bus.db", system_clock)
    yield bus
    bus.close()


@pytest.fixture
def engine(home: Path) -> Iterator[Engine]:
    engine = open_engine(f"sqlite:///{home}/tastemaker.db", StoreConfig())
    migrate(engine)
    yield engine
    engine.dispose()


@pytest.fixture(autouse=True)
def visitor(home: Path, settings: dict[str, str]) -> Iterator[Seen]:
    """Is answered all the time, whatever becomes of the roles."""
    with (
        running(home, what=("role", "gateway"), **settings) as server,
        answering(server.address) as seen,
    ):
        yield seen
    assert seen.sources == {"model"}


def test_a_recorder_writes_every_event_once_there_is_room(
    disk: Path, home: Path, settings: dict[str, str], bus: Bus
) -> None:
    with role("recorder", home, **settings):
        with filled(disk):
            bus.publish(Topic.INTERACTIONS, [happened(n, "i01") for n in range(N_EVENTS)])
            until(lambda: waits(home, "recorder"))
        until(lambda: bus.lag(Topic.INTERACTIONS, "recorder") == 0)
    there = recorded(f"sqlite:///{home}/tastemaker.db")
    assert sorted(there) == sorted(f"e{n}" for n in range(N_EVENTS))


def test_a_refresher_puts_every_slate_once_there_is_room(
    disk: Path, home: Path, settings: dict[str, str], bus: Bus, engine: Engine
) -> None:
    made = [
        StoredSlate(
            SlateKey(SlateKind.USER, f"x{n}", "full"), "v1", system_clock(), b"-" * SLATE_BYTES
        )
        for n in range(N_SLATES)
    ]
    slates = SqlSlates(engine, system_clock, ttl_s=1e6)
    with role("refresher", home, **settings):
        with filled(disk):
            bus.publish(Topic.UPDATES, [SlateMade.of(slate) for slate in made])
            until(lambda: waits(home, "slate-keeper"))
        until(lambda: bus.lag(Topic.UPDATES, "slate-keeper") == 0)
    assert slates.kept().n == N_SLATES


def test_a_trainer_trains_once_there_is_room_and_leaves_no_half_behind(
    disk: Path, home: Path, settings: dict[str, str], bus: Bus, engine: Engine
) -> None:
    states, models = RetrainStates(Database(engine)), VersionFolder(home / "models")
    before = set(models.names())
    asked = RetrainAsked(asked_at=system_clock(), why="a test")
    with role("trainer", home, **settings) as trainer:
        bus.publish(Topic.RETRAIN, [asked.message("ask", RETRAIN_KEY)])
        until(lambda: training_of(trainer.pid))
        training = training_of(trainer.pid)
        assert training is not None
        os.kill(training, signal.SIGSTOP)
        with filled(disk):
            os.kill(training, signal.SIGCONT)
            until(lambda: waits(home, "trainer"))
            assert states.read().phase is RetrainPhase.RUNNING
            assert set(models.names()) == before
            assert not list(models.folder.glob(".draft-*"))
        until(lambda: states.read().phase is not RetrainPhase.RUNNING)
    assert states.read().outcome is VersionState.IN_SERVICE
    assert len(set(models.names()) - before) == 1
