"""From an event on the bus to the stored slate that counts it."""

import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx2
import numpy as np

from benchmarks.services.running import Service, service, wait_until
from benchmarks.table import Row
from tastemaker.adapters.slates.sql import SqlSlates
from tastemaker.api import stored_answer
from tastemaker.core.backends import BusConfig
from tastemaker.core.clock import system_clock
from tastemaker.core.ids import EventId, ItemId, UserId
from tastemaker.core.interaction import Action, Interaction
from tastemaker.core.stored_slate import SlateKey, SlateKind
from tastemaker.core.topics import InteractionHappened, Topic
from tastemaker.ports import Bus, Slates
from tastemaker.store.engine import StoreConfig, open_engine
from tastemaker.wire.backends import open_bus

N_USERS = 300
VARIANT = "transitions"


def rows(data_dir: Path) -> Iterator[Row]:
    with service(data_dir, "recorder", "refresher", SLATES__IS_ON="true") as running:
        engine = open_engine(running.database_url, StoreConfig())
        slates = SqlSlates(engine, system_clock, ttl_s=1e6)
        with closing(open_bus(BusConfig(), running.home, system_clock)) as bus:
            _fill(running, slates)
            taken_s = [_effect_s(bus, slates, str(user)) for user in range(1, N_USERS + 1)]
        engine.dispose()
    p50, p99 = np.percentile(taken_s, [50, 99])
    yield Row(
        f"event on the bus to its effect in a stored slate, {VARIANT}, p50 / p99",
        f"{p50 * 1000:.0f} / {p99 * 1000:.0f} ms",
        "p99 <= 1 s",
    )


def _fill(running: Service, slates: Slates) -> None:
    with httpx2.Client(base_url=f"{running.address}/api/v1/recommendations") as client:
        for user in range(1, N_USERS + 1):
            client.get(f"/{user}?model={VARIANT}").raise_for_status()
    wait_until(lambda: slates.kept().n >= N_USERS)


def _effect_s(bus: Bus, slates: Slates, user: str) -> float:
    key = SlateKey(SlateKind.USER, user, VARIANT)
    event_id = EventId(f"effect-{user}")
    event = Interaction(event_id, UserId(user), ItemId("260"), Action.RATE, 5.0, system_clock())
    before = _revision(slates, key)
    started_s = time.perf_counter()
    bus.publish(Topic.INTERACTIONS, InteractionHappened.messages([event]))
    wait_until(lambda: _revision(slates, key) > before)
    return time.perf_counter() - started_s


def _revision(slates: Slates, key: SlateKey) -> int:
    stored = slates.get(key)
    answer = None if stored is None else stored_answer.read(stored.answer)
    return -1 if answer is None else answer.revision
