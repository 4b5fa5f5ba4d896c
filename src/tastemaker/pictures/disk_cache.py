"""Files kept for a time and within a size; the least recently used make room for new ones."""

import os
import tempfile
import threading
from datetime import timedelta
from pathlib import Path

import structlog

from tastemaker.core.clock import Clock

log = structlog.get_logger(__name__)

_ROOM_AFTER_CLEANING = 0.9
"""Share of the cap that is left in use, so that not every new file starts a cleaning."""


class DiskCache:
    """Several processes may share the folder. A disk that cannot be written only means that
    nothing is kept."""

    def __init__(self, folder: Path, max_bytes: int, clock: Clock) -> None:
        self._folder = folder
        self._max_bytes = max_bytes
        self._clock = clock
        self._lock = threading.Lock()
        self._n_bytes: int | None = None

    def get(self, name: str, max_age: timedelta) -> bytes | None:
        """None where there is nothing or it is too old. name: a plain file name."""
        path = self._folder / name
        try:
            age_s = self._clock().timestamp() - path.stat().st_mtime
            if age_s > max_age.total_seconds():
                path.unlink(missing_ok=True)
                return None
            content = path.read_bytes()
            # The time of the last use; that of the last change says when it was fetched.
            os.utime(path, (self._clock().timestamp(), path.stat().st_mtime))
        except OSError:
            return None
        return content

    def put(self, name: str, content: bytes) -> None:
        try:
            self._write(name, content)
        except OSError as error:
            log.warning("picture not kept", reason=error.strerror, folder=str(self._folder))

    def _write(self, name: str, content: bytes) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=self._folder, prefix=".", delete=False) as file:
            file.write(content)
        now_s = self._clock().timestamp()
        os.utime(file.name, (now_s, now_s))
        Path(file.name).replace(self._folder / name)
        with self._lock:
            if self._n_bytes is None:
                self._n_bytes = sum(n_bytes for _, n_bytes, _ in self._files())
            else:
                self._n_bytes += len(content)
            if self._n_bytes > self._max_bytes:
                self._n_bytes = self._clean()

    def _clean(self) -> int:
        """Returns the bytes left."""
        files = sorted(self._files())
        n_bytes = sum(size for _, size, _ in files)
        for _, size, path in files:
            if n_bytes <= self._max_bytes * _ROOM_AFTER_CLEANING:
                break
            path.unlink(missing_ok=True)
            n_bytes -= size
        return n_bytes

    def _files(self) -> list[tuple[float, int, Path]]:
        """Time of last use, size and path of every file."""
        found = []
        for path in self._folder.iterdir():
            try:
                status = path.stat()
            except FileNotFoundError:
                continue
            found.append((status.st_atime, status.st_size, path))
        return found
