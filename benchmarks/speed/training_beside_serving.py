"""How much slower a server answers while it trains: one client, models of MovieLens 1M."""

import http.client
import json
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np

from benchmarks.speed.serving import Client, running_server
from benchmarks.table import Row

VARIANTS = ("transitions", "full")
N_REQUESTS = 1_000
PAUSE_S = 0.01
"""Between requests, so that they spread over the whole training."""


def rows(data_dir: Path) -> Iterator[Row]:
    with (
        tempfile.TemporaryDirectory() as folder,
        running_server(Path(folder) / "home", data_dir / "ml-1m") as (_, address),
    ):
        idle = _asked(address, lambda n_asked: n_asked < N_REQUESTS)
        started_s = time.perf_counter()
        _call(address, "POST")
        beside = _asked(address, lambda _: _call(address, "GET")["phase"] in ("asked", "running"))
        took_s = time.perf_counter() - started_s
        ended = _call(address, "GET")
    for variant in VARIANTS:
        idle_p99, beside_p99 = (
            float(np.percentile(one[variant], 99)) * 1_000 for one in (idle, beside)
        )
        yield Row(
            f"personal slate of {variant}, p99 idle / while training",
            f"{idle_p99:.1f} / {beside_p99:.1f} ms ({beside_p99 / idle_p99:.1f} times)",
            "<= 2 times",
        )
    n_beside = sum(map(len, beside.values()))
    yield Row(
        "training beside the server, ML-1M, all variants",
        f"{took_s:.0f} s, {n_beside:,} requests answered, ended {ended['outcome']}",
    )


def _asked(address: str, goes_on: Callable[[int], bool]) -> dict[str, list[float]]:
    """Seconds of each personal slate, by variant; goes_on: told how many there were of each."""
    client = Client(address)
    users = np.random.default_rng(0)
    taken: dict[str, list[float]] = {variant: [] for variant in VARIANTS}
    while goes_on(len(taken[VARIANTS[0]])):
        for user in users.integers(1, 6_041, 50):
            for variant, seconds in taken.items():
                started_s = time.perf_counter()
                client.slate(f"/api/v1/recommendations/{user}?model={variant}")
                seconds.append(time.perf_counter() - started_s)
                time.sleep(PAUSE_S)
    return taken


def _call(address: str, method: str) -> dict[str, object]:
    connection = http.client.HTTPConnection(urlsplit(address).netloc)
    connection.request(method, "/api/v1/retrain")
    answer: dict[str, object] = json.loads(connection.getresponse().read())
    connection.close()
    return answer
