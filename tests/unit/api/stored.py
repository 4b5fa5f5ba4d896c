"""Stored slates of the tests' shop."""

from datetime import timedelta
from pathlib import Path
from time import monotonic

from tastemaker.adapters.slates.sql import SqlSlates
from tastemaker.api.asked_once import AskedOnce
from tastemaker.api.services import Services
from tastemaker.api.stored_slates import StoredSlates
from tastemaker.core.message import Message
from tastemaker.core.topics import SlateMade, Topic, payload_of
from tastemaker.store.engine import StoreConfig, open_engine
from tastemaker.store.migrate import migrate
from tests.unit.api.shop import NOW

STALE_AFTER = timedelta(hours=1)


def stored_slates(
    services: Services, folder: Path, told: list[tuple[Topic, Message]]
) -> StoredSlates:
    """told: takes what goes to the other roles."""
    engine = open_engine(f"sqlite:///{folder}/stored.db", StoreConfig())
    migrate(engine)

    def tell(topic: Topic, messages: list[Message]) -> None:
        told.extend((topic, message) for message in messages)

    return StoredSlates(
        SqlSlates(engine, lambda: NOW, ttl_s=1e6),
        services.interactions.revision,
        services.catalogue,
        tell,
        STALE_AFTER,
        services.clock,
        AskedOnce(monotonic),
        ("ease", "popular"),
    )


def keep_told(stored: StoredSlates, told: list[tuple[Topic, Message]]) -> None:
    """What the role that keeps slates does with what it was told."""
    made = [
        payload_of(message, SlateMade).slate() for topic, message in told if topic is Topic.UPDATES
    ]
    stored.slates.put_many(made)
