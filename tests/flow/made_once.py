"""What is dear to make is made by one worker of the run, and the others wait for it."""

import fcntl
from collections.abc import Callable
from pathlib import Path

import pytest


def made_once(
    name: str,
    make: Callable[[Path], None],
    tmp_path_factory: pytest.TempPathFactory,
    worker_id: str,
) -> Path:
    """The folder `name` of this run, after make(folder). worker_id: the fixture of xdist."""
    of_worker = tmp_path_factory.getbasetemp()
    of_run = of_worker if worker_id == "master" else of_worker.parent
    folder, finished = of_run / name, of_run / f"{name}.made"
    with (of_run / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not finished.exists():
            folder.mkdir()
            make(folder)
            finished.touch()
    return folder
