"""A process that goes on after the command that started it, and is ended by name of its file."""

import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

_STOP_LIMIT_S = 20.0


class Failed(Exception):
    """What keeps a server from being installed or started, for the person who asked."""


def start(folder: Path, command: Sequence[str], environment: Mapping[str, str]) -> None:
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    born = _born(process.pid)
    (folder / "process.json").write_text(json.dumps({"pid": process.pid, "born": born}))


def is_running(folder: Path) -> bool:
    return _pid(folder) is not None


def stop(folder: Path) -> None:
    pid = _pid(folder)
    if pid is not None:
        os.kill(pid, signal.SIGTERM)
        until = time.monotonic() + _STOP_LIMIT_S
        while _pid(folder) is not None:
            if time.monotonic() > until:
                os.kill(pid, signal.SIGKILL)
                until = time.monotonic() + _STOP_LIMIT_S
            time.sleep(0.05)
    (folder / "process.json").unlink(missing_ok=True)


def wait_until(answers: Callable[[], bool], folder: Path, limit_s: float) -> None:
    """Raises Failed with the end of the log."""
    until = time.monotonic() + limit_s
    while not answers():
        if time.monotonic() > until or not is_running(folder):
            log = (folder / "log").read_text(errors="replace").splitlines()
            raise Failed("it does not answer; its log ends with:\n  " + "\n  ".join(log[-15:]))
        time.sleep(0.1)


def listens(port: int) -> bool:
    with socket.socket() as connection:
        connection.settimeout(1.0)
        return connection.connect_ex(("127.0.0.1", port)) == 0


def free_ports(n: int) -> list[int]:
    sockets = [socket.socket() for _ in range(n)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports: list[int] = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def run(command: Sequence[str | Path], **options: object) -> None:
    """Raises Failed with what the command said."""
    done = subprocess.run(  # type: ignore[call-overload]
        [str(part) for part in command], capture_output=True, text=True, check=False, **options
    )
    if done.returncode:
        raise Failed(f"{command[0]} failed: {(done.stderr or done.stdout)[-2000:]}")


def _pid(folder: Path) -> int | None:
    """None where it runs no more. A later process with the same number is another one."""
    try:
        known = json.loads((folder / "process.json").read_text())
    except (FileNotFoundError, json.JSONDecodeError):
        return None
    pid: int = known["pid"]
    return pid if known["born"] == _born(pid) is not None else None


def _born(pid: int) -> str | None:
    """When the process began, in ticks of this machine; None where it is gone or a zombie."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    state, started = fields[0], fields[19]
    return None if state == "Z" else started
