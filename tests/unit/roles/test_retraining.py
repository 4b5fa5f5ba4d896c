"""A training is asked for once, done once for all who asked, and its state says how it ended."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NoReturn

import pytest

from tastemaker.adapters.bus.sqlite import SqliteBus
from tastemaker.core import trace
from tastemaker.core.errors import (
    Conflict,
    DiskFull,
    NotFound,
    ProcessEnded,
    StoreUnavailable,
    TastemakerError,
)
from tastemaker.core.message import Message
from tastemaker.core.topics import RetrainAsked, Topic
from tastemaker.ports import Bus
from tastemaker.roles.consume import ConsumeConfig, Consumer
from tastemaker.roles.grown import ask_to_retrain
from tastemaker.roles.look_again import LookAgain
from tastemaker.roles.lost_request import LostRequest
from tastemaker.roles.retraining import RETRAIN_KEY, Retraining
from tastemaker.roles.trainer import Trained, Trainer, Workshop
from tastemaker.store.database import Database
from tastemaker.store.engine import StoreConfig, open_engine
from tastemaker.store.migrate import migrate
from tastemaker.store.version_folder import VersionFolder
from tastemaker.train.retrain_state import RetrainPhase, RetrainState, RetrainStates
from tastemaker.train.version_record import VersionState

NOW = datetime(2026, 1, 1, tzinfo=UTC)
LATER = NOW + timedelta(minutes=1)
LIMIT_S = 30.0


@pytest.fixture
def bus(tmp_path: Path) -> Iterator[Bus]:
    bus = SqliteBus(tmp_path / "bus.db", lambda: NOW)
    yield bus
    bus.close()


@pytest.fixture
def states(tmp_path: Path) -> Iterator[RetrainStates]:
    engine = open_engine(f"sqlite:///{tmp_path}/tastemaker.db", StoreConfig())
    migrate(engine)
    yield RetrainStates(Database(engine))
    engine.dispose()


@dataclass
class Killed:
    """A training that is ended from outside once it is told to be."""

    may_end: threading.Event = field(default_factory=threading.Event)
    n_begun: int = 0

    def __call__(self) -> NoReturn:
        self.n_begun += 1
        assert self.may_end.wait(LIMIT_S)
        raise ProcessEnded("The working process was ended from outside")


@dataclass
class Meeting:
    """Trainings and looks that meet these errors, one after the other, and then none."""

    errors: list[TastemakerError]
    n_begun: int = 0

    def train(self) -> Trained:
        self.look()
        return _version(LATER)

    def look(self) -> None:
        self.n_begun += 1
        if self.errors:
            raise self.errors.pop(0)


def _trainer(
    bus: Bus,
    states: RetrainStates,
    train: Callable[[], Trained],
    newest: Trained | None = None,
    clear: Callable[[], None] = lambda: None,
    check: Callable[[], None] = lambda: None,
    ended: Counter[str] | None = None,
) -> Trainer:
    """ended: counts trainings by how they ended."""
    count = (ended if ended is not None else Counter[str]()).update
    workshop = Workshop(lambda: newest, check, train, clear)
    return Trainer(workshop, states, bus, lambda: LATER, lambda phase: count([phase.value]))


def _version(begun_at: datetime) -> Trained:
    return Trained("v1", begun_at, VersionState.IN_SERVICE, "better")


def _ended(consumer: Consumer, bus: Bus) -> None:
    """Runs until every request is worked off."""
    thread = threading.Thread(target=consumer.run)
    thread.start()
    while bus.lag(Topic.RETRAIN, Trainer.group):
        assert thread.is_alive()
    consumer.stop()
    thread.join(LIMIT_S)
    assert not thread.is_alive()


def _consumer(bus: Bus, trainer: Trainer) -> Consumer:
    config = ConsumeConfig(poll_s=0.05, n_tries=1, max_pause_s=0.01)
    return Consumer(bus, trainer.topics, trainer.group, trainer.handle, config)


def _retraining(bus: Bus, states: RetrainStates) -> Retraining:
    ids = iter(range(1_000))
    return Retraining(bus, states, lambda: NOW, lambda: f"ask-{next(ids)}")


def test_nothing_was_asked_for_at_first(bus: Bus, states: RetrainStates) -> None:
    assert _retraining(bus, states).state().phase is RetrainPhase.NEVER_ASKED


def test_a_second_one_is_refused_until_the_first_has_ended(bus: Bus, states: RetrainStates) -> None:
    retraining = _retraining(bus, states)
    assert retraining.ask().phase is RetrainPhase.ASKED
    with pytest.raises(Conflict, match="asked already"):
        retraining.ask()
    killed = Killed()
    consumer = _consumer(bus, _trainer(bus, states, killed))
    thread = threading.Thread(target=consumer.run)
    thread.start()
    while retraining.state().phase is not RetrainPhase.RUNNING:
        assert thread.is_alive()
    with pytest.raises(Conflict, match="running already"):
        retraining.ask()
    killed.may_end.set()
    while retraining.state().is_open:
        assert thread.is_alive()
    assert retraining.state().phase is RetrainPhase.FAILED
    assert "ended from outside" in retraining.state().reason
    assert retraining.ask().phase is RetrainPhase.ASKED
    consumer.stop()
    thread.join(LIMIT_S)


def test_who_asks_while_the_bus_is_silent_is_told_at_once_of_the_first(
    states: RetrainStates, tmp_path: Path
) -> None:
    asked, answers = threading.Event(), threading.Event()

    class Silent(SqliteBus):
        def publish(self, topic: str, messages: Sequence[Message]) -> None:
            asked.set()
            assert answers.wait(LIMIT_S)
            super().publish(topic, messages)

    bus = Silent(tmp_path / "silent.db", lambda: NOW)
    retraining = _retraining(bus, states)
    with ThreadPoolExecutor() as pool:
        first = pool.submit(retraining.ask)
        assert asked.wait(LIMIT_S)
        with pytest.raises(Conflict, match="asked already"):
            retraining.ask()
        answers.set()
        assert first.result(LIMIT_S).phase is RetrainPhase.ASKED
    bus.close()


def test_many_requests_are_one_training(bus: Bus, states: RetrainStates) -> None:
    """As two schedulers and a person may ask within one second."""
    bus.publish(
        Topic.RETRAIN,
        [RetrainAsked(asked_at=NOW, why="x").message(f"{n}", RETRAIN_KEY) for n in range(5)],
    )
    killed = Killed()
    killed.may_end.set()
    _ended(_consumer(bus, _trainer(bus, states, killed)), bus)
    assert killed.n_begun == 1


def test_a_request_from_before_the_newest_training_needs_no_other(
    bus: Bus, states: RetrainStates
) -> None:
    _retraining(bus, states).ask()
    killed = Killed()
    newest = _version(NOW + timedelta(seconds=1))
    _ended(_consumer(bus, _trainer(bus, states, killed, newest)), bus)
    assert killed.n_begun == 0
    assert states.read().phase is RetrainPhase.DONE


def test_a_trainer_killed_before_it_told_of_its_version_has_it_told_by_the_next(
    bus: Bus, states: RetrainStates
) -> None:
    _retraining(bus, states).ask()
    states.write(RetrainState(RetrainPhase.RUNNING, NOW, started_at=NOW))
    newest = _version(NOW + timedelta(seconds=1))
    _ended(_consumer(bus, _trainer(bus, states, Killed(), newest)), bus)
    assert (states.read().phase, states.read().version) == (RetrainPhase.DONE, "v1")
    assert bus.lag(Topic.MODEL_UPDATED, "any") == bus.lag(Topic.REFRESH, "any") == 1


def test_a_request_after_the_clock_stepped_back_is_not_taken_for_an_old_one(
    bus: Bus, states: RetrainStates
) -> None:
    _retraining(bus, states).ask()
    killed = Killed()
    killed.may_end.set()
    newest = _version(LATER + timedelta(hours=1))
    _ended(_consumer(bus, _trainer(bus, states, killed, newest)), bus)
    assert killed.n_begun == 1


def test_a_request_for_so_many_new_events_is_answered_by_any_newer_version(
    bus: Bus, states: RetrainStates
) -> None:
    """Asked again by a scheduler that was killed, it is a later one, and no other."""
    killed = Killed()
    killed.may_end.set()
    trainer = _trainer(bus, states, killed, _version(NOW))
    ask_to_retrain(bus, LATER, "10 new events", "grown-v0-1", newest="v0")
    _ended(_consumer(bus, trainer), bus)
    assert killed.n_begun == 0
    ask_to_retrain(bus, LATER, "10 new events", "grown-v1-1", newest="v1")
    _ended(_consumer(bus, trainer), bus)
    assert killed.n_begun == 1


def test_what_a_failed_one_left_is_cleared_even_where_that_fails_too(
    bus: Bus, states: RetrainStates
) -> None:
    tried = []

    def no_data() -> Trained:
        raise NotFound("There is no data yet")

    def busy() -> None:
        tried.append(1)
        raise Conflict("Another process is writing here")

    _retraining(bus, states).ask()
    _ended(_consumer(bus, _trainer(bus, states, no_data, clear=busy)), bus)
    assert tried
    assert "no data yet" in states.read().reason


def test_what_is_away_before_or_in_a_training_is_waited_for(
    bus: Bus, states: RetrainStates
) -> None:
    """The request of the night is not lost to a database that was away for a minute."""
    looking = Meeting([DiskFull("No room")] * 5)
    training = Meeting([StoreUnavailable("The database went away"), DiskFull("No room")])
    ended = Counter[str]()
    trainer = _trainer(bus, states, training.train, check=looking.look, ended=ended)
    _retraining(bus, states).ask()
    _ended(_consumer(bus, trainer), bus)
    assert (states.read().phase, states.read().version) == (RetrainPhase.DONE, "v1")
    # What is known beforehand costs no training.
    assert (looking.n_begun, training.n_begun) == (8, 3)
    assert ended == {"done": 1}


def test_trainings_are_not_done_in_vain_for_ever(bus: Bus, states: RetrainStates) -> None:
    training, ended = Meeting([DiskFull("No room for this one")] * 5), Counter[str]()
    trainer = _trainer(bus, states, training.train, ended=ended)
    _retraining(bus, states).ask()
    _ended(_consumer(bus, trainer), bus)
    assert states.read().phase is RetrainPhase.FAILED
    assert "No room for this one" in states.read().reason
    assert training.n_begun == 3
    # The next request has as many.
    _retraining(bus, states).ask()
    _ended(_consumer(bus, trainer), bus)
    assert states.read().phase is RetrainPhase.DONE
    assert ended == {"failed": 1, "done": 1}


def test_while_another_process_trains_this_one_waits(bus: Bus, states: RetrainStates) -> None:
    busy, ended = Conflict("Another process is writing here"), Counter[str]()
    training = Meeting([busy] * 5)
    _retraining(bus, states).ask()
    _ended(_consumer(bus, _trainer(bus, states, training.train, ended=ended)), bus)
    assert states.read().phase is RetrainPhase.DONE
    assert training.n_begun == 6
    assert ended == {"done": 1}


def test_a_version_nobody_was_told_of_is_told_of_before_the_next_is_trained(
    bus: Bus, states: RetrainStates
) -> None:
    """Of two requests that were waiting, the newest version answers the first."""
    states.write(RetrainState(RetrainPhase.RUNNING, NOW, started_at=NOW))
    newest = Trained("v0", NOW + timedelta(seconds=1), VersionState.IN_SERVICE)
    for asked_at in (NOW, LATER):
        ask_to_retrain(bus, asked_at, "a test", asked_at.isoformat())
    trainer = _trainer(bus, states, Meeting([]).train, newest)
    _ended(_consumer(bus, trainer), bus)
    told = bus.subscribe([Topic.MODEL_UPDATED], "any").poll(10, LIMIT_S)
    assert [one.message.message_id for one in told] == ["model-v0", "model-v1"]


def test_a_training_that_ends_with_its_trainer_is_given_back_and_has_not_failed(
    bus: Bus, states: RetrainStates
) -> None:
    killed = Killed()
    trainer = _trainer(bus, states, killed)
    config = ConsumeConfig(poll_s=0.05, n_tries=1, max_pause_s=0.01)
    group = (trainer.topics, trainer.group)
    consumer = Consumer(bus, *group, trainer.handle, config, on_stop=trainer.stop)
    _retraining(bus, states).ask()
    thread = threading.Thread(target=consumer.run)
    thread.start()
    while not killed.n_begun:
        assert thread.is_alive()
    consumer.stop()
    killed.may_end.set()
    thread.join(LIMIT_S)
    assert states.read().phase is RetrainPhase.RUNNING
    assert bus.lag(Topic.RETRAIN, Trainer.group) == 1


@pytest.mark.parametrize("is_done_already", [False, True])
def test_a_training_and_what_is_told_of_it_belong_to_the_latest_request(
    bus: Bus, states: RetrainStates, is_done_already: bool
) -> None:
    of_training = []

    def train() -> Trained:
        of_training.append(trace.current())
        return _version(LATER)

    newest = _version(NOW + timedelta(seconds=1)) if is_done_already else None
    states.write(RetrainState(RetrainPhase.RUNNING, NOW, started_at=NOW))
    for asked_at, request_id in ((NOW - timedelta(hours=1), "scheduled"), (NOW, "posted")):
        with trace.joined({trace.HEADER: request_id}):
            ask_to_retrain(bus, asked_at, "a test", request_id)
    _ended(_consumer(bus, _trainer(bus, states, train, newest)), bus)
    assert of_training == ([] if is_done_already else ["posted"])
    told = bus.subscribe([Topic.MODEL_UPDATED, Topic.REFRESH], "any").poll(10, LIMIT_S)
    assert [one.message.headers[trace.HEADER] for one in told] == ["posted"] * 2


def test_a_training_whose_request_is_lost_does_not_refuse_the_next_for_ever(
    bus: Bus, states: RetrainStates, tmp_path: Path
) -> None:
    place = VersionFolder(tmp_path / "training")
    lost = LostRequest(states, bus, place.locked, lambda: LATER)
    running = RetrainState(RetrainPhase.RUNNING, NOW, started_at=NOW)
    states.write(running)
    with place.locked():
        lost.look()
    assert states.read() == running
    lost.look()
    assert (states.read().phase, states.read().ended_at) == (RetrainPhase.FAILED, LATER)
    assert "lost" in states.read().reason
    assert _retraining(bus, states).ask().phase is RetrainPhase.ASKED
    lost.look()
    assert states.read().phase is RetrainPhase.ASKED


def test_a_training_whose_request_waits_for_the_next_trainer_still_runs(
    bus: Bus, states: RetrainStates, tmp_path: Path
) -> None:
    _retraining(bus, states).ask()
    running = RetrainState(RetrainPhase.RUNNING, NOW, started_at=NOW)
    states.write(running)
    LostRequest(states, bus, VersionFolder(tmp_path / "training").locked, lambda: NOW).look()
    assert states.read() == running


def test_a_trainer_looks_for_a_lost_request_at_its_start(
    bus: Bus, states: RetrainStates, tmp_path: Path
) -> None:
    states.write(RetrainState(RetrainPhase.RUNNING, NOW, started_at=NOW))
    place = VersionFolder(tmp_path / "training")
    lost = LookAgain(LostRequest(states, bus, place.locked, lambda: LATER).look, 1e6, "away")
    thread = threading.Thread(target=lost.run)
    thread.start()
    while states.read().is_open:
        assert thread.is_alive()
    lost.stop()
    thread.join(LIMIT_S)
    assert not thread.is_alive()
