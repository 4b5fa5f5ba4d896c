"""Commands on the messages between roles."""

import typer
from rich.table import Table

from tastemaker import wire
from tastemaker.cli import console
from tastemaker.cli.options import ConfigOption, HomeOption, settings_of

app = typer.Typer(name="events", help="Messages that no role could handle.", no_args_is_help=True)


@app.command("set-aside")
def show(home: HomeOption = None, config: ConfigOption = None) -> None:
    """List the messages set aside, with the reason."""
    table = Table("topic", "role", "message", "why", "content")
    found = wire.messages_set_aside(settings_of(config, home))
    for delivery in found:
        message = delivery.message
        content = message.value.decode("utf-8", "replace")[:200]
        told = (message.headers.get(name, "") for name in ("topic", "group"))
        table.add_row(*told, message.message_id, message.headers.get("why", ""), content)
    if found:
        console.out.print(table)
    console.out.print(f"{len(found)} messages are set aside.")


@app.command()
def replay(home: HomeOption = None, config: ConfigOption = None) -> None:
    """Give all of them back to their topics, to be tried again."""
    n_given_back = wire.replay_set_aside(settings_of(config, home))
    console.out.print(f"{n_given_back} messages were given back.")
