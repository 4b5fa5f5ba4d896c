"""The trained bundles on disk, and which of them is in service."""

from contextlib import suppress
from pathlib import Path

from tastemaker.core.errors import ModelCorrupt, NotFound
from tastemaker.models.bundle import ModelBundle
from tastemaker.models.manifest import Manifest, read_manifest
from tastemaker.store.version_folder import VersionFolder


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

    def stored(self) -> list[Manifest]:
        """Of every bundle on the disk, the newest first; damaged ones are passed over."""
        found = []
        for path in self._versions.folder.glob("[!.]*/"):
            with suppress(NotFound, ModelCorrupt):
                found.append(read_manifest(path))
        found.sort(key=lambda manifest: manifest.provenance.created_at, reverse=True)
        return found

    def load(self, version: str) -> ModelBundle:
        """Raises NotFound or ModelCorrupt."""
        return ModelBundle.load(self.path(version))

    def path(self, version: str) -> Path:
        return self.folder / version

    def add(self, bundle: ModelBundle) -> None:
        """Store whole or not at all; what is in service stays so."""
        with self._versions.locked():
            bundle.save(self.path(bundle.version))

    def promote(self, version: str) -> None:
        """Put a stored version into service, in one step that is seen whole or not at all."""
        if not self.path(version).is_dir():
            raise NotFound(f"No models of version {version}", where=str(self.folder))
        with self._versions.locked():
            self._versions.point_to(version)

    def prune(self, keep: int) -> None:
        """Delete all but `keep` versions: the one in service and the newest others."""
        with self._versions.locked():
            self._versions.prune(keep)
