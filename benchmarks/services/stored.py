"""Stored slates over HTTP: one worker, 32 connections."""

from collections.abc import Iterator
from pathlib import Path

import httpx2

from benchmarks.services.running import Service, service, wait_until
from benchmarks.services.wrk import load
from benchmarks.table import Row

N_USERS = 1_000
N_CONNECTIONS = 32
SCRIPT = f"""
request = function()
   return wrk.format("GET", "/api/v1/recommendations/" .. math.random(1, {N_USERS}))
end
"""


def rows(data_dir: Path) -> Iterator[Row]:
    with service(data_dir, "refresher", SLATES__IS_ON="true") as running:
        _fill(running)
        done = load(running.address, SCRIPT, n_connections=N_CONNECTIONS)
    yield Row(
        f"stored slates a second over HTTP, one worker, {N_CONNECTIONS} connections, p50 / p99",
        f"{done.per_s:,.0f}, {done.p50_ms:.1f} / {done.p99_ms:.1f} ms",
        ">= 8,000, p99 <= 10 ms",
    )


def _fill(running: Service) -> None:
    with httpx2.Client(base_url=f"{running.address}/api/v1/recommendations") as client:
        for user in range(1, N_USERS + 1):
            client.get(f"/{user}").raise_for_status()
        for user in range(1, N_USERS + 1):
            wait_until(lambda user=user: client.get(f"/{user}").json()["source"] == "stored")  # type: ignore[misc]
