"""The command that runs one role by itself."""

from typing import Annotated

import typer

from tastemaker import wire
from tastemaker.cli import console
from tastemaker.cli.options import ConfigOption, HomeOption, settings_of
from tastemaker.roles.gateway import bound_socket, serve
from tastemaker.roles.running import run_until_stopped

GATEWAY = "gateway"


def role(
    name: Annotated[str, typer.Argument(help="gateway, trainer, refresher, recorder, scheduler.")],
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[
        int | None, typer.Option(help="Of the gateway, or of a role's figures; 0: any free one.")
    ] = None,
    home: HomeOption = None,
    config: ConfigOption = None,
) -> None:
    """Run one role until SIGTERM or Ctrl-C: what is in hand is finished or given back."""
    section = "api" if name == GATEWAY else "role_server"
    settings = settings_of(config, home, **{section: {"host": host, "port": port}})
    if name == GATEWAY:
        wire.refuse_unsafe(settings)
        with (
            bound_socket(settings.api.host, settings.api.port) as held,
            wire.application(settings) as app,
        ):
            serve(app, held, console.announce)
        return
    with wire.open_roles(settings, [name], console.configure_logs) as running:
        run_until_stopped(running, lambda: console.out.print(f"The {name} is ready."))
