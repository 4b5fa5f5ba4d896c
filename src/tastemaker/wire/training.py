"""The trainer, put together by the configuration."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import structlog

from tastemaker.config import Settings
from tastemaker.core.clock import Clock
from tastemaker.core.errors import DiskFull, ModelCorrupt, NotFound
from tastemaker.observe.role_metrics import RoleMetrics
from tastemaker.ports import Bus
from tastemaker.roles.grown import RetrainWhenGrown
from tastemaker.roles.look_again import LookAgain
from tastemaker.roles.lost_request import LostRequest
from tastemaker.roles.shared_models import SharedModels
from tastemaker.roles.trainer import Trained, Trainer, Workshop
from tastemaker.store.interactions import InteractionLog
from tastemaker.store.size import folder_bytes
from tastemaker.train.model_store import ModelStore
from tastemaker.train.retrain_state import RetrainStates
from tastemaker.wire.learning import clear_unfinished, finished, train_beside, training_place
from tastemaker.wire.places import model_store
from tastemaker.wire.sharing import shared_models

log = structlog.get_logger(__name__)


def trainer(
    settings: Settings,
    bus: Bus,
    states: RetrainStates,
    begin: Callable[[], None] | None,
    clock: Clock,
    metrics: RoleMetrics,
) -> Trainer:
    """begin: called first in the process of a training."""
    models = model_store(settings)
    shared = shared_models(settings)
    looking = _Looking(settings, models, shared)
    workshop = Workshop(
        looking.newest,
        looking.check,
        metrics.timing_trainings(lambda: Trained.of(train_beside(settings, begin))),
        partial(clear_unfinished, settings),
        *(() if shared is None else (shared.put,)),
    )
    return Trainer(workshop, states, bus, clock, metrics.counting_trainings())


def lost_request(settings: Settings, bus: Bus, states: RetrainStates, clock: Clock) -> LookAgain:
    lost = LostRequest(states, bus, training_place(settings).locked, clock)
    return LookAgain(lost.look, settings.schedule.look_every_s, "no lost request looked for")


def retrain_when_grown(
    settings: Settings, bus: Bus, interactions: InteractionLog, clock: Clock
) -> list[LookAgain]:
    """Nothing where a training is never due by number."""
    schedule = settings.schedule
    if schedule.retrain_every_events is None:
        return []
    every, models = schedule.retrain_every_events, model_store(settings)
    grown = RetrainWhenGrown(models, interactions, bus, every, clock)
    return [LookAgain(grown.look, schedule.look_every_s, "new events not counted")]


@dataclass(frozen=True, slots=True)
class _Looking:
    """What is there before a training begins."""

    settings: Settings
    models: ModelStore
    shared: SharedModels | None

    def newest(self) -> Trained | None:
        with training_place(self.settings).locked():
            self._fetch_newest()
            self.models.clear_unfinished()
            found = finished(self.models)
        return None if found is None else Trained.of(found)

    def check(self) -> None:
        """Raises DiskFull where there is no room for another one like the newest, as it lies there
        while it is fitted and as it is stored."""
        newest = next(iter(self.models.stored()), None)
        needed = 0 if newest is None else folder_bytes(self.models.path(newest.provenance.version))
        if shutil.disk_usage(self.settings.home).free < 2 * needed:
            raise DiskFull("No room for another version", where=str(self.models.folder))

    def _fetch_newest(self) -> None:
        """Of another trainer, to be named after and to be judged against."""
        if self.shared is None:
            return
        try:
            self.shared.fetch_newest()
        except (ModelCorrupt, NotFound) as error:
            log.warning("no models fetched", why=str(error))
