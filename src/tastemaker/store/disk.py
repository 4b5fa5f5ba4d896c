"""Writing files so that a reader sees all of them or none."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4

from polars.exceptions import ComputeError

from tastemaker.core.errors import DiskFull, StoreUnavailable

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_FULL_IN_TEXT = tuple(f"(os error {code})" for code in _FULL)


@contextmanager
def writing_to(path: Path) -> Iterator[None]:
    """Raises DiskFull or StoreUnavailable where a write under `path` fails for want of either."""
    try:
        yield
    except (OSError, ComputeError) as error:
        if getattr(error, "errno", None) in _FULL or str(error).endswith(_FULL_IN_TEXT):
            raise DiskFull(
                "No space left on the disk",
                where=str(path),
                next_step="Free some space and start again; what was there before is untouched.",
            ) from error
        if isinstance(error, ComputeError):
            raise
        raise StoreUnavailable(
            f"The folder cannot be written: {error.strerror or error}",
            where=str(path),
            next_step="Check that it is a folder and may be written.",
        ) from error


def write_whole(path: Path, content: bytes) -> None:
    """Puts the content in place of what was there, on the disk when this returns."""
    # A name of its own: another process may write the same file at the same moment.
    beside = path.with_name(f".{path.name}.{uuid4().hex}")
    try:
        with writing_to(path):
            with beside.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(path)
            sync_folder(path.parent)
    finally:
        with suppress(OSError):
            beside.unlink(missing_ok=True)


def sync_tree(folder: Path) -> None:
    """Every file below the folder, and the folders themselves, are on the disk."""
    for root, _, files in os.walk(folder):
        for name in files:
            _sync(Path(root) / name)
        _sync(Path(root))


def sync_folder(folder: Path) -> None:
    """New names in the folder are on the disk."""
    _sync(folder)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
