"""Versions of something in folders of their own, and a pointer to the one that counts."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tastemaker.core.errors import Conflict
from tastemaker.store.disk import sync_folder, sync_tree, write_whole, writing_to

POINTER = "CURRENT"
_LOCK = ".lock"
_DRAFT = ".draft-"


@dataclass(frozen=True, slots=True)
class VersionFolder:
    """`<folder>/<version>/` for each version, and `<folder>/CURRENT` with the name of one.

    A version is complete from the moment it can be seen: it is written as a draft and renamed.
    One writer at a time; readers need no lock.
    """

    folder: Path

    def current(self) -> Path | None:
        """The folder of the version in use; None before the first, or where it was removed."""
        try:
            name = (self.folder / POINTER).read_text().strip()
        except FileNotFoundError:
            return None
        version = self.folder / name
        return version if name and version.is_dir() else None

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Holds the right to write, and removes what a killed writer left behind.

        Raises Conflict where another process holds it.
        """
        with writing_to(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
            lock = os.open(self.folder / _LOCK, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            self._take(lock)
            self._remove_drafts()
            yield
        finally:
            os.close(lock)

    @contextmanager
    def draft(self, version: str) -> Iterator[Path]:
        """An empty folder to fill; it becomes the current version when the block ends well.

        Only under `locked`. On an error nothing is left of it, and the pointer stays.
        """
        draft = self.folder / f"{_DRAFT}{version}"
        with writing_to(self.folder):
            draft.mkdir()
            try:
                yield draft
                sync_tree(draft)
                self._publish(draft, version)
            finally:
                shutil.rmtree(draft, ignore_errors=True)

    def point_to(self, version: str) -> None:
        """Makes a version that is there the current one."""
        write_whole(self.folder / POINTER, f"{version}\n".encode())

    def prune(self, keep: int) -> None:
        """Leaves the current version and the newest others, `keep` in all."""
        current = self.current()
        others = [
            entry
            for entry in self.folder.iterdir()
            if entry.is_dir() and not entry.name.startswith(".") and entry != current
        ]
        others.sort(key=lambda entry: entry.stat().st_mtime_ns, reverse=True)
        for entry in others[max(0, keep - 1) :]:
            shutil.rmtree(entry)

    def _publish(self, draft: Path, version: str) -> None:
        final = self.folder / version
        replaced = self.folder / f"{_DRAFT}{version}-replaced"
        if final.exists():
            final.rename(replaced)
        draft.rename(final)
        sync_folder(self.folder)
        self.point_to(version)
        shutil.rmtree(replaced, ignore_errors=True)

    def _take(self, lock: int) -> None:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Conflict(
                "Another process is writing here",
                where=str(self.folder),
                next_step="Wait until it has ended, and start again.",
            ) from error

    def _remove_drafts(self) -> None:
        for left in self.folder.glob(f"{_DRAFT}*"):
            shutil.rmtree(left, ignore_errors=True)
