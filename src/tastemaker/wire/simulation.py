"""The simulator on the ingested data."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import polars as pl

from tastemaker.config import Settings
from tastemaker.core.clock import system_clock
from tastemaker.core.ids import EventId, ItemId, UserId
from tastemaker.core.interaction import Action, Interaction
from tastemaker.roles.simulator import Pace, Simulator
from tastemaker.wire.backends import open_bus
from tastemaker.wire.places import ingested_dataset


@contextmanager
def simulator(settings: Settings, n_last: int, pace: Pace) -> Iterator[Simulator]:
    """Of the n newest events. Raises NotFound where nothing is ingested, BusUnavailable."""
    dataset = ingested_dataset(settings)
    name = f"{dataset.metadata.version}-{n_last}"
    bus = open_bus(settings.bus, settings.home, system_clock)
    try:
        yield Simulator(
            events=_newest(dataset.read_interactions(), n_last, name),
            name=name,
            pace=pace,
            file=settings.home / "simulator.json",
            bus=bus,
            clock=system_clock,
            stopwatch=time.monotonic,
            wait=_waits(),
        )
    finally:
        bus.close()


def _newest(interactions: pl.DataFrame, n_last: int, name: str) -> list[Interaction]:
    """Without a time an event is as old as its place tells."""
    rows = interactions.sort("at", "row", nulls_last=False).tail(n_last)
    columns = rows.select("row", "user_id", "item_id", "action", "value", "price", "at")
    return [
        Interaction(
            EventId(f"simulated-{name}-{row}"),
            UserId(user_id),
            ItemId(item_id),
            Action(action),
            value,
            at or system_clock(),
            price,
        )
        for row, user_id, item_id, action, value, price, at in columns.iter_rows()
    ]


def _waits() -> Callable[[float], bool]:
    """Ctrl-C ends the process itself: the position is on the disk."""
    return threading.Event().wait
