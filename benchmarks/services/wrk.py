"""Load by wrk, in a process of its own."""

import re
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

_UNIT_MS = {"us": 1e-3, "ms": 1.0, "s": 1e3, "m": 6e4}


@dataclass(frozen=True)
class Load:
    per_s: float
    p50_ms: float
    p99_ms: float


def load(address: str, script: str, *, n_connections: int, seconds: int = 10) -> Load:
    """script: Lua, with a function `request`. Raises RuntimeError where an answer is an error."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "load.lua"
        file.write_text(script)
        command = ["wrk", "-t1", f"-c{n_connections}", f"-d{seconds}s", "--latency"]
        command += ["--timeout", "30s", "-s", str(file), address]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    if "Non-2xx" in done.stdout or "Socket errors" in done.stdout:
        raise RuntimeError(f"not all were answered:\n{done.stdout}")
    per_s = float(_found(r"Requests/sec:\s+([\d.]+)", done.stdout)[0])
    return Load(per_s, _percentile(done.stdout, "50"), _percentile(done.stdout, "99"))


def _percentile(said: str, percent: str) -> float:
    number, unit = _found(rf"\s{percent}%\s+([\d.]+)(us|ms|s|m)", said)
    return float(number) * _UNIT_MS[unit]


def _found(pattern: str, said: str) -> tuple[str, ...]:
    found = re.search(pattern, said)
    if found is None:
        raise RuntimeError(f"wrk said something else:\n{said}")
    return found.groups()
