"""Versions as releases of before have stored them."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tastemaker.models.description_sums import SUMS
from tastemaker.models.manifest import MANIFEST


def without_checksums(
    folder: Path, change: Callable[[dict[str, Any]], None] = lambda _manifest: None
) -> None:
    """Takes the checksums of descriptions away. change: what else the manifest did not tell."""
    path = folder / MANIFEST
    manifest = json.loads(path.read_text())
    del manifest["has_checksums"]
    change(manifest)
    path.write_text(json.dumps(manifest))
    (folder / SUMS).unlink()
