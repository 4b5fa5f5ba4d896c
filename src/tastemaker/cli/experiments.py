"""`tastemaker experiments`: what is compared on people, and what came of it."""

import math
from typing import Annotated

import orjson
import typer
from rich.box import SIMPLE_HEAD
from rich.table import Table

from tastemaker import wire
from tastemaker.cli import console
from tastemaker.cli.options import ConfigOption, HomeOption, settings_of
from tastemaker.observe.experiments.confidence import Difference, Rate
from tastemaker.observe.experiments.experiment_config import Measure
from tastemaker.observe.experiments.report import ExperimentReport, VariantReport

app = typer.Typer(
    name="experiments",
    help="What is compared on people, and what came of it.",
    no_args_is_help=True,
)


@app.command("list")
def list_experiments(home: HomeOption = None, config: ConfigOption = None) -> None:
    """Every experiment of the configuration, with its verdict."""
    table = Table("name", "variants", "on", "users", "verdict", box=SIMPLE_HEAD)
    settings = settings_of(config, home)
    for found in wire.experiment_reports(settings):
        variants = ", ".join(f"{one.variant} {one.weight:g}" for one in found.variants)
        n_users = sum(one.n_users for one in found.variants)
        is_on = "yes" if found.is_on else "no"
        table.add_row(found.name, variants, is_on, f"{n_users:,}", found.verdict.sentence)
    console.out.print(table)


@app.command()
def report(
    name: Annotated[str, typer.Argument(help="Of the experiment, as configured.")],
    as_json: Annotated[bool, typer.Option("--json", help="As JSON, for programs.")] = False,
    home: HomeOption = None,
    config: ConfigOption = None,
) -> None:
    """Rates of each variant with their intervals, differences, and what to do."""
    found = wire.experiment_report(settings_of(config, home), name)
    if as_json:
        typer.echo(orjson.dumps(found, option=orjson.OPT_INDENT_2).decode())
        return
    console.out.print(_rates(found))
    console.out.print(_differences(found))
    console.out.print(_health(found))
    for line in _notes(found):
        console.out.print(line, soft_wrap=True, highlight=False, markup=False)


def _rates(found: ExperimentReport) -> Table:
    measures = (measure.value for measure in Measure)
    title = f"{found.name}: rates with their 95 % intervals, by user"
    table = Table("variant", "users", "slates", *measures, title=title, box=SIMPLE_HEAD)
    for one in found.variants:
        rates = (_rate(one.rates[measure]) for measure in Measure)
        table.add_row(_name(found, one), f"{one.n_users:,}", f"{one.n_slates:,}", *rates)
    return table


def _differences(found: ExperimentReport) -> Table:
    title = f"Difference from {found.control}"
    columns = ("variant", "measure", "difference", "95 % at one look", "valid at every look")
    table = Table(*columns, title=title, box=SIMPLE_HEAD)
    for one in found.variants:
        for measure, difference in (one.differences or {}).items():
            table.add_row(one.variant, measure, *_difference(difference))
    return table


def _health(found: ExperimentReport) -> Table:
    table = Table("variant", "not personal", "different items", title="Health", box=SIMPLE_HEAD)
    for one in found.variants:
        health = one.health
        table.add_row(one.variant, f"{health.fallbacks:.1%}", f"{health.n_different:,.0f}")
    return table


def _notes(found: ExperimentReport) -> list[str]:
    notes = [f"Users are shared out by the weights: p = {found.sample_ratio_p:.4f}."]
    if found.n_mixed_users:
        notes.append(f"{found.n_mixed_users:,} users saw several variants and are left out.")
    return [*notes, found.verdict.sentence]


def _name(found: ExperimentReport, one: VariantReport) -> str:
    return f"{one.variant} (control)" if one.variant == found.control else one.variant


def _rate(rate: Rate) -> str:
    return f"{rate.value:.4f} {_between(rate.low, rate.high)}"


def _difference(one: Difference) -> tuple[str, str, str]:
    return (
        f"{one.value:+.4f}",
        _between(one.low, one.high),
        _between(one.always_low, one.always_high),
    )


def _between(low: float, high: float) -> str:
    return f"({low:.4f} to {high:.4f})" if math.isfinite(low) else "(unknown)"
