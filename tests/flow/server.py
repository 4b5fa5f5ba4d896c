"""A real server process, as a person starts it."""

import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2

START_LIMIT_S = 300.0
STOP_LIMIT_S = 30.0


@dataclass(frozen=True)
class RunningServer:
    process: subprocess.Popen[str]
    address: str

    def stop(self, how: signal.Signals = signal.SIGINT) -> int:
        """The exit status."""
        self.process.send_signal(how)
        return self.process.wait(STOP_LIMIT_S)


def command(*args: str | Path) -> list[str]:
    return [sys.executable, "-m", "tastemaker", *map(str, args)]


def run(*args: str | Path, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(*args),
        cwd=cwd,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=START_LIMIT_S,
        check=False,
    )


@contextmanager
def running(
    home: Path, *, what: Sequence[str] = ("up",), **environment: str
) -> Iterator[RunningServer]:
    """`tastemaker up`, or the gateway alone, on a free port, answering."""
    log = home.parent / "up.err"
    with (
        log.open("w") as errors,
        subprocess.Popen(
            command(*what, "--home", home, "--port", "0"),
            cwd=home.parent,
            env={**os.environ, **environment},
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        ) as process,
    ):
        try:
            server = RunningServer(process, _announced(process, log))
            _wait_until_ready(server)
            yield server
        finally:
            process.kill()


def _wait_until_ready(server: RunningServer) -> None:
    """A server it needs may have said nothing in time when it was looked at first."""
    deadline_s = time.monotonic() + START_LIMIT_S
    while (answer := httpx2.get(f"{server.address}/health/ready", timeout=60)).is_error:
        assert time.monotonic() < deadline_s, answer.text
        threading.Event().wait(0.1)


def _announced(process: subprocess.Popen[str], log: Path) -> str:
    """The address on the first line of the output."""
    assert process.stdout is not None
    deadline_s = time.monotonic() + START_LIMIT_S
    while time.monotonic() < deadline_s and process.poll() is None:
        readable, _, _ = select.select([process.stdout], [], [], 1.0)
        if readable and "answers at" in (line := process.stdout.readline()):
            return next(word for word in line.split() if word.startswith("http"))
    raise AssertionError(f"no start: {log.read_text()}")
