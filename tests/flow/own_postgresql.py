"""A PostgreSQL server of one test alone, so that it may be ended or frozen."""

import os
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from deploy.servers.postgresql_server import PostgresqlServer
from deploy.servers.process import free_ports


class OwnPostgresql:
    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self._folder = folder
        self._server = PostgresqlServer()
        (self._port,) = free_ports(1)
        self._server.install(folder)
        self.start()

    def start(self) -> None:
        self.url = self._server.start(self._folder, self._port)

    def stop(self) -> None:
        self._server.stop(self._folder)

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """It keeps its connections, takes new ones, and says nothing."""
        pids = self._processes()
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for pid in pids:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGCONT)

    def _processes(self) -> list[int]:
        """The first takes connections, each other one is its child."""
        first = int((self._folder / "data" / "postmaster.pid").read_text().split()[0])
        listed = Path(f"/proc/{first}/task/{first}/children").read_text()
        return [first, *map(int, listed.split())]

    def remove(self) -> None:
        self.stop()
        shutil.rmtree((self._folder / "data").resolve())


@contextmanager
def own_postgresql(folder: Path) -> Iterator[OwnPostgresql]:
    if not PostgresqlServer().is_installed():
        pytest.skip("PostgreSQL is not installed")
    server = OwnPostgresql(folder)
    try:
        yield server
    finally:
        server.remove()
