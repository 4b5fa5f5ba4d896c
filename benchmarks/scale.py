"""What the commands cost on a large generated data set: seconds and peak memory of each.

Generated, with known tastes: every person has one of many groups of items, from which most of
their events come, and items are used by a power law. Run as a program with a number of users and
a path it writes the events there.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import polars as pl

from benchmarks.speed.command_cost import Cost, command, only, run
from benchmarks.table import Row
from tastemaker.synthesis.draws import draw

N_USERS = 1_000_000
N_ITEMS = 100_000
N_EVENTS_A_USER = 20
N_GROUPS = 200
SHARE_OF_GROUP = 0.7
BEGIN_S = 1_700_000_000
YEAR_S = 365 * 86_400
VARIANTS = ("transitions", "full")


def rows(_: Path) -> Iterator[Row]:
    with TemporaryDirectory() as folder:
        events, home = Path(folder) / "events.parquet", Path(folder) / "home"
        run([sys.executable, "-m", "benchmarks.scale", str(N_USERS), str(events)], {})
        columns = ("--user-column", "user", "--item-column", "item", "--timestamp-column", "at")
        steps = {
            "ingest": ("ingest", str(events), *columns),
            "feature tables": ("preprocess",),
            "catalogue": ("movies",),
        }
        for step, arguments in steps.items():
            yield _row(step, run(command(home, *arguments), {}), "")
        for variant in VARIANTS:
            cost = run(command(home, "train"), only(variant))
            yield _row(f"training of {variant}", cost, "<= 8 GiB")


def _row(step: str, cost: Cost, bound: str) -> Row:
    size = f"{N_USERS:,} users, {N_ITEMS:,} items, {N_USERS * N_EVENTS_A_USER:,} events, generated"
    return Row(f"{step}: {size}", f"{cost.took_s:.0f} s, {cost.peak_gib:.1f} GiB peak", bound)


def generate(n_users: int, rng: np.random.Generator) -> pl.DataFrame:
    """Columns user, item, at (seconds); one row an event, in no order of time."""
    drawn = draw(n_users, N_ITEMS, N_GROUPS, N_EVENTS_A_USER, SHARE_OF_GROUP, rng)
    at_s = BEGIN_S + (YEAR_S * drawn.share_of_year).astype(np.int64)
    events = pl.DataFrame({"user": drawn.user, "item": drawn.item, "at": at_s})
    return events.with_columns(
        pl.format("u{}", "user").alias("user"), pl.format("i{}", "item").alias("item")
    )


if __name__ == "__main__":
    generate(int(sys.argv[1]), np.random.default_rng(0)).write_parquet(sys.argv[2])
