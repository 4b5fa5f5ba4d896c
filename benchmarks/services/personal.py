"""Slates computed at the request by `full`, over HTTP, one worker."""

from collections.abc import Iterator
from pathlib import Path

import httpx2

from benchmarks.services.running import USERS, Service, service
from benchmarks.services.wrk import load
from benchmarks.table import Row

N_CONNECTIONS = 8
N_LOOKED_AT = 200
N_AGAIN = 200


def _script(n_users: int) -> str:
    return f"""
request = function()
   local user = math.random(1, {n_users})
   return wrk.format("GET", "/api/v1/recommendations/" .. user .. "?model=full")
end
"""


def rows(data_dir: Path) -> Iterator[Row]:
    with service(data_dir) as running:
        of_all = _script(len(USERS))
        load(running.address, of_all, n_connections=N_CONNECTIONS, seconds=3)
        done = load(running.address, of_all, n_connections=N_CONNECTIONS)
        again = load(running.address, _script(N_AGAIN), n_connections=N_CONNECTIONS)
        share = _of_the_model(running)
    yield Row(
        "personal slates a second over HTTP, full, one worker, ML-1M, p50 / p99",
        f"{done.per_s:,.0f}, {done.p50_ms:.1f} / {done.p99_ms:.1f} ms, {share:.1%} by the model",
        ">= 150",
    )
    yield Row(
        f"the same, {N_AGAIN} users who ask again and again",
        f"{again.per_s:,.0f}, {again.p50_ms:.1f} / {again.p99_ms:.1f} ms",
        ">= 1,000",
    )


def _of_the_model(running: Service) -> float:
    with httpx2.Client(base_url=f"{running.address}/api/v1/recommendations") as client:
        users = USERS[:: len(USERS) // N_LOOKED_AT]
        sources = [client.get(f"/{user}?model=full").json()["source"] for user in users]
    return sources.count("model") / len(sources)
