"""Half an hour of mixed load on all roles: what grows, and whether anything was lost.

TASTEMAKER_SOAK_MIN: minutes. Bounds are set so low that the run reaches them.
"""

import os
import random
import sqlite3
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import httpx2
import numpy as np
from numpy.typing import NDArray

from benchmarks.services.running import USERS, Service, service, wait_until
from benchmarks.table import Row

Floats = NDArray[np.float64]

MINUTES = float(os.environ.get("TASTEMAKER_SOAK_MIN", "30"))
ROLES = ("recorder", "refresher", "scheduler", "trainer")
KEEP_S = 120.0
LOOK_EVERY_S = 5.0
PAUSE_S = 0.01
WARM_UP = 0.2
"""Share of the run in which pools, caches and files of the models are still being filled."""

_MEMORY = ("RssAnon:",)
"""Files of the models are mapped: their pages belong to nobody."""


@dataclass
class Sent:
    """accepted: ids. memory_mb: by role, at each look."""

    accepted: set[str] = field(default_factory=set)
    n_slates: int = 0
    n_refused: int = 0
    memory_mb: dict[str, list[tuple[float, float]]] = field(default_factory=dict)


def rows(data_dir: Path) -> Iterator[Row]:
    bounds = {
        "SLATES__IS_ON": "true",
        "SLATES__TTL_S": str(KEEP_S),
        "BUS__KEEP_S": str(KEEP_S),
        "SLATE_LOG__KEEP_S": str(KEEP_S),
        "SCHEDULE__PRUNE": "*/15 * * * * *",
        "INTERACTIONS__THROUGH": "bus",
        "SCHEDULE__RETRAIN_EVERY_EVENTS": "1000000000",
    }
    with service(data_dir, *ROLES, **bounds) as running:
        sent = _use(running, MINUTES * 60)
        wait_until(lambda: len(_ids(running)) >= len(sent.accepted), pause_s=1.0)
        yield Row(f"soak of {MINUTES:g} min: slates answered", f"{sent.n_slates:,}")
        yield _nothing_lost(running, sent)
        for role, looks in sent.memory_mb.items():
            yield _slope(role, looks)
        yield from _pruned(running)


def _use(running: Service, seconds: float) -> Sent:
    sent, ended = Sent(), threading.Event()
    threads = [
        threading.Thread(target=_ask, args=(running, sent, ended)),
        threading.Thread(target=_post, args=(running, sent, ended)),
        threading.Thread(target=_look, args=(running, sent, ended)),
    ]
    for thread in threads:
        thread.start()
    ended.wait(seconds)
    ended.set()
    for thread in threads:
        thread.join()
    return sent


def _ask(running: Service, sent: Sent, ended: threading.Event) -> None:
    rng = random.Random(0)
    with httpx2.Client(base_url=f"{running.address}/api/v1", timeout=60) as client:
        while not ended.wait(PAUSE_S):
            user = rng.choice(USERS)
            if client.get(f"/recommendations/{user}").is_success:
                sent.n_slates += 1


def _post(running: Service, sent: Sent, ended: threading.Event) -> None:
    rng = random.Random(1)
    with httpx2.Client(base_url=f"{running.address}/api/v1", timeout=60) as client:
        number = 0
        while not ended.wait(10 * PAUSE_S):
            batch = [_event(number + n, rng.choice(USERS)) for n in range(10)]
            number += len(batch)
            answer = client.post("/interactions", json=batch)
            if answer.is_success:
                sent.accepted.update(answer.json()["event_ids"])
            else:
                sent.n_refused += len(batch)


def _event(number: int, user: int) -> dict[str, object]:
    item = ("1", "260", "1196", "2571", "2858")[number % 5]
    event = {"event_id": f"soak-{number}", "user_id": str(user), "item_id": item}
    return {**event, "action": "rate", "value": 4.0}


def _look(running: Service, sent: Sent, ended: threading.Event) -> None:
    began_s = time.monotonic()
    while not ended.wait(LOOK_EVERY_S):
        for role, process in running.processes.items():
            looks = sent.memory_mb.setdefault(role, [])
            looks.append((time.monotonic() - began_s, _memory_mb(process.pid)))


def _memory_mb(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith(_MEMORY)) / 1024


def _slope(role: str, looks: Sequence[tuple[float, float]]) -> Row:
    """In megabytes an hour, with the interval that the noise of minutes gives."""
    of_s, mb = np.array(looks[int(WARM_UP * len(looks)) :]).T
    slopes = _slopes_of_resampled_blocks(of_s / 3600, mb)
    low, high = np.percentile(slopes, [2.5, 97.5])
    return Row(
        f"soak: memory of the {role}, slope",
        f"{np.median(slopes):+.1f} MB/h, 95 % from {low:+.1f} to {high:+.1f}; {mb[-1]:.0f} MB",
        "0 within the interval",
    )


def _slopes_of_resampled_blocks(hours: Floats, mb: Floats, n: int = 1_000) -> Floats:
    """Looks that follow each other are alike: whole blocks of the residuals are drawn."""
    line = np.polyfit(hours, mb, 1)
    residuals = mb - np.polyval(line, hours)
    size = max(1, len(mb) // 10)
    rng = np.random.default_rng(0)
    slopes = []
    for _ in range(n):
        starts = rng.integers(0, len(mb) - size + 1, len(mb) // size + 1)
        drawn = np.concatenate([residuals[start : start + size] for start in starts])[: len(mb)]
        slopes.append(np.polyfit(hours, np.polyval(line, hours) + drawn, 1)[0])
    return np.array(slopes)


def _nothing_lost(running: Service, sent: Sent) -> Row:
    there = _ids(running)
    lost, twice = len(sent.accepted - set(there)), len(there) - len(set(there))
    return Row(
        "soak: of the events accepted, lost / recorded twice / refused",
        f"{lost} / {twice} / {sent.n_refused} of {len(sent.accepted):,}",
        "0 / 0",
    )


def _ids(running: Service) -> list[str]:
    with closing(sqlite3.connect(running.home / "tastemaker.db")) as database:
        return [found for (found,) in database.execute("SELECT event_id FROM interactions")]


def _pruned(running: Service) -> Iterator[Row]:
    oldest: Mapping[str, tuple[str, str]] = {
        "bus": ("bus.db", "SELECT min(at_us) FROM messages"),
        "log of slates": ("tastemaker.db", "SELECT min(at_us) FROM shown_slates"),
    }
    for what, (file, question) in oldest.items():
        with closing(sqlite3.connect(running.home / file)) as database:
            (at_us,) = database.execute(question).fetchone()
        size_mb = (running.home / file).stat().st_size / 2**20
        age_s = 0.0 if at_us is None else time.time() - at_us / 1e6
        yield Row(
            f"soak: oldest entry of the {what}",
            f"{age_s:.0f} s; {file} has {size_mb:.0f} MB",
            f"<= {KEEP_S:.0f} s and a prune",
        )
