"""What a process has open of what it depends on."""

from dataclasses import dataclass

from sqlalchemy import Engine

from tastemaker.ports import Bus, SlateLog, Slates
from tastemaker.store.interactions import InteractionLog


@dataclass(frozen=True, slots=True)
class Opened:
    """slates: None where it uses none. models_group: by which it is told of models of other
    machines; None where it is not."""

    engine: Engine
    interactions: InteractionLog
    bus: Bus
    slates: Slates | None
    slate_log: SlateLog | None
    models_group: str | None = None
