"""What each process looks at, by the configuration: servers, queues, sizes."""

import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

from sqlalchemy import Engine

from tastemaker.config import Settings
from tastemaker.core.clock import system_clock
from tastemaker.core.errors import StoreUnavailable
from tastemaker.core.ids import SessionId
from tastemaker.core.stored_slate import SlateKey, SlateKind
from tastemaker.core.topics import Topic
from tastemaker.observe.state_metrics import ModelMetrics, StateMetrics
from tastemaker.observe.watch import Look, Watch
from tastemaker.ports import Bus, SlateLog, Slates
from tastemaker.roles.recorder import Recorder
from tastemaker.roles.refresher import Aging, Refresher, SlateKeeper
from tastemaker.roles.set_aside import GROUP as OPERATOR
from tastemaker.roles.trainer import Trainer
from tastemaker.store.interactions import InteractionLog
from tastemaker.store.size import database_bytes, file_bytes, folder_bytes, sqlite_bytes
from tastemaker.wire.backends import embedded_bus_file, open_blobs
from tastemaker.wire.places import model_store

ALL_GROUPS = (
    (Topic.INTERACTIONS, Recorder.group),
    (Topic.RETRAIN, Trainer.group),
    (Topic.REFRESH, Aging.group),
    (Topic.REQUESTS, Refresher.group),
    (Topic.UPDATES, SlateKeeper.group),
    (Topic.SET_ASIDE, OPERATOR),
)
_NO_FILE = "health/"
_NOBODYS = SlateKey(SlateKind.USER, "", "")


@dataclass(frozen=True, slots=True)
class Opened:
    """What the process has open. slates: None where it uses none."""

    engine: Engine
    interactions: InteractionLog
    bus: Bus
    slates: Slates | None
    slate_log: SlateLog | None


@contextmanager
def watching(
    settings: Settings,
    opened: Opened,
    state: StateMetrics,
    *,
    model: ModelMetrics | None,
    measures: bool,
) -> Iterator[Watch]:
    """model: None where the process tells of its own. measures: how large the stores are too."""
    every_s = settings.watch.look_every_s
    looks: dict[str, Callable[[], object]] = {
        "database": opened.interactions.ping,
        "bus": partial(_look_at_bus, opened.bus, state),
        "models": partial(_look_at_models, settings, model),
    }
    if opened.slates is not None:
        looks["slates"] = partial(opened.slates.get, _NOBODYS)
    if opened.slate_log is not None:
        looks["slate_log"] = partial(opened.slate_log.find, SessionId(""))
    if settings.blobs.share_models or settings.blobs.url is not None:
        looks["blobs"] = partial(open_blobs(settings.blobs, settings.home).names, _NO_FILE)
    made = [Look(name, look, every_s) for name, look in looks.items()]
    if measures:
        measure = partial(_measure, settings, opened, state)
        made.append(Look("sizes", measure, settings.watch.measure_every_s, is_dependency=False))
    watch = Watch(made, settings.watch.silent_s, time.monotonic)
    state.dependencies(watch.states)
    with watch.running():
        yield watch


def _look_at_bus(bus: Bus, state: StateMetrics) -> None:
    for topic, group in ALL_GROUPS:
        state.lag(topic, group, bus.lag(topic, group))


def _look_at_models(settings: Settings, model: ModelMetrics | None) -> None:
    """Raises StoreUnavailable, ModelCorrupt and NotFound."""
    if not os.access(settings.home, os.R_OK | os.W_OK | os.X_OK):
        raise StoreUnavailable("The home folder cannot be used", where=str(settings.home))
    models = model_store(settings)
    version = models.current_version()
    if model is not None and version is not None:
        made = models.version(version).manifest.provenance
        model.in_service(version, made.created_at, system_clock)


def _measure(settings: Settings, opened: Opened, state: StateMetrics) -> None:
    home = settings.home
    state.disk_free(shutil.disk_usage(home).free)
    state.store_bytes("database", database_bytes(opened.engine))
    bus_file = embedded_bus_file(settings.bus, home)
    if bus_file is not None:
        state.store_bytes("bus", sqlite_bytes(bus_file))
    for name in ("data", "features", "models"):
        state.store_bytes(name, folder_bytes(home / name))
    state.store_bytes("trainings", file_bytes(home / "mlflow.db"))
    state.store_rows("interactions", opened.interactions.count())
    if opened.slates is not None:
        slates = opened.slates.kept()
        state.store_rows("slates", slates.n)
        state.store_bytes("slates", slates.n_bytes)
    if opened.slate_log is not None:
        state.store_rows("slate_log", opened.slate_log.count())
    for topic in Topic:
        kept = opened.bus.kept(topic)
        state.bus_messages(topic, kept.n, kept.n_bytes)
