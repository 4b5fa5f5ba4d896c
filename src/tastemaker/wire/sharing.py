"""Models between machines, where the configuration has them shared."""

import hashlib
import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager

import structlog

from tastemaker.config import Settings
from tastemaker.core.clock import system_clock
from tastemaker.core.errors import TastemakerError
from tastemaker.roles.consume import Consumer
from tastemaker.roles.model_fetcher import ModelFetcher
from tastemaker.roles.shared_models import SharedModels
from tastemaker.wire.backends import open_blobs, open_bus
from tastemaker.wire.places import model_store

log = structlog.get_logger(__name__)


def shared_models(settings: Settings) -> SharedModels | None:
    """None where every machine trains for itself."""
    if not settings.blobs.share_models:
        return None
    blobs = open_blobs(settings.blobs, settings.home)
    return SharedModels(blobs, model_store(settings).folder, settings.train.keep_versions)


def models_group(settings: Settings, role: str) -> str | None:
    """Of the one process of this role in this home, so that each is told of every model; None
    where every machine trains for itself."""
    if not settings.blobs.share_models:
        return None
    home = hashlib.blake2b(str(settings.home.absolute()).encode(), digest_size=4).hexdigest()
    return f"models-of-{role}-{socket.gethostname()}-{home}"


@contextmanager
def models_fetched(settings: Settings, role: str) -> Iterator[None]:
    """The newest before the block, and each newer one in it. role: of this process."""
    shared, group = shared_models(settings), models_group(settings, role)
    if shared is None or group is None:
        yield
        return
    try:
        shared.fetch_newest()
    except TastemakerError as error:
        # What is here serves; where nothing is, that is said by who looks for it.
        log.error("no models fetched", why=str(error))
    fetcher = ModelFetcher(shared, group)
    with closing(open_bus(settings.bus, settings.home, system_clock)) as bus:
        consumer = Consumer(bus, fetcher.topics, fetcher.group, fetcher.handle, settings.consume)
        with consumer.running("model-fetcher"):
            yield
