"""Every stored slate made anew, as after a training."""

import time
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from benchmarks.services.running import USERS, service, wait_until
from benchmarks.table import Row
from tastemaker.adapters.slates.sql import SqlSlates
from tastemaker.core.backends import BusConfig
from tastemaker.core.clock import system_clock
from tastemaker.core.stored_slate import SlateKey, SlateKind, StoredSlate
from tastemaker.core.topics import RefreshAsked, Topic
from tastemaker.store.engine import StoreConfig, open_engine
from tastemaker.wire.backends import open_bus

VARIANTS = ("transitions", "full")


def rows(data_dir: Path) -> Iterator[Row]:
    for variant in VARIANTS:
        yield Row(
            f"refresh of the stored slates of {len(USERS):,} users, {variant}, ML-1M",
            f"{_refresh_s(data_dir, variant):.0f} s",
            "<= 60 s",
        )


def _refresh_s(data_dir: Path, variant: str) -> float:
    with service(data_dir, "refresher", SLATES__IS_ON="true") as running:
        engine = open_engine(running.database_url, StoreConfig())
        slates = SqlSlates(engine, system_clock, ttl_s=1e6)
        version = (running.home / "models" / "CURRENT").read_text().strip()
        old = system_clock() - timedelta(days=1)
        keys = [SlateKey(SlateKind.USER, str(user), variant) for user in USERS]
        slates.put_many([StoredSlate(key, "before", old, b"{}\n{}") for key in keys])
        with closing(open_bus(BusConfig(), running.home, system_clock)) as bus:
            started_s = time.perf_counter()
            bus.publish(Topic.REFRESH, [RefreshAsked(older_than=system_clock()).message("all")])
            wait_until(lambda: next(slates.older_than(old, version, 1), None) is None, pause_s=0.2)
            taken_s = time.perf_counter() - started_s
        n_left = slates.kept().n
        engine.dispose()
    if n_left != len(USERS):
        raise RuntimeError(f"{n_left} slates of {len(USERS)} are there")
    return taken_s
