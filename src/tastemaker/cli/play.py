"""Commands that play: simulate (events onto the bus) and ask (many users at once)."""

import asyncio
import random
import time
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from tastemaker import wire
from tastemaker.cli import console
from tastemaker.cli.options import ConfigOption, HomeOption, settings_of
from tastemaker.roles.client import Tally, ask_many, tally, write_answers
from tastemaker.roles.simulator import Pace


def simulate(
    last: Annotated[int, typer.Option(min=1, help="So many of the newest events.")] = 1_000,
    period_s: Annotated[
        float | None, typer.Option(min=0, help="Between two events; else their real gaps.")
    ] = None,
    speed_up: Annotated[float, typer.Option(min=1e-9, help="Of the real gaps.")] = 1.0,
    home: HomeOption = None,
    config: ConfigOption = None,
) -> None:
    """Play the newest events of the data onto the bus as if they happened now. Stopped, it goes
    on from there the next time."""
    pace = Pace(period_s=period_s, speed_up=speed_up)
    settings = settings_of(config, home)
    with wire.simulator(settings, last, pace) as player, console.progress("simulate") as report:
        n_sent = player.run(lambda n: report("events", n / len(player.events)))
    console.out.print(f"{n_sent} of {len(player.events)} events are on the bus.")


def ask(
    users: Annotated[Path, typer.Argument(help="A file with one user id a line.")],
    out: Annotated[Path, typer.Option(help="CSV of what was answered.")],
    url: Annotated[str, typer.Option(help="Of the server.")] = "http://127.0.0.1:8000",
    k: Annotated[int, typer.Option(min=1)] = 20,
    model: Annotated[str | None, typer.Option(help="A variant; else the default one.")] = None,
    duplicates: Annotated[
        float, typer.Option(min=0, max=10, help="So many repetitions for every user, by chance.")
    ] = 0.0,
    concurrency: Annotated[int, typer.Option(min=1, max=1_000)] = 32,
    tries: Annotated[int, typer.Option(min=1, max=20, help="Of each user.")] = 5,
) -> None:
    """Ask a server for the recommendations of many users, and print rate and percentiles."""
    ids = [line.strip() for line in users.read_text(encoding="utf-8").splitlines() if line.strip()]
    ids += random.Random(0).choices(ids, k=int(duplicates * len(ids))) if ids else []
    started_s = time.monotonic()
    answers = asyncio.run(
        ask_many(
            url,
            ids,
            k=k,
            model=model,
            concurrency=concurrency,
            n_tries=tries,
            stopwatch=time.monotonic,
        )
    )
    counted = tally(answers, time.monotonic() - started_s)
    write_answers(out, answers)
    console.out.print(_table(counted))
    if counted.n_missing:
        raise typer.Exit(1)


def _table(counted: Tally) -> Table:
    table = Table("what", "figure")
    table.add_row("asked", f"{counted.n_asked:,}")
    table.add_row("without an answer", f"{counted.n_missing:,}")
    table.add_row("asked more than once", f"{counted.n_retried:,}")
    table.add_row("answers a second", f"{counted.rate:,.0f}")
    for percentile, ms in counted.latency_ms.items():
        table.add_row(f"p{percentile}", f"{ms:.1f} ms")
    for source, n in sorted(counted.sources.items()):
        table.add_row(f"from {source}", f"{n:,}")
    return table
