"""How large what is kept is, each store measured by itself: one that is away hides no other."""

import shutil
from collections.abc import Callable, Mapping
from functools import partial

from tastemaker.config import Settings
from tastemaker.core.kept import Kept
from tastemaker.core.topics import Topic
from tastemaker.observe.state_metrics import StateMetrics
from tastemaker.ports import Bus
from tastemaker.store.size import database_bytes, file_bytes, folder_bytes, sqlite_bytes
from tastemaker.wire.backends import blobs_folder, embedded_bus_file
from tastemaker.wire.opened import Opened

_FOLDERS = ("data", "features", "models", "pictures")


def measurements(
    settings: Settings, opened: Opened, state: StateMetrics
) -> Mapping[str, Callable[[], None]]:
    """By store, what measures it. They raise where it is away."""
    stores: dict[str, Callable[[], Kept]] = {}
    if opened.slates is not None:
        stores["slates"] = opened.slates.kept
    if opened.slate_log is not None:
        stores["slate_log"] = opened.slate_log.kept
    kept = {name: partial(_measure_kept, name, look, state) for name, look in stores.items()}
    return {
        "files": partial(_measure_files, settings, state),
        "database": partial(_measure_database, opened, state),
        "bus": partial(_measure_bus, opened.bus, state),
        **kept,
    }


def _measure_files(settings: Settings, state: StateMetrics) -> None:
    home = settings.home
    state.disk_free(shutil.disk_usage(home).free)
    for name in _FOLDERS:
        state.store_bytes(name, folder_bytes(home / name))
    state.store_bytes("trainings", file_bytes(home / "mlflow.db"))
    bus_file = embedded_bus_file(settings.bus, home)
    if bus_file is not None:
        state.store_bytes("bus", sqlite_bytes(bus_file))
    blobs = blobs_folder(settings.blobs, home)
    if blobs is not None:
        state.store_bytes("blobs", folder_bytes(blobs))


def _measure_database(opened: Opened, state: StateMetrics) -> None:
    state.store_bytes("database", database_bytes(opened.engine))
    state.store_rows("interactions", opened.interactions.count())


def _measure_bus(bus: Bus, state: StateMetrics) -> None:
    for topic in Topic:
        kept = bus.kept(topic)
        state.bus_messages(topic, kept.n, kept.n_bytes)


def _measure_kept(name: str, look: Callable[[], Kept], state: StateMetrics) -> None:
    kept = look()
    state.store_rows(name, kept.n)
    state.store_bytes(name, kept.n_bytes)
