"""What every server has to say of itself."""

from pathlib import Path
from typing import Protocol

SOURCES = Path(__file__).parent


class Server(Protocol):
    name: str
    variable: str
    """Names its URL to the tests."""

    packages: dict[str, str]
    """Debian package by the program that it brings."""

    def install(self, folder: Path) -> None:
        """What it needs beyond the packages. Does nothing where it is there already."""
        ...

    def start(self, folder: Path, port: int) -> str:
        """The URL under which it answers now."""
        ...

    def stop(self, folder: Path) -> None: ...

    def is_running(self, folder: Path) -> bool: ...
