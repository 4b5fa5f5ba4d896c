"""Trained versions on their way between machines, through files that all of them reach."""

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath

import structlog
from pydantic import BaseModel, ValidationError

from tastemaker.core.errors import ModelCorrupt
from tastemaker.ports import Blobs
from tastemaker.store.version_folder import VersionFolder

log = structlog.get_logger(__name__)

_FOLDER = "models"
_INDEX = "INDEX.json"
_PART_BYTES = 64 * 2**20
"""Of a file that is held in memory at once."""


class Index(BaseModel, frozen=True, extra="forbid"):
    """Comes last: a version without it is not there. files: hashes of the parts, by path."""

    files: dict[str, tuple[str, ...]]


class SharedModels:
    def __init__(self, blobs: Blobs, folder: Path, keep: int) -> None:
        """folder: of the versions on this machine, of which so many are kept."""
        self._blobs = blobs
        self._versions = VersionFolder(folder)
        self._keep = keep

    def put(self, version: str) -> None:
        """Nothing where it is there already. What this machine has deleted goes there too.

        Raises BlobsUnavailable and DiskFull; put again, it is whole.
        """
        if version not in self._whole():
            folder = self._versions.folder / version
            files = {
                path.relative_to(folder).as_posix(): tuple(self._put_parts(version, folder, path))
                for path in sorted(folder.rglob("*"))
                if path.is_file()
            }
            index = Index(files=files).model_dump_json().encode()
            self._blobs.put(f"{_FOLDER}/{version}/{_INDEX}", index)
            log.info("models shared", version=version, n_files=len(files))
        for gone in self._whole() - set(self._versions.names()) - {version}:
            names = self._blobs.names(f"{_FOLDER}/{gone}/")
            self._blobs.delete(sorted(names, key=lambda name: not name.endswith(_INDEX)))

    def fetch_newest(self) -> None:
        """Into service here, where it is newer than what is. Raises as `fetch` does."""
        whole = self._whole()
        if whole:
            self.fetch(max(whole))

    def fetch(self, version: str) -> None:
        """Into service here, where it is newer than what is: seen whole or not at all.

        Raises NotFound, ModelCorrupt where it is not what was put, BlobsUnavailable, DiskFull, and
        Conflict while another process of this machine writes here.
        """
        current = self._versions.current()
        is_old = current is not None and version <= current.name  # a later one has a later name
        if is_old or version in self._versions.gone_back_from():
            return
        if version in self._versions.names():
            # Fetched whole, but ended by a kill or a full disk before it was pointed to.
            with self._versions.locked():
                self._versions.point_to(version)
            return
        index = self._index(version)
        with self._versions.locked(), self._versions.draft(version) as draft:
            for path, hashes in index.files.items():
                self._fetch_file(version, path, hashes, draft)
        self._prune()
        log.info("models fetched", version=version, n_files=len(index.files))

    def _prune(self) -> None:
        current = self._versions.current()
        newest_first = sorted(self._versions.names(), reverse=True)
        others = [name for name in newest_first if current is None or name != current.name]
        for name in others[self._keep - 1 :]:
            self._versions.remove(name)

    def _put_parts(self, version: str, folder: Path, path: Path) -> Iterator[str]:
        name = path.relative_to(folder).as_posix()
        with path.open("rb") as file:
            for number, part in enumerate(iter(_reading(file.read), b"")):
                self._blobs.put(_part(version, name, number), part)
                yield hashlib.sha256(part).hexdigest()

    def _fetch_file(self, version: str, path: str, hashes: tuple[str, ...], draft: Path) -> None:
        target = draft / path
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("wb") as file:
            for number, expected in enumerate(hashes):
                name = _part(version, path, number)
                part = self._blobs.get(name)
                if hashlib.sha256(part).hexdigest() != expected:
                    raise _other_than_put(name)
                file.write(part)

    def _index(self, version: str) -> Index:
        name = f"{_FOLDER}/{version}/{_INDEX}"
        try:
            index = Index.model_validate_json(self._blobs.get(name))
        except ValidationError as error:
            raise _other_than_put(name) from error
        for path in (version, *index.files):
            parts = PurePosixPath(path).parts
            if path.startswith("/") or any(part.startswith(".") for part in parts):
                raise _other_than_put(name)
        return index

    def _whole(self) -> set[str]:
        names = (PurePosixPath(name) for name in self._blobs.names(f"{_FOLDER}/"))
        return {name.parent.name for name in names if name.name == _INDEX}


def _reading(read: Callable[[int], bytes]) -> Callable[[], bytes]:
    return lambda: read(_PART_BYTES)


def _part(version: str, path: str, number: int) -> str:
    return f"{_FOLDER}/{version}/files/{path}/{number:05}"


def _other_than_put(name: str) -> ModelCorrupt:
    return ModelCorrupt(
        "Shared models are not what was put there",
        where=name,
        next_step="They are fetched again; where that does not help, train again.",
    )
