"""What each process looks at, by the configuration: servers, queues, sizes."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

from tastemaker.config import Settings
from tastemaker.core.clock import system_clock
from tastemaker.core.errors import StoreUnavailable
from tastemaker.core.ids import SessionId
from tastemaker.core.stored_slate import SlateKey, SlateKind
from tastemaker.core.topics import Topic
from tastemaker.observe.state_metrics import ModelMetrics, StateMetrics
from tastemaker.observe.watch import Look, Watch
from tastemaker.roles.recorder import Recorder
from tastemaker.roles.refresher import Aging, Refresher, SlateKeeper
from tastemaker.roles.set_aside import GROUP as OPERATOR
from tastemaker.roles.trainer import Trainer
from tastemaker.wire.backends import open_blobs
from tastemaker.wire.measuring import measurements
from tastemaker.wire.opened import Opened
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
        "bus": partial(_look_at_bus, opened, state),
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
        sizes = measurements(settings, opened, state)
        every_s = settings.watch.measure_every_s
        made += [
            Look(f"size of {name}", measure, every_s, is_dependency=False)
            for name, measure in sizes.items()
        ]
    watch = Watch(made, settings.watch.silent_s, time.monotonic)
    state.dependencies(watch.states)
    with watch.running():
        yield watch


def _look_at_bus(opened: Opened, state: StateMetrics) -> None:
    bus, own = opened.bus, opened.models_group
    for topic, group in ALL_GROUPS:
        state.lag(topic, group, bus.lag(topic, group))
    if own is not None:
        # Under one name for all machines: whose it is, the address of the figures says.
        state.lag(Topic.MODEL_UPDATED, "models", bus.lag(Topic.MODEL_UPDATED, own))


def _look_at_models(settings: Settings, model: ModelMetrics | None) -> None:
    """Raises StoreUnavailable, ModelCorrupt and NotFound."""
    if not os.access(settings.home, os.R_OK | os.W_OK | os.X_OK):
        raise StoreUnavailable("The home folder cannot be used", where=str(settings.home))
    models = model_store(settings)
    version = models.current_version()
    if model is not None and version is not None:
        made = models.version(version).manifest.provenance
        model.in_service(version, made.created_at, system_clock)
