"""PostgreSQL, which refuses to run as root: then it runs as the user postgres."""

import os
import shutil
import tempfile
from pathlib import Path

from deploy.servers.process import Failed, run

_LIMIT_S = 60
_PROGRAMS = "/usr/lib/postgresql"


class PostgresqlServer:
    name = "postgresql"
    variable = "TASTEMAKER_TEST_POSTGRES_URL"
    packages = {"initdb": "postgresql"}  # noqa: RUF012

    def install(self, folder: Path) -> None:
        data = folder / "data"
        if data.exists():
            return
        data.unlink(missing_ok=True)
        # Not below the project: its user need not be able to reach that.
        place = Path(tempfile.mkdtemp(prefix="tastemaker-postgresql-"))
        if os.geteuid() == 0:
            shutil.chown(place, "postgres")
        data.symlink_to(place)
        options = ["-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]
        self._as_owner("initdb", "-D", place, *options)

    def start(self, folder: Path, port: int) -> str:
        data = (folder / "data").resolve()
        options = f"-p {port} -k {data} -c listen_addresses=127.0.0.1"
        self._as_owner(
            "pg_ctl",
            "-D",
            data,
            "-w",
            "-t",
            str(_LIMIT_S),
            "-l",
            data / "log",
            "-o",
            options,
            "start",
        )
        return f"postgresql://postgres@127.0.0.1:{port}/postgres"

    def stop(self, folder: Path) -> None:
        data = folder / "data"
        if self.is_running(folder):
            self._as_owner("pg_ctl", "-D", data.resolve(), "-w", "-m", "fast", "stop")

    def is_running(self, folder: Path) -> bool:
        try:
            self._as_owner("pg_ctl", "-D", (folder / "data").resolve(), "status")
        except (Failed, OSError):
            return False
        return True

    def is_installed(self) -> bool:
        return _path_of("initdb") is not None

    def _as_owner(self, program: str, *arguments: str | Path) -> None:
        path = _path_of(program)
        if path is None:
            raise Failed(f"{program} is not there; install the package postgresql")
        owner = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        run([*owner, path, *arguments], cwd="/")


def _path_of(program: str) -> str | None:
    """The newest there is."""
    found = sorted(Path(_PROGRAMS).glob(f"*/bin/{program}"))
    return str(found[-1]) if found else shutil.which(program)
