"""A training is due by the number of new events."""

import threading
from datetime import datetime

import structlog

from tastemaker.core.clock import Clock
from tastemaker.core.errors import TastemakerError
from tastemaker.core.topics import RetrainAsked, Topic
from tastemaker.ports import Bus
from tastemaker.roles.retraining import RETRAIN_KEY
from tastemaker.store.interactions import InteractionLog
from tastemaker.train.model_store import ModelStore
from tastemaker.train.recipe import read_recipe

log = structlog.get_logger(__name__)


class RetrainWhenGrown:
    """Asks for a training after every so many new events. Where the models are: they tell how
    many of the events they have learnt from."""

    def __init__(
        self,
        models: ModelStore,
        interactions: InteractionLog,
        bus: Bus,
        every: int,
        look_every_s: float,
        clock: Clock,
    ) -> None:
        self._models = models
        self._interactions = interactions
        self._bus = bus
        self._every = every
        self._look_every_s = look_every_s
        self._clock = clock
        self._asked_for = ""
        self._stopped = threading.Event()

    def stop(self) -> None:
        self._stopped.set()

    def run(self) -> None:
        """Until stopped."""
        while not self._stopped.wait(self._look_every_s):
            try:
                self._look()
            except TastemakerError as error:
                log.warning("new events not counted", why=str(error))

    def _look(self) -> None:
        """Costs two small reads. Once for every so many events, whatever becomes of it."""
        newest = next(iter(self._models.stored()), None)
        if newest is None:
            return
        version = newest.provenance.version
        read = read_recipe(self._models.path(version)).n_live_rows
        n_times = (self._interactions.last_row() - read) // self._every
        name = f"grown-{version}-{n_times}"
        if n_times >= 1 and name != self._asked_for:
            why = f"{n_times * self._every} new events"
            ask_to_retrain(self._bus, self._clock(), why, name, newest=version)
            self._asked_for = name


def ask_to_retrain(
    bus: Bus, asked_at: datetime, why: str, message_id: str, newest: str | None = None
) -> None:
    asked = RetrainAsked(asked_at=asked_at, why=why, newest=newest)
    bus.publish(Topic.RETRAIN, [asked.message(message_id, RETRAIN_KEY)])
