"""Commands that show the whole: up, config, doctor."""

import sys
from typing import Annotated

import orjson
import typer

from tastemaker import wire
from tastemaker.cli import console
from tastemaker.cli.options import ConfigOption, HomeOption, settings_of
from tastemaker.roles.doctor import Finding, Health
from tastemaker.roles.gateway import bound_socket, serve


def up(
    data: Annotated[
        str | None, typer.Option("--data", help="movielens-small, a folder, a file or a URL.")
    ] = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on; 0: any free one.")] = None,
    home: HomeOption = None,
    config: ConfigOption = None,
) -> None:
    """Everything on one machine: data, models, server. Only what is missing is made."""
    settings = settings_of(config, home, data={"source": data}, api={"host": host, "port": port})
    wire.refuse_unsafe(settings)
    with bound_socket(settings.api.host, settings.api.port) as held:
        wire.prepare(settings, console.progress, console.configure_logs)
        with (
            wire.application(settings) as app,
            wire.roles_beside(settings, console.configure_logs),
        ):
            serve(app, held, console.announce)


def config(
    home: HomeOption = None,
    file: ConfigOption = None,
) -> None:
    """Print the effective configuration. Secrets are not shown."""
    shown = settings_of(file, home).model_dump(mode="json")
    sys.stdout.buffer.write(orjson.dumps(shown, option=orjson.OPT_INDENT_2) + b"\n")


def doctor(home: HomeOption = None, config: ConfigOption = None) -> None:
    """Say in plain words what works, whether answers are personal, and what to do."""
    findings = wire.examine(settings_of(config, home))
    for finding in findings:
        _print(finding)
    if any(finding.health is Health.BROKEN for finding in findings):
        raise typer.Exit(1)


def _print(finding: Finding) -> None:
    mark = {Health.GOOD: "[green]✓[/]", Health.WARNING: "[yellow]![/]", Health.BROKEN: "[red]✗[/]"}
    console.out.print(mark[finding.health], finding.what, highlight=False)
    if finding.next_step:
        console.out.print(f"  → {finding.next_step}", highlight=False)
