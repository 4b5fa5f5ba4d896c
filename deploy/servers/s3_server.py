"""S3 by SeaweedFS."""

import urllib.error
import urllib.request
from pathlib import Path

from deploy.servers import process
from deploy.servers.locked_venv import install_locked
from deploy.servers.server import SOURCES

_LIMIT_S = 60.0
_LOCK = SOURCES.parents[1] / "requirements-s3-server.lock"
_GRPC_OFFSET = 10_000
_KEY, _SECRET, _BUCKET = "tastemaker", "tastemaker-secret", "tastemaker"


class S3Server:
    name = "s3"
    variable = "TASTEMAKER_TEST_S3_URL"
    packages: dict[str, str] = {}  # noqa: RUF012

    def install(self, folder: Path) -> None:
        install_locked(_LOCK, folder)

    def start(self, folder: Path, port: int) -> str:
        (folder / "data").mkdir(exist_ok=True)
        parts = ["master", "volume", "filer"]
        ports = process.free_ports(2 * len(parts) + 1)
        command = [str(folder / "venv" / "bin" / "weed"), "mini", f"-dir={folder}/data"]
        command += ["-ip=127.0.0.1", "-ip.bind=127.0.0.1", f"-bucket={_BUCKET}"]
        command += ["-webdav=false", "-admin.ui=false", "-master.telemetry=false"]
        command += ["-s3.port.iceberg=0", "-s3.port.lance=0"]
        command += [f"-s3.port={port}", f"-s3.port.grpc={ports.pop()}"]
        for part in parts:
            command += [f"-{part}.port={ports.pop()}", f"-{part}.port.grpc={ports.pop()}"]
        command += [f"-admin.port={_port_with_neighbour()}"]
        keys = {"AWS_ACCESS_KEY_ID": _KEY, "AWS_SECRET_ACCESS_KEY": _SECRET}
        process.start(folder, command, keys)
        process.wait_until(lambda: _answers(port), folder, _LIMIT_S)
        return f"s3://{_KEY}:{_SECRET}@{_BUCKET}/tests?endpoint=http://127.0.0.1:{port}"

    def stop(self, folder: Path) -> None:
        process.stop(folder)

    def is_running(self, folder: Path) -> bool:
        return process.is_running(folder)


def _port_with_neighbour() -> int:
    """Its worker looks for it 10,000 above its port, whatever it is told."""
    while True:
        (port,) = process.free_ports(1)
        if port + _GRPC_OFFSET < 2**16 and not process.listens(port + _GRPC_OFFSET):
            return port


def _answers(port: int) -> bool:
    """Whether the bucket is there: it says that a key is needed."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/{_BUCKET}", timeout=2.0):
            return True
    except urllib.error.HTTPError as error:
        return error.code == 403
    except OSError:
        return False
