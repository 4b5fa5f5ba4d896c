"""Half an hour of mixed load on all roles: what grows, and whether anything was lost.

TASTEMAKER_SOAK_MIN: minutes. Bounds are set so low that the run reaches them many times.
"""

import os
import sqlite3
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import httpx2

from benchmarks.services.memory_slope import WARM_UP, memory_mb, slope
from benchmarks.services.mixed_load import Sent, use
from benchmarks.services.running import Service, service, wait_until
from benchmarks.table import Row

MINUTES = float(os.environ.get("TASTEMAKER_SOAK_MIN", "30"))
ROLES = ("recorder", "refresher", "scheduler", "trainer")
KEEP_S = min(120.0, MINUTES * 60 / 8)
PRUNE_EVERY_S = 15
LOOK_EVERY_S = min(5.0, MINUTES * 60 / 100)
BOUNDS = {
    "SLATES__IS_ON": "true",
    "SLATES__TTL_S": str(KEEP_S),
    "BUS__KEEP_S": str(KEEP_S),
    "SLATE_LOG__KEEP_S": str(KEEP_S),
    "SCHEDULE__PRUNE": f"*/{PRUNE_EVERY_S} * * * * *",
    "SCHEDULE__RETRAIN_EVERY_EVENTS": "1000000000",
    "INTERACTIONS__THROUGH": "bus",
    "API__REMEMBER_MB": "16",
}
OLDEST = {
    "bus": ("bus.db", "messages", "SELECT count(*), min(at_us) FROM messages"),
    "log of slates": (
        "tastemaker.db",
        "slates",
        "SELECT count(*), min(at_us) FROM shown_slates",
    ),
    "stored slates": (
        "tastemaker.db",
        "slates",
        "SELECT count(*), min(expires_at_us) FROM stored_slates",
    ),
}


@dataclass
class Looked:
    """At every look, with seconds since the start: memory in MB by role; the bus in MB."""

    running: Service
    began_s: float = field(default_factory=time.monotonic)
    memory: dict[str, list[tuple[float, float]]] = field(default_factory=lambda: defaultdict(list))
    bus_mb: list[float] = field(default_factory=list)

    def look(self) -> None:
        """Raises where a role has ended."""
        at_s = time.monotonic() - self.began_s
        for role, process in self.running.processes.items():
            if process.poll() is not None:
                raise RuntimeError(f"the {role} ended by itself")
            self.memory[role].append((at_s, memory_mb(process.pid)))
        self.bus_mb.append(_file_mb(self.running.home / "bus.db"))


def rows(data_dir: Path) -> Iterator[Row]:
    with service(data_dir, *ROLES, **BOUNDS) as running:
        looked = Looked(running)
        before = _ask_to_retrain(running)
        sent = use(running, MINUTES * 60, looked.look, LOOK_EVERY_S)
        # While the bounds hold: what is recorded below takes its time.
        kept = list(_kept(running, looked))
        wait_until(lambda: len(_sent_ids(running)) >= len(sent.accepted), pause_s=1.0)
        yield Row(
            f"soak of {MINUTES:g} min: slates answered / requests failed",
            f"{sent.n_slates:,} / {sent.n_failed}",
            "0 failed",
        )
        yield _nothing_lost(running, sent)
        yield _swapped(running, before)
    for role, looks in looked.memory.items():
        yield slope(role, looks)
    yield from kept


def _nothing_lost(running: Service, sent: Sent) -> Row:
    there = _sent_ids(running)
    lost, twice = len(sent.accepted - set(there)), len(there) - len(set(there))
    return Row(
        "soak: events accepted / found / lost / recorded twice / refused",
        f"{len(sent.accepted):,} / {len(set(there)):,} / {lost} / {twice} / {sent.n_refused}",
        "0 lost, 0 twice",
    )


def _sent_ids(running: Service) -> list[str]:
    with closing(sqlite3.connect(running.home / "tastemaker.db")) as database:
        wanted = "SELECT event_id FROM interactions WHERE event_id LIKE 'soak-%'"
        return [found for (found,) in database.execute(wanted)]


def _ask_to_retrain(running: Service) -> str:
    """The version that answers before; the training runs while the load does."""
    with httpx2.Client(base_url=f"{running.address}/api/v1", timeout=60) as client:
        client.post("/retrain").raise_for_status()
        return _version(client)


def _version(client: httpx2.Client) -> str:
    answer = client.get("/recommendations/1", params={"model": "transitions"}).raise_for_status()
    return str(answer.json()["model_version"])


def _swapped(running: Service, before: str) -> Row:
    with httpx2.Client(base_url=f"{running.address}/api/v1", timeout=60) as client:
        state = client.get("/retrain").raise_for_status().json()
        answers = "a new version" if _version(client) != before else "the version of before"
    return Row("soak: a training meanwhile", f"{state['phase']}; {answers} answers", "")


def _kept(running: Service, looked: Looked) -> Iterator[Row]:
    for what, (file, of_what, question) in OLDEST.items():
        with closing(sqlite3.connect(running.home / file)) as database:
            n, at_us = database.execute(question).fetchone()
        age_s = 0.0 if at_us is None else max(time.time() - at_us / 1e6, 0.0)
        size_mb = _file_mb(running.home / file)
        bound_s = (0 if what == "stored slates" else KEEP_S) + PRUNE_EVERY_S
        yield Row(
            f"soak: oldest of the {what}" + (", beyond its time" if bound_s < KEEP_S else ""),
            f"{age_s:.0f} s; {n:,} {of_what}; {file} {size_mb:.1f} MB",
            f"<= {bound_s:.0f} s and a prune's own time",
        )
    after_warm_up = looked.bus_mb[int(WARM_UP * len(looked.bus_mb))]
    yield Row(
        "soak: file of the bus after the warm-up / largest later",
        f"{after_warm_up:.1f} / {max(looked.bus_mb[int(WARM_UP * len(looked.bus_mb)) :]):.1f} MB",
        "the same",
    )


def _file_mb(file: Path) -> float:
    wal = file.with_name(f"{file.name}-wal")
    return sum(one.stat().st_size for one in (file, wal) if one.exists()) / 2**20
