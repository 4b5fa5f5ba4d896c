"""Redis that keeps what it has accepted."""

from pathlib import Path

from deploy.servers import process

_LIMIT_S = 20.0


class RedisServer:
    name = "redis"
    variable = "TASTEMAKER_TEST_REDIS_URL"
    packages = {"redis-server": "redis-server"}  # noqa: RUF012

    def install(self, folder: Path) -> None:
        """The package is all."""

    def start(self, folder: Path, port: int) -> str:
        command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1"]
        command += ["--dir", str(folder), "--appendonly", "yes", "--appendfsync", "always"]
        process.start(folder, command, {})
        process.wait_until(lambda: process.listens(port), folder, _LIMIT_S)
        return f"redis://127.0.0.1:{port}/0"

    def stop(self, folder: Path) -> None:
        process.stop(folder)

    def is_running(self, folder: Path) -> bool:
        return process.is_running(folder)
