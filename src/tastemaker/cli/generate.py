"""The command that makes up data: generate."""

from enum import StrEnum
from typing import Annotated

import typer

from tastemaker import wire
from tastemaker.cli import console
from tastemaker.synthesis.world import WorldConfig


class Format(StrEnum):
    CSV = "csv"
    PARQUET = "parquet"
    JSONL = "jsonl"


def generate(
    target: Annotated[
        str,
        typer.Argument(help="A folder, sqlite:///FILE, postgresql://..., mongodb://HOST/NAME."),
    ],
    users: Annotated[int, typer.Option(min=1)] = 1_000,
    items: Annotated[int, typer.Option(min=1, help="Films.")] = 500,
    tastes: Annotated[int, typer.Option(min=1, help="Groups of films; each user has one.")] = 10,
    events: Annotated[int, typer.Option(min=1, help="Of a user, at most.")] = 20,
    share_of_taste: Annotated[
        float, typer.Option(min=0, max=1, help="Of the events inside the own group.")
    ] = 0.7,
    seed: Annotated[int, typer.Option(min=0, help="The same seed, the same data.")] = 0,
    format: Annotated[Format, typer.Option(help="Of the files in a folder.")] = Format.CSV,  # noqa: A002
) -> None:
    """Make up users, films and histories with known tastes, and say how to ingest them."""
    config = WorldConfig(
        n_users=users,
        n_items=items,
        n_tastes=tastes,
        events_a_user=events,
        share_of_taste=share_of_taste,
        seed=seed,
    )
    world, toml = wire.generate(target, config, format.value)
    what = f"{world.n_events:,} events of {users:,} users on {items:,} films"
    console.out.print(f"{what} are in {_where(target)}. To ingest them:", highlight=False)
    if "://" not in target:
        command = f"tastemaker ingest --config {target}/tastemaker.toml"
        console.out.print(command, highlight=False, soft_wrap=True)
        return
    console.out.print("tastemaker ingest, with this in tastemaker.toml:\n", highlight=False)
    console.out.print(toml, highlight=False, markup=False, soft_wrap=True, end="")


def _where(target: str) -> str:
    """Without user and password."""
    scheme, separator, rest = target.partition("://")
    return f"{scheme}{separator}{rest.rpartition('@')[2]}" if separator else target
