"""What piles up is cut to its bounds, and nothing that somebody still waits for."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import cast

import pytest
from prometheus_client import CollectorRegistry
from sqlalchemy import Engine

from tastemaker.adapters.bus.sqlite import SqliteBus
from tastemaker.adapters.slate_log.sql import SqlSlateLog
from tastemaker.adapters.slates.sql import SqlSlates
from tastemaker.config import Settings
from tastemaker.core.backends import BusConfig
from tastemaker.core.clock import system_clock
from tastemaker.core.errors import BusUnavailable
from tastemaker.core.ids import ItemId, SessionId, UserId
from tastemaker.core.message import Message
from tastemaker.core.slate_record import ShownSlate
from tastemaker.core.stored_slate import SlateKey, SlateKind, StoredSlate
from tastemaker.core.topics import Topic
from tastemaker.observe.role_metrics import RoleMetrics
from tastemaker.ports import Bus
from tastemaker.roles.recorder import Recorder
from tastemaker.roles.scheduler import ScheduleConfig
from tastemaker.store.engine import StoreConfig, open_engine
from tastemaker.store.migrate import migrate
from tastemaker.wire.scheduling import prune_bus, scheduler

LIMIT_S = 30.0
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
CONFIG = BusConfig(keep_s=DAY.total_seconds(), keep_set_aside_s=10 * DAY.total_seconds())


@pytest.fixture
def bus(tmp_path: Path) -> Iterator[Bus]:
    """All that is on it was written long ago."""
    bus = SqliteBus(tmp_path / "bus.db", lambda: LONG_AGO)
    for topic in Topic:
        bus.publish(topic, [Message(f"m{number}", "k", b"?") for number in range(3)])
    yield bus
    bus.close()


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_engine(f"sqlite:///{tmp_path}/t.db", StoreConfig())
    migrate(engine)
    yield engine
    engine.dispose()


def test_an_event_that_is_not_recorded_is_kept_however_old(bus: Bus) -> None:
    prune_bus(bus, CONFIG, LONG_AGO + 2 * DAY)
    assert {topic: bus.kept(topic).n for topic in Topic} == dict.fromkeys(Topic, 0) | {
        Topic.INTERACTIONS: 3,
        Topic.SET_ASIDE: 3,
    }
    recorder = bus.subscribe([Topic.INTERACTIONS], Recorder.group)
    recorder.acknowledge(recorder.poll(3, timeout_s=LIMIT_S)[:2])
    prune_bus(bus, CONFIG, LONG_AGO + 20 * DAY)
    assert bus.kept(Topic.INTERACTIONS).n == 1
    assert bus.kept(Topic.SET_ASIDE).n == 0
    recorder.close()


class _Away:
    def prune(self, *_: object) -> None:
        raise BusUnavailable("It is away")


def test_a_bus_that_is_away_keeps_no_slates_from_being_cut(tmp_path: Path, engine: Engine) -> None:
    slates, slate_log = SqlSlates(engine, lambda: LONG_AGO, ttl_s=60.0), SqlSlateLog(engine)
    key = SlateKey(SlateKind.USER, "ann", "full")
    slates.put_many([StoredSlate(key, "v1", LONG_AGO, b"{}")])
    items = (ItemId("1"),)
    shown = ShownSlate(SessionId("s"), UserId("ann"), None, "full", "v1", "model", items, LONG_AGO)
    slate_log.record([shown], [])
    each_second = ScheduleConfig(prune="* * * * * *", look_every_s=0.01)
    settings = Settings(home=tmp_path, schedule=each_second)
    cutting = scheduler(
        settings,
        cast(Bus, _Away()),
        SqlSlates(engine, system_clock, ttl_s=60.0),
        slate_log,
        system_clock,
        RoleMetrics(CollectorRegistry(), monotonic),
    )
    thread = threading.Thread(target=cutting.run)
    thread.start()
    until_s = monotonic() + LIMIT_S
    while slates.kept().n or slate_log.kept().n:
        assert monotonic() < until_s
    cutting.stop()
    thread.join(LIMIT_S)
