"""Versions of something in folders of their own, and a pointer to the one that counts."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tastemaker.core.errors import Conflict
from tastemaker.store.disk import sync_folder, sync_tree, write_whole, writing_to

POINTER = "CURRENT"
_GONE_BACK_FROM = "GONE_BACK_FROM"
_LOCK = ".lock"
_DRAFT = ".draft-"


@dataclass(frozen=True, slots=True)
class Pointer:
    """Two are equal where nobody has written it in between, be it with the same name."""

    name: str
    written_ns: int
    inode: int

    @property
    def written_at(self) -> datetime:
        return datetime.fromtimestamp(self.written_ns / 1e9, UTC)


@dataclass(frozen=True, slots=True)
class VersionFolder:
    """`<folder>/<version>/` for each version, and `<folder>/CURRENT` with the name of one.

    A version is complete from the moment it can be seen: it is written as a draft and renamed.
    One writer at a time; readers need no lock.
    """

    folder: Path

    def current(self) -> Path | None:
        """The folder of the version in use; None before the first, or where it was removed."""
        name = self.current_name()
        version = self.folder / (name or "")
        return version if name and version.is_dir() else None

    def current_name(self) -> str | None:
        """As the pointer has it, whether its folder is there or not; None before the first."""
        pointer = self.pointer()
        return None if pointer is None else pointer.name

    def pointer(self) -> Pointer | None:
        """None before the first version."""
        try:
            with (self.folder / POINTER).open() as file:
                name, told = file.read().strip(), os.fstat(file.fileno())
        except FileNotFoundError:
            return None
        return Pointer(name, told.st_mtime_ns, told.st_ino) if name else None

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
    def draft(self, version: str, *, make_current: bool = True) -> Iterator[Path]:
        """An empty folder to fill; it becomes a version when the block ends well, the current one
        unless told otherwise.

        Only under `locked`. On an error nothing is left of it, and the pointer stays.
        """
        draft = self.folder / f"{_DRAFT}{version}"
        with writing_to(self.folder):
            draft.mkdir()
            try:
                yield draft
                sync_tree(draft)
                self._publish(draft, version)
                if make_current:
                    self.point_to(version)
            finally:
                shutil.rmtree(draft, ignore_errors=True)

    @contextmanager
    def scratch(self) -> Iterator[Path]:
        """An empty folder that is gone when the block ends. Only under `locked`."""
        folder = self.folder / f"{_DRAFT}scratch"
        with writing_to(self.folder):
            folder.mkdir()
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def point_to(self, version: str) -> None:
        """Makes a version that is there the current one."""
        # Before the pointer: where this ends between the two, the one left is current, as if
        # nothing had been written.
        self._note_left(version)
        write_whole(self.folder / POINTER, f"{version}\n".encode())

    def gone_back_from(self) -> frozenset[str]:
        """Versions of later names than the current one that were current themselves."""
        try:
            return frozenset((self.folder / _GONE_BACK_FROM).read_text().split())
        except FileNotFoundError:
            return frozenset()

    def names(self) -> list[str]:
        """Of all versions, the newest first."""
        folders = [path for path in self.folder.glob("[!.]*/") if path.is_dir()]
        folders.sort(key=lambda path: path.stat().st_mtime_ns, reverse=True)
        return [path.name for path in folders]

    def prune(self, keep: int) -> None:
        """Leaves the current version and the newest others, `keep` in all."""
        current = self.current()
        others = [name for name in self.names() if current is None or name != current.name]
        for name in others[max(0, keep - 1) :]:
            self.remove(name)

    def remove(self, version: str) -> None:
        shutil.rmtree(self.folder / version)

    def _note_left(self, version: str) -> None:
        before, noted = self.current(), self.gone_back_from()
        left = noted if before is None else noted | {before.name}
        later = {name for name in left if name > version}
        if later != noted:
            content = "".join(f"{name}\n" for name in sorted(later))
            write_whole(self.folder / _GONE_BACK_FROM, content.encode())

    def _publish(self, draft: Path, version: str) -> None:
        final = self.folder / version
        replaced = self.folder / f"{_DRAFT}{version}-replaced"
        if final.exists():
            final.rename(replaced)
        draft.rename(final)
        sync_folder(self.folder)
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
