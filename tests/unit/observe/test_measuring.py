"""How large what is kept is told of each store, whichever else is away."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import cast

import pytest
from prometheus_client import CollectorRegistry
from pydantic import SecretStr
from sqlalchemy import Engine

from tastemaker.adapters.bus.sqlite import SqliteBus
from tastemaker.adapters.slate_log.sql import SqlSlateLog
from tastemaker.config import Settings
from tastemaker.core.backends import BlobsConfig
from tastemaker.core.clock import system_clock
from tastemaker.core.errors import SlatesUnavailable
from tastemaker.core.message import Message
from tastemaker.core.topics import Topic
from tastemaker.observe.state_metrics import StateMetrics
from tastemaker.observe.watch import WatchConfig
from tastemaker.ports import Bus, Slates
from tastemaker.store.engine import StoreConfig, open_engine
from tastemaker.store.interactions import InteractionLog
from tastemaker.store.migrate import migrate
from tastemaker.wire.opened import Opened
from tastemaker.wire.watching import watching

LIMIT_S = 30.0
GROUP = "models-of-this-one"


class _Away:
    def get(self, *_: object) -> None:
        raise SlatesUnavailable("They are away")

    kept = get


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_engine(f"sqlite:///{tmp_path}/t.db", StoreConfig())
    migrate(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def bus(tmp_path: Path) -> Iterator[Bus]:
    bus = SqliteBus(tmp_path / "bus.db", system_clock)
    yield bus
    bus.close()


def test_a_store_that_is_away_hides_no_other(tmp_path: Path, engine: Engine, bus: Bus) -> None:
    settings = Settings(
        home=tmp_path,
        watch=WatchConfig(look_every_s=0.05, measure_every_s=0.05, silent_s=LIMIT_S),
        blobs=BlobsConfig(url=SecretStr(f"file://{tmp_path}/blobs")),
    )
    for name in ("blobs", "pictures"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a").write_bytes(b"x" * 1_000)
    bus.publish(Topic.MODEL_UPDATED, [Message(f"m{n}", "", b"{}") for n in range(3)])
    registry, log = CollectorRegistry(), InteractionLog(engine)
    away = cast(Slates, _Away())
    opened = Opened(engine, log, bus, away, SqlSlateLog(engine), models_group=GROUP)

    def told(name: str, **labels: str) -> float | None:
        return registry.get_sample_value(f"tastemaker_{name}", labels)

    with watching(settings, opened, StateMetrics(registry), model=None, measures=True):
        _until(lambda: told("bus_messages", topic="model_updated") == 3)
        _until(lambda: told("store_rows", store="slate_log") == 0)
        _until(lambda: told("store_bytes", store="slate_log") == 0)
        _until(lambda: told("store_bytes", store="blobs") == 1_000)
        _until(lambda: told("store_bytes", store="pictures") == 1_000)
        _until(lambda: (told("store_bytes", store="database") or 0) > 0)
        _until(lambda: told("bus_lag", topic="model_updated", group="models") == 3)
        assert told("store_rows", store="slates") is None
        assert told("dependency_up", dependency="slates") == 0
    log.close()


def _until(is_so: Callable[[], bool]) -> None:
    deadline_s = time.monotonic() + LIMIT_S
    while not is_so():
        assert time.monotonic() < deadline_s
