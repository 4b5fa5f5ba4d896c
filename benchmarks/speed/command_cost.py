"""What a command costs as a process of its own."""

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from tastemaker.config import DEFAULT_VARIANTS

PERIOD_S = 0.2
"""Between two looks at the memory."""
KIB_A_GIB = 1024**2


@dataclass(frozen=True)
class Cost:
    took_s: float
    peak_gib: float


def command(home: Path, *arguments: str) -> list[str]:
    return [sys.executable, "-m", "tastemaker", *arguments, "--home", str(home)]


def only(variant: str) -> dict[str, str]:
    """Settings under which every other variant is the popular one, which costs nothing."""
    cheap = {
        f"TASTEMAKER__VARIANTS__{name.upper()}": '{"models": ["popular"], "ranking": false}'
        for name in DEFAULT_VARIANTS
        if name != variant
    }
    return cheap | {"TASTEMAKER__RECOMMEND__DEFAULT_VARIANT": variant}


def run(command: list[str], settings: dict[str, str]) -> Cost:
    """Peak: the largest sum over the process and its children, looked at again and again."""
    started_s, peak_kib = time.perf_counter(), 0
    process = subprocess.Popen(command, env={**os.environ, **settings})
    while process.poll() is None:
        peak_kib = max(peak_kib, _resident_kib(process.pid))
        time.sleep(PERIOD_S)
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}")
    return Cost(time.perf_counter() - started_s, peak_kib / KIB_A_GIB)


def _resident_kib(pid: int) -> int:
    """Of a process and all below it; 0 of one that has gone. Files mapped into memory count."""
    process = Path("/proc") / str(pid)
    try:
        status = (process / "status").read_text(encoding="ascii").splitlines()
        children = [path.read_text() for path in process.glob("task/*/children")]
    except (FileNotFoundError, ProcessLookupError):
        return 0
    own = sum(int(line.split()[1]) for line in status if line.startswith("VmRSS:"))
    return own + sum(_resident_kib(int(child)) for listed in children for child in listed.split())
