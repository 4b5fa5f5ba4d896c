"""A small disk of a test's own, which it can fill."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

DISK_BYTES = 64 * 2**20


@contextmanager
def small_disk(place: Path) -> Iterator[Path | None]:
    """None where only an administrator may have one."""
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs", str(place)]
    try:
        subprocess.run(mount, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        yield None
        return
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


@contextmanager
def filled(disk: Path) -> Iterator[None]:
    """To the last block; free again after the block."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            os.posix_fallocate(file.fileno(), file.tell(), 4096)
            file.seek(4096, os.SEEK_CUR)
    yield
    filler.unlink()
