"""`tastemaker models`: what was trained, what became of it, and what is in service."""

from typing import Annotated

import typer
from rich.box import SIMPLE_HEAD
from rich.table import Column, Table

from tastemaker import wire
from tastemaker.cli import console
from tastemaker.cli.options import ConfigOption, HomeOption, settings_of
from tastemaker.train.gate import CANDIDATE, IN_SERVICE, Verdict
from tastemaker.train.model_store import StoredVersion

app = typer.Typer(
    name="models",
    help="List, compare, promote, roll back and prune the trained versions.",
    no_args_is_help=True,
)

VersionArgument = Annotated[str, typer.Argument(help="As `tastemaker models list` names it.")]


@app.command("list")
def list_versions(home: HomeOption = None, config: ConfigOption = None) -> None:
    """Every version on the disk, the newest first, with its state and the reason."""
    version = Column("version", no_wrap=True)
    table = Table(version, "state", "measured", "reason", box=SIMPLE_HEAD)
    for one in wire.versions(settings_of(config, home)):
        table.add_row(one.version, one.state, _measured(one), one.record.reason)
    console.out.print(table)


@app.command()
def compare(
    first: VersionArgument,
    second: VersionArgument,
    home: HomeOption = None,
    config: ConfigOption = None,
) -> None:
    """Measure two versions on events that neither was trained on, beside the baselines."""
    verdict = wire.compare(settings_of(config, home), first, second)
    names = {CANDIDATE: first, IN_SERVICE: second}
    for table in _tables(verdict, names):
        console.out.print(table)
    reason = verdict.reason.replace(IN_SERVICE, second)
    console.out.print(f"{first}: {reason}", soft_wrap=True, highlight=False)


@app.command()
def promote(version: VersionArgument, home: HomeOption = None, config: ConfigOption = None) -> None:
    """Put a version into service, whatever was thought of it; servers that run take it over."""
    wire.promote(settings_of(config, home), version)
    console.out.print(f"{version} is in service.", highlight=False)


@app.command()
def rollback(home: HomeOption = None, config: ConfigOption = None) -> None:
    """Put the version that served before back into service."""
    version = wire.roll_back(settings_of(config, home))
    console.out.print(f"{version} is in service again.", highlight=False)


@app.command()
def repeat(version: VersionArgument, home: HomeOption = None, config: ConfigOption = None) -> None:
    """Train a version once more from its record, and compare every byte. Nothing is stored."""
    with console.progress("repeat") as report:
        done = wire.repeat_version(settings_of(config, home), version, report)
    for change in done.changed:
        console.out.print(f"Changed since: {change}", highlight=False, soft_wrap=True)
    if done.differing:
        names = ", ".join(done.differing)
        console.out.print(f"Came out otherwise: {names}", highlight=False, soft_wrap=True)
        raise typer.Exit(1)
    console.out.print(f"{version}: repeated exactly, {done.n_files} files.", highlight=False)


@app.command()
def prune(
    keep: Annotated[int | None, typer.Option(min=1, help="Configured by default.")] = None,
    home: HomeOption = None,
    config: ConfigOption = None,
) -> None:
    """Delete the oldest versions; the one in service stays."""
    gone = wire.prune(settings_of(config, home), keep)
    console.out.print(f"Deleted: {', '.join(gone) or 'none'}.", highlight=False, soft_wrap=True)


def _measured(one: StoredVersion) -> str:
    verdict = one.record.verdict
    if verdict is None or CANDIDATE not in verdict.metrics:
        return "-"
    return f"{verdict.metric} {verdict.metrics[CANDIDATE][verdict.metric]:.4f}"


def _tables(verdict: Verdict, names: dict[str, str]) -> list[Table]:
    shown = [key for key in next(iter(verdict.metrics.values()), {}) if "novelty" not in key]
    title = f"Asked about {verdict.n_cases:,} people"
    means = Table("metric", *(names.get(name, name) for name in verdict.metrics), title=title)
    for metric in shown:
        means.add_row(metric, *(f"{one[metric]:.4f}" for one in verdict.metrics.values()))
    differences = Table("against", "difference", "95 % interval", title=verdict.metric)
    for one in verdict.compared:
        interval = f"{one.low:+.4f} to {one.high:+.4f}"
        differences.add_row(
            names.get(one.opponent, one.opponent), f"{one.difference:+.4f}", interval
        )
    return [means, differences]
