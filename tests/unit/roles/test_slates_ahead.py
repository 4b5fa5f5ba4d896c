"""From an event on the bus to the slate that is stored anew."""

from collections.abc import Iterator, MutableMapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from tastemaker.adapters.bus.sqlite import SqliteBus
from tastemaker.adapters.slates.sql import SqlSlates
from tastemaker.core import trace
from tastemaker.core.errors import EnvironmentProblem, RequestInvalid
from tastemaker.core.ids import EventId, ItemId, SessionId, UserId
from tastemaker.core.interaction import Action, Interaction
from tastemaker.core.message import Delivery, Message
from tastemaker.core.stored_slate import SlateKey, SlateKind, StoredSlate
from tastemaker.core.topics import (
    InteractionHappened,
    PredictionAsked,
    RefreshAsked,
    Topic,
    payload_of,
)
from tastemaker.ports import Bus, Slates
from tastemaker.roles.recorder import Recorder
from tastemaker.roles.refresher import Aging, Refresher, SlateKeeper
from tastemaker.roles.version_awaited import VersionAwaited
from tastemaker.store.engine import StoreConfig, open_engine
from tastemaker.store.interactions import InteractionLog
from tastemaker.store.migrate import migrate

NOW = datetime(2026, 1, 1, tzinfo=UTC)
ANN = SlateKey(SlateKind.USER, "ann", "full")
BOB = SlateKey(SlateKind.USER, "bob", "full")
POPULAR_OF_ANN = SlateKey(SlateKind.USER, "ann", "popular")
WAIT_S = 600.0


@dataclass
class World:
    """now, seconds: moved by hand. made: keys of the slates computed."""

    bus: Bus
    slates: Slates
    log: InteractionLog
    now: datetime = NOW
    seconds: float = 0.0
    version: str = "v1"
    made: list[SlateKey] = field(default_factory=list)

    def clock(self) -> datetime:
        return self.now

    def make(self, key: SlateKey) -> StoredSlate:
        self.made.append(key)
        return StoredSlate(key, self.version, self.now, f"of {self.now}".encode())

    def refresher(self) -> Refresher:
        awaited, variants = self.awaited(), ("popular", "full")
        return Refresher(
            self.bus,
            self.slates,
            self.make,
            lambda: self.version,
            awaited,
            variants,
            self.clock,
        )

    def recorder(self) -> Recorder:
        return Recorder(self.log, self.bus, self.clock, max_rating=5.0, renews_slates=True)

    def aging(self) -> Aging:
        return Aging(self.bus, self.slates, lambda: self.version, self.awaited(), self.clock)

    def awaited(self) -> VersionAwaited:
        return VersionAwaited(lambda: self.version, WAIT_S, lambda: self.seconds)

    def keeper(self) -> SlateKeeper:
        return SlateKeeper(self.slates)

    def work_off(self, role: Refresher | Recorder | Aging | SlateKeeper) -> int:
        """Messages of the role's topics; handled twice, as a bus may deliver them."""
        subscription = self.bus.subscribe(role.topics, role.group)
        deliveries = subscription.poll(1_000, 0.2)
        for _ in range(2):
            if deliveries:
                role.handle(deliveries)
        subscription.acknowledge(deliveries)
        subscription.close()
        return len(deliveries)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    engine = open_engine(f"sqlite:///{tmp_path}/t.db", StoreConfig())
    migrate(engine)
    log = InteractionLog(engine)
    bus = SqliteBus(tmp_path / "bus.db", lambda: NOW)
    made: World = World(bus, SqlSlates(engine, lambda: made.now, ttl_s=1e6), log)
    yield made
    log.close()
    bus.close()


def _event(number: int, user: str) -> Message:
    event = Interaction(EventId(f"e{number}"), UserId(user), ItemId("1"), Action.WATCHED, None, NOW)
    return InteractionHappened.of(event).message(f"e{number}", user)


def test_an_event_renews_the_stored_slates_of_its_user_alone(world: World) -> None:
    world.slates.put_many([world.make(key) for key in (ANN, POPULAR_OF_ANN, BOB)])
    world.made.clear()
    world.now += timedelta(minutes=1)
    world.bus.publish(Topic.INTERACTIONS, [_event(1, "ann"), _event(2, "eve")])
    assert world.work_off(world.recorder()) == 2
    assert world.log.count() == 2
    world.now += timedelta(seconds=1)
    world.work_off(world.refresher())
    world.work_off(world.keeper())
    assert set(world.made) == {ANN, POPULAR_OF_ANN}
    stored = world.slates.get(ANN)
    assert stored is not None
    assert stored.made_at == world.now
    assert world.slates.get(SlateKey(SlateKind.USER, "eve", "full")) is None


def test_an_event_delivered_twice_is_recorded_once(world: World) -> None:
    world.bus.publish(Topic.INTERACTIONS, [_event(1, "ann"), _event(1, "ann")])
    world.work_off(world.recorder())
    assert world.log.count() == 1


def test_a_clock_that_stepped_back_freezes_no_slate(world: World) -> None:
    world.now += timedelta(hours=1)
    world.slates.put_many([world.make(ANN)])
    world.now = NOW
    world.bus.publish(Topic.REQUESTS, [PredictionAsked.of(ANN, NOW)])
    world.now += timedelta(seconds=1)
    world.work_off(world.refresher())
    world.work_off(world.keeper())
    stored = world.slates.get(ANN)
    assert stored is not None
    assert stored.made_at == world.now


def test_a_slate_that_is_fresh_already_is_not_made_again(world: World) -> None:
    asked = PredictionAsked.of(ANN, NOW)
    world.now += timedelta(seconds=1)
    world.bus.publish(Topic.REQUESTS, [asked] * 3)
    world.work_off(world.refresher())
    world.work_off(world.keeper())
    n_made = len(world.made)
    world.bus.publish(Topic.REQUESTS, [asked])
    world.work_off(world.refresher())
    assert len(world.made) == n_made


def test_a_refresh_asks_for_what_is_older_and_for_what_another_version_made(
    world: World,
) -> None:
    world.slates.put_many([world.make(ANN)])
    world.now += timedelta(hours=2)
    world.version = "v2"
    world.slates.put_many([world.make(BOB)])
    world.made.clear()
    asked = RefreshAsked(older_than=NOW + timedelta(hours=1)).message("r1")
    world.bus.publish(Topic.REFRESH, [asked])
    world.work_off(world.aging())
    world.now += timedelta(seconds=1)
    world.work_off(world.refresher())
    assert set(world.made) == {ANN}


def test_a_refresh_for_new_models_waits_until_they_serve_here(world: World) -> None:
    """The message is here before the models: made by the old ones, slates would stay old."""
    world.slates.put_many([world.make(ANN), world.make(BOB)])
    world.made.clear()
    aging, refresher = world.aging(), world.refresher()
    asked = RefreshAsked(older_than=NOW, version="v2").message("r1")
    delivery = Delivery(Topic.REFRESH, asked, "1:1")
    with pytest.raises(EnvironmentProblem, match="v2"):
        aging.handle([delivery])
    world.version = "v2"
    aging.handle([delivery])
    # On another machine, which is as late as this one was.
    world.version = "v1"
    requests = world.bus.subscribe([Topic.REQUESTS], "elsewhere").poll(10, timeout_s=30)
    with pytest.raises(EnvironmentProblem, match="v2"):
        refresher.handle(requests)
    assert not world.made
    world.version = "v3"
    refresher.handle(requests)
    assert set(world.made) == {ANN, BOB}


def test_models_that_never_come_are_not_waited_for_for_ever(world: World) -> None:
    world.slates.put_many([world.make(ANN)])
    aging = world.aging()
    world.now += timedelta(seconds=1)

    def asked(version: str) -> Delivery:
        refresh = RefreshAsked(older_than=world.now, version=version)
        return Delivery(Topic.REFRESH, refresh.message(version), "1:1")

    with pytest.raises(EnvironmentProblem):
        aging.handle([asked("v3")])
    world.seconds += WAIT_S
    aging.handle([asked("v3")])
    assert world.bus.lag(Topic.REQUESTS, Refresher.group) == 1
    # Nor what is older than one that was waited for in vain; one that is newer is.
    aging.handle([asked("v2")])
    with pytest.raises(EnvironmentProblem):
        aging.handle([asked("v4")])


def test_what_is_no_event_is_refused_by_name(world: World) -> None:
    delivery = Delivery(Topic.INTERACTIONS, Message("m1", "", b'{"user_id": "ann"}'), "1:1")
    with pytest.raises(RequestInvalid, match="InteractionHappened"):
        world.recorder().handle([delivery])


def test_one_id_leads_from_the_request_to_the_stored_slate(world: World) -> None:
    with trace.joined({"request_id": "of-ann"}):
        asked = PredictionAsked.of(ANN, NOW)
    world.bus.publish(Topic.REQUESTS, [asked, PredictionAsked.of(BOB, NOW)])
    with capture_logs([_note_request]) as lines:
        world.work_off(world.refresher())
        world.work_off(world.keeper())
    of_ann = {line["event"] for line in lines if line["request_id"] == "of-ann"}
    assert of_ann == {"slates made", "slates kept"}
    assert world.slates.get(ANN) is not None


def test_an_event_leads_to_the_slates_it_changes(world: World) -> None:
    event = Interaction(EventId("e"), UserId("ann"), ItemId("1"), Action.LIKE, None, NOW)
    with trace.joined({"request_id": "of-ann"}):
        world.bus.publish(Topic.INTERACTIONS, [InteractionHappened.of(event).message("e", "ann")])
    world.work_off(world.recorder())
    subscription = world.bus.subscribe([Topic.REQUESTS], "tested")
    asked = subscription.poll(10, timeout_s=30)
    subscription.close()
    assert {one.message.headers["request_id"] for one in asked} == {"of-ann"}
    # However many variants there are.
    assert len({one.message.message_id for one in asked}) == 1


def _note_request(_: object, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return {**event, "request_id": trace.current()}


@pytest.mark.parametrize(("value", "session"), [(None, None), (0.5, "s-1"), (4, "é")])
def test_events_are_written_many_at_once_as_they_are_one_by_one(
    value: float | None, session: str | None
) -> None:
    event = Interaction(
        EventId("e1"),
        UserId("ann"),
        ItemId("1"),
        Action.RATE,
        value,
        NOW + timedelta(microseconds=5),
        price=value,
        session_id=None if session is None else SessionId(session),
    )
    [quick] = InteractionHappened.messages([event])
    slow = InteractionHappened.of(event).message(event.event_id, event.user_id)
    assert (quick.message_id, quick.key) == (slow.message_id, slow.key)
    assert payload_of(quick, InteractionHappened) == payload_of(slow, InteractionHappened)
