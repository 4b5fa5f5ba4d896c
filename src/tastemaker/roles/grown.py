"""A training is due by the number of new events."""

from datetime import datetime
from typing import NamedTuple

from tastemaker.core.clock import Clock
from tastemaker.core.topics import RetrainAsked, Topic
from tastemaker.ports import Bus
from tastemaker.roles.retraining import RETRAIN_KEY
from tastemaker.store.interactions import InteractionLog
from tastemaker.train.model_store import ModelStore
from tastemaker.train.recipe import read_recipe


class _Counted(NamedTuple):
    """n_times: so many events since this version, for which a training was asked. next_from_row:
    no event with a lower number can be the one that makes the next so many full."""

    version: str
    n_times: int
    next_from_row: int


class RetrainWhenGrown:
    """Asks for a training after every so many new events. Where the models are: they tell how
    many of the events they have learnt from."""

    def __init__(
        self,
        models: ModelStore,
        interactions: InteractionLog,
        bus: Bus,
        every: int,
        clock: Clock,
    ) -> None:
        self._models = models
        self._interactions = interactions
        self._bus = bus
        self._every = every
        self._clock = clock
        self._counted = _Counted("", 0, 0)

    def look(self) -> None:
        """Asks once for every so many events, whatever becomes of it. Costs two small reads; counts
        only where there may be enough. Raises StoreUnavailable and BusUnavailable."""
        newest = next(iter(self._models.stored()), None)
        if newest is None:
            return
        version = newest.provenance.version
        before = self._counted if self._counted.version == version else None
        last_row = self._interactions.last_row()
        if before is not None and last_row < before.next_from_row:
            return
        read = read_recipe(self._models.path(version)).n_live_rows
        n_new = self._interactions.count(after_row=read)
        n_times, n_asked = n_new // self._every, 0 if before is None else before.n_times
        if n_times > n_asked:
            why = f"{n_times * self._every} new events"
            name = f"grown-{version}-{n_times}"
            ask_to_retrain(self._bus, self._clock(), why, name, newest=version)
        next_from_row = last_row + self._every - n_new % self._every
        self._counted = _Counted(version, max(n_times, n_asked), next_from_row)


def ask_to_retrain(
    bus: Bus, asked_at: datetime, why: str, message_id: str, newest: str | None = None
) -> None:
    asked = RetrainAsked(asked_at=asked_at, why=why, newest=newest)
    bus.publish(Topic.RETRAIN, [asked.message(message_id, RETRAIN_KEY)])
