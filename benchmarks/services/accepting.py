"""Events accepted for good, a hundred in a request, in the database and on Kafka."""

import os
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

from pydantic import SecretStr

from benchmarks.services.running import Service, service
from benchmarks.services.wrk import load
from benchmarks.table import Row
from tastemaker.core.backends import BusConfig
from tastemaker.core.clock import system_clock
from tastemaker.core.topics import Topic
from tastemaker.store.engine import StoreConfig, open_engine
from tastemaker.store.interactions import InteractionLog
from tastemaker.wire.backends import open_bus

KAFKA_URL = "TASTEMAKER_TEST_KAFKA_URL"
BATCH = 100
N_CONNECTIONS = 16
SCRIPT = f"""
local n = 0
local run = os.time() .. "-" .. math.random(1, 1000000000)
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
local items = {{"1", "2", "3", "5", "10", "260", "1196", "2571", "3114", "2858"}}
request = function()
   local events = {{}}
   for i = 1, {BATCH} do
      n = n + 1
      events[i] = '{{"event_id":"' .. run .. '-' .. n .. '","user_id":"' .. (n % 6040 + 1) ..
         '","item_id":"' .. items[n % 10 + 1] .. '","action":"rate","value":4.5}}'
   end
   return wrk.format(nil, "/api/v1/interactions", nil, "[" .. table.concat(events, ",") .. "]")
end
"""


def rows(data_dir: Path) -> Iterator[Row]:
    with service(data_dir) as running:
        yield _row(running, "in SQLite", ">= 10,000", lambda: _recorded(running))
    with service(data_dir, INTERACTIONS__THROUGH="bus") as running:
        yield _row(running, "on the bus in SQLite", "", lambda: _on_the_bus(None, running.home))
    url = os.environ.get(KAFKA_URL)
    if url is None:
        yield Row("events accepted a second on Kafka", f"left out: {KAFKA_URL} names none")
        return
    with service(data_dir, INTERACTIONS__THROUGH="bus", BUS__URL=url) as running:
        yield _row(running, "on Kafka", ">= 20,000", lambda: _on_the_bus(url, running.home))


def _row(running: Service, where: str, bound: str, count: Callable[[], int]) -> Row:
    before = count()
    done = load(running.address, SCRIPT, n_connections=N_CONNECTIONS)
    n_there = count() - before
    n_accepted = round(done.per_s * 10) * BATCH
    return Row(
        f"events accepted a second for good {where}, {BATCH} in a request, p50 / p99",
        f"{done.per_s * BATCH:,.0f}, {done.p50_ms:.0f} / {done.p99_ms:.0f} ms, "
        f"{n_there:,} found of {n_accepted:,} answered and some in flight",
        bound,
    )


def _recorded(running: Service) -> int:
    engine = open_engine(running.database_url, StoreConfig())
    log = InteractionLog(engine)
    try:
        return log.count()
    finally:
        log.close()
        engine.dispose()


def _on_the_bus(url: str | None, home: Path) -> int:
    config = BusConfig(url=None if url is None else SecretStr(url))
    with closing(open_bus(config, home, system_clock)) as bus:
        return bus.lag(Topic.INTERACTIONS, "nobody")
