"""Commands about people: admin."""

from typing import Annotated

import typer

from tastemaker import wire
from tastemaker.cli import console
from tastemaker.cli.options import ConfigOption, HomeOption, settings_of


def admin(
    name: Annotated[str, typer.Argument(help="Of an account, or of a new one.")],
    home: HomeOption = None,
    config: ConfigOption = None,
) -> None:
    """Give an account the rights of an operator; make it, with a password that is asked."""
    account = wire.make_admin(settings_of(config, home), name, _asked)
    console.out.print(f"{account.name} is an operator.", highlight=False, markup=False)


def _asked() -> str:
    return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))
