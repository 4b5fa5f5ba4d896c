"""Commands on the messages between roles."""

import typer
from rich.table import Table
from rich.text import Text

from tastemaker import wire
from tastemaker.cli import console
from tastemaker.cli.options import ConfigOption, HomeOption, settings_of

_MAX_CONTENT = 200

app = typer.Typer(name="events", help="Messages that no role could handle.", no_args_is_help=True)


@app.command("set-aside")
def show(home: HomeOption = None, config: ConfigOption = None) -> None:
    """List the messages set aside, with the reason."""
    table = Table("topic", "role", "message", "why", "content")
    found = wire.messages_set_aside(settings_of(config, home))
    for delivery in found:
        message = delivery.message
        content = message.value.decode(errors="backslashreplace")[:_MAX_CONTENT]
        topic, group, why = (message.headers.get(name, "") for name in ("topic", "group", "why"))
        # Brackets in them are what others wrote, no colours.
        table.add_row(*map(Text, (topic, group, message.message_id, why, content)))
    if found:
        console.out.print(table)
    console.out.print(f"{len(found)} messages are set aside.")


@app.command()
def replay(home: HomeOption = None, config: ConfigOption = None) -> None:
    """Give all of them back to their topics, to be tried again."""
    n_given_back = wire.replay_set_aside(settings_of(config, home))
    console.out.print(f"{n_given_back} messages were given back.")
