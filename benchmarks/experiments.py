"""What noting a slate costs, and how often an experiment without a difference finds one."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from benchmarks.table import Row
from tastemaker.adapters.slate_log.sql import SqlSlateLog
from tastemaker.core.ids import ItemId, SessionId, UserId
from tastemaker.core.slate_record import ShownSlate
from tastemaker.observe.experiments.assign import Experiments
from tastemaker.observe.experiments.confidence import difference, rate
from tastemaker.observe.experiments.experiment_config import ExperimentConfig
from tastemaker.observe.experiments.report import report
from tastemaker.observe.slate_writer import SlateWriter, SlateWritingConfig
from tastemaker.store.engine import StoreConfig, open_engine
from tastemaker.store.migrate import migrate

N_SLATES = 20_000
AT_ONCE = 2_000
NOW = datetime(2026, 1, 1, tzinfo=UTC)
ITEMS = tuple(ItemId(str(number)) for number in range(20))
CONFIG = ExperimentConfig(variants={"als": 1, "full": 1})
N_EXPERIMENTS = 400
N_USERS = 400


def rows(_: Path) -> Iterator[Row]:
    with TemporaryDirectory() as folder:
        engine = open_engine(f"sqlite:///{folder}/slates.db", StoreConfig())
        migrate(engine)
        yield from _costs(SqlSlateLog(engine))
        engine.dispose()
    always, once = np.mean([_ever_sure(seed) for seed in range(N_EXPERIMENTS)], axis=0)
    yield Row("no difference, seen at any of many looks", f"{always:.1%}", "<= 5 %")
    yield Row("the same by the interval for one look", f"{once:.1%}")


def _costs(slate_log: SqlSlateLog) -> Iterator[Row]:
    experiments = Experiments({"summer": CONFIG})
    writer = SlateWriter(slate_log, SlateWritingConfig(write_every_s=60), time.monotonic)
    slates = [_slate(number) for number in range(N_SLATES)]

    def write() -> None:
        for start in range(0, N_SLATES, AT_ONCE):
            slate_log.record(slates[start : start + AT_ONCE], [])

    def queue() -> None:
        for number in range(N_SLATES):
            writer.shown(_slate(number))

    def assign() -> None:
        for slate in slates:
            experiments.assign(slate.user_id, NOW)

    yield Row("slate noted, in the request", _cost(queue))
    yield Row("variant of a user drawn", _cost(assign))
    yield Row("slate written, in the background", _cost(write))
    writer.close()
    started_s = time.perf_counter()
    report("summer", CONFIG, slate_log.read("summer", NOW, NOW + timedelta(days=1)), NOW)
    per_slate_us = 1e6 * (time.perf_counter() - started_s) / N_SLATES
    yield Row(f"report on {N_SLATES:,} slates", f"{per_slate_us:.0f} us a slate")


def _cost(work: Callable[[], None]) -> str:
    started_s = time.process_time()
    work()
    return f"{1e6 * (time.process_time() - started_s) / N_SLATES:.1f} us of a core"


def _slate(number: int) -> ShownSlate:
    return ShownSlate(
        session_id=SessionId(f"{number:032}"),
        user_id=UserId(str(number % 6_040)),
        experiment="summer",
        variant=("als", "full")[number % 2],
        model_version="20260101T120000.000000-0123456789ab",
        source="model",
        item_ids=ITEMS,
        at=NOW,
    )


@dataclass(slots=True)
class _Sure:
    always: bool = False
    once: bool = False


def _ever_sure(seed: int) -> tuple[bool, bool]:
    """Users differ in taste and come back; somebody looks after every tenth slate."""
    rng = np.random.default_rng(seed)
    is_first = rng.random(N_USERS) < 0.5
    taste = rng.beta(0.6, 2, N_USERS)
    came = np.repeat(np.arange(N_USERS), 1 + rng.poisson(3, N_USERS))
    order = np.argsort(np.sort(rng.random(N_USERS))[came] + rng.exponential(0.3, len(came)))
    above, below = np.zeros(N_USERS), np.zeros(N_USERS)
    sure = _Sure()
    for look, user in enumerate(came[order]):
        above[user] += rng.random() < taste[user]
        below[user] += 1
        groups = [(below > 0) & is_first, (below > 0) & ~is_first] if look % 10 == 0 else []
        if groups and min(group.sum() for group in groups) >= 30:
            first, second = (rate(above[group], below[group]) for group in groups)
            found = difference(first, second, CONFIG.alpha, N_USERS)
            sure.always |= found.is_sure
            sure.once |= found.low > 0 or found.high < 0
    return sure.always, sure.once
