"""The process of a training, found among those of the process that was asked for it."""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path


def training_of(trainer: int) -> int | None:
    """Once it has begun to work."""
    return next((pid for pid in _spawned_by(trainer) if _has_bounds(pid)), None)


def training_beside(server: int) -> int | None:
    """The same of a server that has its trainer beside it."""
    trainings = (training_of(role) for role in _spawned_by(server))
    return next((pid for pid in trainings if pid is not None), None)


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def _spawned_by(parent: int) -> Iterator[int]:
    for listed in Path(f"/proc/{parent}/task").glob("*/children"):
        with suppress(FileNotFoundError, ProcessLookupError):
            for pid in map(int, listed.read_text().split()):
                if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes():
                    yield pid


def _has_bounds(pid: int) -> bool:
    """It leaves a core to the server before it begins to work."""
    try:
        return len(os.sched_getaffinity(pid)) < max(2, os.cpu_count() or 1)
    except ProcessLookupError:
        return False
