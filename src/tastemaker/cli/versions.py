"""`tastemaker models`: what was trained, what became of it, and what is in service."""

from typing import Annotated

import typer
from rich.markup import escape
from rich.padding import Padding

from tastemaker import wire
from tastemaker.cli import console
from tastemaker.cli.options import ConfigOption, HomeOption, settings_of
from tastemaker.cli.version_report import (
    RECALL_SHOWN_AT,
    recall_table,
    report,
    summary,
    verdict_tables,
)
from tastemaker.train.gate import CANDIDATE, IN_SERVICE

app = typer.Typer(
    name="models",
    help="List, show, compare, promote, roll back and prune the trained versions.",
    no_args_is_help=True,
)

VersionArgument = Annotated[str, typer.Argument(help="As `tastemaker models list` names it.")]


@app.command("list")
def list_versions(home: HomeOption = None, config: ConfigOption = None) -> None:
    """Every version on the disk, the newest first, with its state and the reason."""
    versions = wire.listed_versions(settings_of(config, home))
    if not versions:
        console.out.print("Nothing is trained yet. Next: tastemaker train.")
        return
    for one in versions:
        state = f"{one.state}, damaged" if one.damage else one.state
        console.out.print(f"[bold]{one.version}[/bold]  {state}", highlight=False, soft_wrap=True)
        for line in filter(None, [one.damage or one.record.reason, *summary(one.record)]):
            console.out.print(Padding(escape(line), (0, 0, 0, 2)), highlight=False)
    console.out.print(
        f"Behind the metric of a variant: recall@{RECALL_SHOWN_AT} of its candidates.",
        highlight=False,
    )


@app.command()
def show(version: VersionArgument, home: HomeOption = None, config: ConfigOption = None) -> None:
    """All that is known of a version: verdict, figures, what its rankers read, data, recipe."""
    for table in report(*wire.version(settings_of(config, home), version)):
        console.out.print(table)


@app.command()
def compare(
    first: VersionArgument,
    second: VersionArgument,
    home: HomeOption = None,
    config: ConfigOption = None,
) -> None:
    """Measure two versions on events that neither was trained on, beside the baselines.

    Where no such events are left, for the jury or the weights have changed since, it says so.
    """
    settings = settings_of(config, home)
    verdict = wire.compare(settings, first, second)
    names = {CANDIDATE: first, IN_SERVICE: second}
    for table in verdict_tables(verdict, names):
        console.out.print(table)
    recorded = {name: wire.version(settings, name)[0].record for name in (first, second)}
    recall = {name: one.candidate_recall for name, one in recorded.items()}
    if any(recall.values()):
        console.out.print(recall_table(recall))
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
