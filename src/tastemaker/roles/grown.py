"""A training is due by the number of new events."""

from datetime import datetime

from tastemaker.core.clock import Clock
from tastemaker.core.topics import RetrainAsked, Topic
from tastemaker.ports import Bus
from tastemaker.roles.retraining import RETRAIN_KEY
from tastemaker.store.interactions import InteractionLog
from tastemaker.train.model_store import ModelStore
from tastemaker.train.recipe import read_recipe


class RetrainWhenGrown:
    """Asks for a training after every so many new events."""

    def __init__(
        self,
        models: ModelStore,
        interactions: InteractionLog,
        bus: Bus,
        every: int | None,
        clock: Clock,
    ) -> None:
        """every: None: never by number."""
        self._models = models
        self._interactions = interactions
        self._bus = bus
        self._every = every
        self._clock = clock
        self._asked_for = ""

    def look(self) -> None:
        """Costs two small reads. Once for every so many events, whatever becomes of it."""
        if self._every is None:
            return
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
