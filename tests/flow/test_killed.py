"""Every role ended in the middle of its work: nothing accepted is lost, nothing has two effects."""

import os
import shutil
import signal
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from sqlalchemy import Engine

from tastemaker.adapters.bus.sqlite import SqliteBus
from tastemaker.adapters.slates.sql import SqlSlates
from tastemaker.core.clock import system_clock
from tastemaker.core.message import Message
from tastemaker.core.stored_slate import SlateKey, SlateKind, StoredSlate
from tastemaker.core.topics import RefreshAsked, RetrainAsked, Topic
from tastemaker.ports import Bus
from tastemaker.roles.retraining import RETRAIN_KEY
from tastemaker.store.database import Database
from tastemaker.store.engine import StoreConfig, open_engine
from tastemaker.store.migrate import migrate
from tastemaker.store.version_folder import VersionFolder
from tastemaker.train.retrain_state import RetrainPhase, RetrainState, RetrainStates
from tastemaker.train.version_record import VersionState, read_record, write_record
from tests.flow.processes import LIMIT_S, recorded, role, until
from tests.flow.server import RunningServer, run, running
from tests.flow.small import source_of
from tests.flow.visitor import Seen, answering
from tests.flow.working import is_alive, training_of

N_USERS = 150
BATCH = 20
GATEWAY = ("role", "gateway")


@pytest.fixture
def home(circles_home: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(circles_home, tmp_path / "home"))


@pytest.fixture
def source(circles_home: Path) -> dict[str, str]:
    return source_of(circles_home)


@pytest.fixture
def bus(home: Path) -> Iterator[Bus]:
    bus = SqliteBus(home / "bus.db", system_clock)
    yield bus
    bus.close()


@pytest.fixture
def engine(home: Path) -> Iterator[Engine]:
    engine = open_engine(f"sqlite:///{home}/tastemaker.db", StoreConfig())
    migrate(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def visitor(home: Path, source: dict[str, str]) -> Iterator[Seen]:
    """Is answered all the time, whatever becomes of the other roles."""
    with running(home, what=GATEWAY, **source) as server, answering(server.address) as seen:
        yield seen


@dataclass
class Sent:
    """Batches of events by what became of them. accepted: ids that were answered with 2xx."""

    batches: list[list[dict[str, Any]]] = field(default_factory=list)
    accepted: list[str] = field(default_factory=list)


@contextmanager
def posting(server: RunningServer) -> Iterator[Sent]:
    """Batch after batch, until the server is gone."""
    sent = Sent()

    def post() -> None:
        with httpx2.Client() as client:
            while True:
                batch = [_event(len(sent.batches) * BATCH + n) for n in range(BATCH)]
                sent.batches.append(batch)
                try:
                    answer = client.post(f"{server.address}/api/v1/interactions", json=batch)
                except httpx2.HTTPError:
                    return
                if answer.is_success:
                    sent.accepted += answer.json()["event_ids"]

    thread = threading.Thread(target=post)
    thread.start()
    try:
        yield sent
    finally:
        server.process.kill()
        thread.join(LIMIT_S)


def _event(number: int) -> dict[str, Any]:
    item = f"i{number % 40:02}"
    return {
        "event_id": f"e{number}",
        "user_id": f"u{number % N_USERS}",
        "item_id": item,
        "action": "watched",
    }


def test_what_a_killed_gateway_had_accepted_is_there_once(
    home: Path, source: dict[str, str]
) -> None:
    database = f"sqlite:///{home}/tastemaker.db"
    with running(home, what=GATEWAY, **source) as server, posting(server) as sent:
        until(lambda: len(sent.accepted) > 20 * BATCH)
        server.process.kill()
    there = recorded(database)
    assert set(sent.accepted) <= set(there)
    assert len(there) == len(set(there))
    with running(home, what=GATEWAY, **source) as server, httpx2.Client() as client:
        for batch in sent.batches:
            answer = client.post(f"{server.address}/api/v1/interactions", json=batch)
            assert answer.raise_for_status().json()["event_ids"] == [e["event_id"] for e in batch]
    again = recorded(database)
    assert sorted(again) == sorted(e["event_id"] for batch in sent.batches for e in batch)


def test_of_two_trainers_one_trains_and_the_other_takes_over_from_a_killed_one(
    home: Path, source: dict[str, str], bus: Bus, engine: Engine, visitor: Seen
) -> None:
    states, models = RetrainStates(Database(engine)), home / "models"
    before = _versions(models)
    request = _request("ask")
    with ExitStack() as ended:
        trainers = {ended.enter_context(role("trainer", home, **source)) for _ in range(2)}
        bus.publish(Topic.RETRAIN, [request])
        until(lambda: any(training_of(trainer.pid) for trainer in trainers))
        busy = next(trainer for trainer in trainers if training_of(trainer.pid))
        training = training_of(busy.pid)
        busy.kill()
        busy.wait()
        until(lambda: training is None or not is_alive(training))
        assert _versions(models) == before
        until(lambda: states.read().phase is RetrainPhase.DONE)
        bus.publish(Topic.RETRAIN, [request])
        until(lambda: bus.lag(Topic.RETRAIN, "trainer") == 0)
        assert len(_versions(models) - before) == 1
        assert not list(models.glob(".draft-*"))
        for trainer in trainers - {busy}:
            trainer.send_signal(signal.SIGTERM)
            assert trainer.wait(LIMIT_S) == 0
    assert visitor.sources == {"model"}


def test_a_training_that_a_stop_does_not_wait_for_is_given_back(
    home: Path, source: dict[str, str], bus: Bus, engine: Engine
) -> None:
    """As systemd stops: SIGTERM to every process of the group."""
    states, models = RetrainStates(Database(engine)), home / "models"
    before = _current(models)
    with role("trainer", home, **source) as trainer:
        bus.publish(Topic.RETRAIN, [_request("ask")])
        until(lambda: training_of(trainer.pid))
        training = training_of(trainer.pid)
        assert training is not None
        os.kill(training, signal.SIGSTOP)
        os.killpg(trainer.pid, signal.SIGTERM)
        assert trainer.wait(LIMIT_S) == 0
        assert not is_alive(training)
    assert states.read().phase is RetrainPhase.RUNNING
    assert bus.lag(Topic.RETRAIN, "trainer") == 1
    with role("trainer", home, **source):
        until(lambda: bus.lag(Topic.RETRAIN, "trainer") == 0)
    state = states.read()
    assert (state.phase, state.outcome) == (RetrainPhase.DONE, VersionState.IN_SERVICE)
    assert _current(models) != before


def test_a_version_that_passed_goes_into_service_though_its_trainer_was_killed_before(
    home: Path, source: dict[str, str], bus: Bus, engine: Engine, visitor: Seen
) -> None:
    """As the disk is left when the version is stored, and not in service yet."""
    states, models = RetrainStates(Database(engine)), home / "models"
    before = _current(models)
    with role("trainer", home, **source) as trainer:
        bus.publish(Topic.RETRAIN, [_request("first")])
        until(lambda: states.read().phase is RetrainPhase.DONE)
        trainer.kill()
    made = _current(models)
    assert made != before
    record = read_record(models / made)
    write_record(models / made, record.model_copy(update={"promoted_at": ()}))
    VersionFolder(models).point_to(before)
    asked_at = system_clock() - timedelta(hours=1)
    states.write(RetrainState(RetrainPhase.RUNNING, asked_at, started_at=asked_at))
    n_told = bus.lag(Topic.MODEL_UPDATED, "a test")
    request = RetrainAsked(asked_at=asked_at, why="a test")
    bus.publish(Topic.RETRAIN, [request.message("again", RETRAIN_KEY)])
    with role("trainer", home, **source):
        until(lambda: bus.lag(Topic.RETRAIN, "trainer") == 0)
    assert _current(models) == made
    assert _versions(models) == {before, made}
    assert states.read().outcome is VersionState.IN_SERVICE
    assert bus.lag(Topic.MODEL_UPDATED, "a test") == n_told + 1
    assert visitor.sources == {"model"}


def test_a_start_puts_a_version_into_service_that_a_killed_training_left(
    home: Path, source: dict[str, str]
) -> None:
    models = home / "models"
    made = _current(models)
    record = read_record(models / made)
    write_record(models / made, record.model_copy(update={"promoted_at": ()}))
    (models / "CURRENT").unlink()
    with running(home, **source) as server:
        ready = httpx2.get(f"{server.address}/health/ready").json()
    assert ready["model_version"] == made
    assert _versions(models) == {made}


def test_a_second_training_of_one_home_leaves_at_once(home: Path, source: dict[str, str]) -> None:
    before = _versions(home / "models")
    with VersionFolder(home / "training").locked():
        done = run("train", "--home", home, cwd=home.parent, **source)
    assert done.returncode == 1
    assert "Another process is writing here" in done.stderr
    assert _versions(home / "models") == before


def _request(name: str) -> Message:
    return RetrainAsked(asked_at=system_clock(), why="a test").message(name, RETRAIN_KEY)


def _versions(models: Path) -> set[str]:
    return set(VersionFolder(models).names())


def _current(models: Path) -> str:
    return (models / "CURRENT").read_text().strip()


def test_a_refresher_killed_in_the_middle_leaves_no_slate_old(
    home: Path, source: dict[str, str], bus: Bus, engine: Engine, visitor: Seen
) -> None:
    version = _current(home / "models")
    slates = SqlSlates(engine, system_clock, ttl_s=1e6)
    long_ago = system_clock() - timedelta(days=1)
    keys = [SlateKey(SlateKind.USER, f"u{number}", "transitions") for number in range(N_USERS)]
    slates.put_many([StoredSlate(key, "old", long_ago, b"{}\n{}") for key in keys])
    bus.publish(Topic.REFRESH, [RefreshAsked(older_than=system_clock()).message("refresh")])
    one_by_one = {"TASTEMAKER__CONSUME__MAX_BATCH": "1"}

    def old() -> Sequence[SlateKey]:
        return next(slates.older_than(long_ago, version, N_USERS), ())

    with role("refresher", home, **source, **one_by_one) as process:
        until(lambda: len(old()) < N_USERS)
        process.kill()
        process.wait()
    assert old()
    with role("refresher", home, **source, **one_by_one) as process:
        until(lambda: not old())
        process.send_signal(signal.SIGTERM)
        assert process.wait(LIMIT_S) == 0
    assert slates.kept().n == N_USERS
    assert visitor.sources == {"model"}
