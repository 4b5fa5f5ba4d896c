"""Starts and stops real servers: `python -m deploy.servers start redis kafka=9092`."""

import argparse
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from deploy.servers.kafka_server import KafkaServer
from deploy.servers.mlflow_server import MlflowServer
from deploy.servers.mongodb_server import MongodbServer
from deploy.servers.postgresql_server import PostgresqlServer
from deploy.servers.process import Failed, free_ports, run
from deploy.servers.redis_server import RedisServer
from deploy.servers.s3_server import S3Server
from deploy.servers.server import Server

HOME = Path("var/servers").resolve()
SERVERS: Sequence[Server] = [
    KafkaServer(),
    PostgresqlServer(),
    MongodbServer(),
    RedisServer(),
    S3Server(),
    MlflowServer(),
]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m deploy.servers", description=__doc__)
    parser.add_argument("what", choices=["start", "stop", "env"])
    names = ", ".join(server.name for server in SERVERS)
    parser.add_argument("servers", nargs="*", help=f"{names}; NAME=PORT for a port; none: all")
    given = parser.parse_args()
    ports = dict(name.partition("=")[::2] for name in given.servers)
    unknown = ports.keys() - {server.name for server in SERVERS}
    if unknown:
        parser.error(f"no such server: {', '.join(sorted(unknown))}; there are {names}")
    chosen = [server for server in SERVERS if not ports or server.name in ports]
    if given.what == "start":
        return _start(chosen, {name: int(port) for name, port in ports.items() if port})
    if given.what == "stop":
        return _stop(chosen)
    print("\n".join(_environment()))
    return 0


def _start(servers: Sequence[Server], ports: dict[str, int]) -> int:
    try:
        _install_packages(servers)
    except Failed as error:
        print(f"Packages: {error}", file=sys.stderr)
        return 1
    free = dict(zip([server.name for server in servers], free_ports(len(servers)), strict=True))
    with ThreadPoolExecutor() as pool:
        starting = [
            pool.submit(_start_one, server, ports.get(server.name, free[server.name]))
            for server in servers
        ]
        n_failed = sum(not one.result() for one in starting)
    (HOME / "env").write_text("\n".join([*_environment(), ""]))
    print(f"The tests find them by {HOME / 'env'}; make servers-stop stops them.")
    return 1 if n_failed else 0


def _start_one(server: Server, port: int) -> bool:
    folder = HOME / server.name
    folder.mkdir(parents=True, exist_ok=True)
    began_s = time.monotonic()
    try:
        if server.is_running(folder):
            print(f"{server.name}: up already, {_url(server)}")
            return True
        server.install(folder)
        url = server.start(folder, port)
    except Failed as error:
        print(f"{server.name}: not up, {error}", file=sys.stderr)
        server.stop(folder)
        return False
    (folder / "url").write_text(url)
    print(f"{server.name}: up after {time.monotonic() - began_s:.1f} s, {url}")
    return True


def _stop(servers: Sequence[Server]) -> int:
    for server in servers:
        if server.is_running(HOME / server.name):
            server.stop(HOME / server.name)
            print(f"{server.name}: stopped")
    if HOME.exists():
        (HOME / "env").write_text("\n".join([*_environment(), ""]))
    return 0


def _environment() -> list[str]:
    """Of those that run now, as lines of a shell."""
    return [
        f"export {server.variable}='{_url(server)}'"
        for server in SERVERS
        if server.is_running(HOME / server.name)
    ]


def _url(server: Server) -> str:
    return (HOME / server.name / "url").read_text()


def _install_packages(servers: Sequence[Server]) -> None:
    path = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", *_postgresql_folders()])
    missing = {
        package
        for server in servers
        for program, package in server.packages.items()
        if shutil.which(program, path=path) is None
    }
    if not missing:
        return
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        raise Failed(f"install these first: {' '.join(sorted(missing))}")
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    run(["apt-get", "update", "-qq"], env=quiet, stdin=subprocess.DEVNULL)
    install = ["apt-get", "install", "-qqy", "--no-install-recommends"]
    run([*install, *sorted(missing)], env=quiet, stdin=subprocess.DEVNULL)


def _postgresql_folders() -> list[str]:
    return [str(folder) for folder in Path("/usr/lib/postgresql").glob("*/bin")]


if __name__ == "__main__":
    sys.exit(main())
