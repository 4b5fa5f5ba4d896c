"""What the commands cost on a large generated data set: seconds and peak memory of each.

Generated, with known tastes: every person has one of many groups of items, from which most of
their events come, and items are used by a power law. Run as a program with a number of users and
a path it writes the events there.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import polars as pl

from benchmarks.table import Row

N_USERS = 1_000_000
N_ITEMS = 100_000
N_EVENTS_A_USER = 20
N_GROUPS = 200
SHARE_OF_GROUP = 0.7
BEGIN_S = 1_700_000_000
YEAR_S = 365 * 86_400
PERIOD_S = 0.2
"""Between two looks at the memory."""
VARIANTS = ("transitions", "full")
KIB_A_GIB = 1024**2


def rows(_: Path) -> Iterator[Row]:
    with TemporaryDirectory() as folder:
        events, home = Path(folder) / "events.parquet", Path(folder) / "home"
        _run([sys.executable, "-m", "benchmarks.scale", str(N_USERS), str(events)], {})
        columns = ("--user-column", "user", "--item-column", "item", "--timestamp-column", "at")
        steps = {
            "ingest": ("ingest", str(events), *columns),
            "feature tables": ("preprocess",),
            "catalogue": ("movies",),
        }
        for step, arguments in steps.items():
            yield _row(step, _run(_command(home, *arguments), {}), "")
        for variant in VARIANTS:
            cost = _run(_command(home, "train"), _only(variant))
            yield _row(f"training of {variant}", cost, "<= 8 GiB")


@dataclass(frozen=True)
class Cost:
    took_s: float
    peak_gib: float


def _row(step: str, cost: Cost, bound: str) -> Row:
    size = f"{N_USERS:,} users, {N_ITEMS:,} items, {N_USERS * N_EVENTS_A_USER:,} events, generated"
    return Row(f"{step}: {size}", f"{cost.took_s:.0f} s, {cost.peak_gib:.1f} GiB peak", bound)


def _command(home: Path, *arguments: str) -> list[str]:
    return [sys.executable, "-m", "tastemaker", *arguments, "--home", str(home)]


def _only(variant: str) -> dict[str, str]:
    """Settings under which every other variant is the popular one, which costs nothing."""
    from tastemaker.config import DEFAULT_VARIANTS

    cheap = {
        f"TASTEMAKER__VARIANTS__{name.upper()}": '{"models": ["popular"]}'
        for name in DEFAULT_VARIANTS
        if name != variant
    }
    return cheap | {"TASTEMAKER__RECOMMEND__DEFAULT_VARIANT": variant}


def _run(command: list[str], settings: dict[str, str]) -> Cost:
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


def generate(n_users: int, rng: np.random.Generator) -> pl.DataFrame:
    """Columns user, item, at (seconds); one row an event, in no order of time."""
    n_events = n_users * N_EVENTS_A_USER
    user = np.repeat(np.arange(n_users), N_EVENTS_A_USER)
    group = rng.integers(N_GROUPS, size=n_users)[user]
    of_group = rng.random(n_events) < SHARE_OF_GROUP
    group = np.where(of_group, group, rng.integers(N_GROUPS, size=n_events))
    place = (N_ITEMS // N_GROUPS * rng.random(n_events) ** 3).astype(np.int64)
    at_s = BEGIN_S + (YEAR_S * rng.random(n_events)).astype(np.int64)
    events = pl.DataFrame({"user": user, "item": place * N_GROUPS + group, "at": at_s})
    return events.with_columns(
        pl.format("u{}", "user").alias("user"), pl.format("i{}", "item").alias("item")
    )


if __name__ == "__main__":
    generate(int(sys.argv[1]), np.random.default_rng(0)).write_parquet(sys.argv[2])
