"""The trained bundles on disk, what became of each, and which of them is in service."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tastemaker.core.clock import Clock
from tastemaker.core.errors import ModelCorrupt, ModelError, NotFound
from tastemaker.models.bundle import ModelBundle, verify_bundle
from tastemaker.models.manifest import Manifest, read_manifest
from tastemaker.store.version_folder import Pointer, VersionFolder
from tastemaker.train.recipe import RECIPE, Recipe
from tastemaker.train.version_record import (
    RECORD,
    VersionRecord,
    VersionState,
    read_record,
    write_record,
)


@dataclass(frozen=True, slots=True)
class StoredVersion:
    manifest: Manifest
    record: VersionRecord
    state: VersionState

    @property
    def version(self) -> str:
        return self.manifest.provenance.version

    @property
    def awaits_service(self) -> bool:
        """The gate has let it through, and it never served."""
        verdict = self.record.verdict
        return self.state is VersionState.TRAINED and verdict is not None and verdict.passed


@dataclass(frozen=True, slots=True)
class ListedVersion:
    """damage: why it cannot serve; empty where nothing was found."""

    version: str
    record: VersionRecord
    state: VersionState
    damage: str


class ModelStore:
    """folder: one sub-folder a version, and a pointer to the one in service."""

    def __init__(self, folder: Path) -> None:
        self._versions = VersionFolder(folder)

    @property
    def folder(self) -> Path:
        return self._versions.folder

    def current(self) -> Manifest | None:
        """Of the bundle in service; None before the first training. Raises ModelCorrupt."""
        path = self._versions.current()
        return None if path is None else read_manifest(path)

    def current_version(self) -> str | None:
        """The name alone; costs one small read and opens no model."""
        path = self._versions.current()
        return None if path is None else path.name

    def pointer(self) -> Pointer | None:
        """To the version in service; None where there is none on the disk."""
        pointer = self._versions.pointer()
        return pointer if pointer and self.path(pointer.name).is_dir() else None

    def names(self) -> list[str]:
        """Of every version on the disk, damaged ones too."""
        return self._versions.names()

    def stored(self) -> list[Manifest]:
        """Of every bundle on the disk, the newest first; damaged ones are passed over."""
        found = []
        for path in self._versions.folder.glob("[!.]*/"):
            with suppress(NotFound, ModelCorrupt):
                found.append(read_manifest(path))
        # By name, not by the moment: the clock may have stepped back.
        found.sort(key=lambda manifest: manifest.provenance.version, reverse=True)
        return found

    def versions(self) -> list[StoredVersion]:
        """The same with what became of each."""
        return [self._described(manifest) for manifest in self.stored()]

    def listed(self) -> list[ListedVersion]:
        """Every version on the disk and the one in service, though it be damaged or gone, the
        newest first. Of arrays that are not in service no contents are read."""
        names = {*self._versions.names(), *filter(None, [self._versions.current_name()])}
        return [self._listed(name) for name in sorted(names, reverse=True)]

    def version(self, version: str) -> StoredVersion:
        """Raises NotFound or ModelCorrupt."""
        return self._described(read_manifest(self.known_path(version)))

    def load(self, version: str) -> ModelBundle:
        """Raises NotFound or ModelCorrupt."""
        return ModelBundle.load(self.known_path(version))

    def whole_versions(self) -> Iterator[str]:
        """What may serve in place of a damaged version: never rejected ones, those that have
        served before others, each kind the newest first. Every byte is read as they are asked."""
        usable = [one for one in self.versions() if one.state is not VersionState.REJECTED]
        usable.sort(key=lambda one: not one.record.promoted_at)
        return self._whole(one.version for one in usable)

    def answering(self) -> str | None:
        """What a server that starts now answers with: the version in service, where every byte of
        it is right, else the first of the whole ones; None where there is none."""
        current = self.current_version()
        with suppress(ModelError, NotFound):
            if current is not None:
                verify_bundle(self.path(current))
                return current
        return next(self.whole_versions(), None)

    def path(self, version: str) -> Path:
        return self.folder / version

    def known_path(self, version: str) -> Path:
        """Raises NotFound, naming those that are there."""
        path = self.path(version)
        if version.startswith(".") or not path.is_dir():
            known = ", ".join(manifest.provenance.version for manifest in self.stored())
            raise NotFound(
                f"No models of version '{version}'",
                where=str(self.folder),
                next_step=f"Stored are: {known or 'none; run tastemaker train'}.",
            )
        return path

    def add(self, bundle: ModelBundle, recipe: Recipe, record: VersionRecord) -> None:
        """Store whole or not at all; what is in service stays so."""
        with (
            self._versions.locked(),
            self._versions.draft(bundle.version, make_current=False) as folder,
        ):
            # Before the bundle, which checks it too; after it the record, which is rewritten later.
            (folder / RECIPE).write_text(recipe.model_dump_json(indent=1), encoding="utf-8")
            bundle.write(folder)
            (folder / RECORD).write_text(record.model_dump_json(indent=1), encoding="utf-8")

    def promote(self, version: str, clock: Clock) -> None:
        """Put a stored version into service, in one step that is seen whole or not at all.

        Raises NotFound, and ModelCorrupt where a byte of it is not what was written.
        """
        path = self.known_path(version)
        verify_bundle(path)
        with self._versions.locked():
            self._record_service()
            record = read_record(path).promoted(clock())
            # First, because it alone decides what serves, whenever this is killed.
            self._versions.point_to(version)
            write_record(path, record)

    def finish(self, clock: Clock) -> StoredVersion | None:
        """The newest version, in service now where a training was killed after the gate had let it
        through. Only while nobody trains. Raises ModelCorrupt."""
        with self._versions.locked():
            self._record_service()
        newest = next(iter(self.versions()), None)
        if newest is None or not newest.awaits_service:
            return newest
        self.promote(newest.version, clock)
        return self.version(newest.version)

    def previous(self) -> str:
        """The version to roll back to: of those that have served, the newest that is older than
        the one in service and whole. Raises NotFound."""
        version = self._previous()
        if version is None:
            raise NotFound(
                "There is no earlier version to go back to",
                where=str(self.folder),
                next_step="See what is stored: tastemaker models list.",
            )
        return version

    def prune(self, keep: int) -> list[str]:
        """Delete all but `keep` versions; what went. Kept are the one in service or the one that
        answers in its place, the one to roll back to, and the newest others; damaged ones go
        first."""
        with self._versions.locked():
            order = [self.answering(), self.current_version(), self._previous()]
            order += [manifest.provenance.version for manifest in self.stored()]
            kept = [name for name in dict.fromkeys(order) if name is not None][:keep]
            gone = [name for name in self._versions.names() if name not in kept]
            for name in gone:
                self._versions.remove(name)
            return gone

    def clear_unfinished(self) -> None:
        """Remove what a killed training left behind. Raises Conflict while another one writes."""
        with self._versions.locked():
            pass

    def _record_service(self) -> None:
        """What a promotion that was killed after it had moved the pointer has left to do."""
        pointer = self.pointer()
        if pointer is None:
            return
        path = self.path(pointer.name)
        with suppress(ModelCorrupt):
            record = read_record(path)
            if not record.promoted_at:
                write_record(path, record.promoted(pointer.written_at))

    def _previous(self) -> str | None:
        # By the pointer alone: one goes back from a damaged version, or from one that is gone. A
        # later version has a later name.
        current = self._versions.current_name() or ""
        served = [one for one in self.versions() if one.record.promoted_at]
        return next(self._whole(one.version for one in served if one.version < current), None)

    def _whole(self, versions: Iterable[str]) -> Iterator[str]:
        for version in versions:
            with suppress(ModelError, NotFound):
                verify_bundle(self.path(version))
                yield version

    def _listed(self, version: str) -> ListedVersion:
        path, record, damage = self.path(version), VersionRecord(), ""
        is_current = version == self._versions.current_name()
        try:
            record = read_record(path)
            verify_bundle(path, contents=is_current)
        except NotFound:
            damage = "The folder is gone. Restore it, or go back: tastemaker models rollback."
        except ModelError as error:
            damage = str(error)
        return ListedVersion(version, record, record.state(is_current=is_current), damage)

    def _described(self, manifest: Manifest) -> StoredVersion:
        version = manifest.provenance.version
        try:
            record = read_record(self.path(version))
        except ModelCorrupt:
            record = VersionRecord()
        state = record.state(is_current=version == self.current_version())
        return StoredVersion(manifest, record, state)
