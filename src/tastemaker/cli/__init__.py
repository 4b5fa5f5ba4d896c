"""The command line: `tastemaker COMMAND`."""

import signal
import sys

import typer

from tastemaker.cli import (
    console,
    data,
    events,
    experience,
    experiments,
    generate,
    models,
    people,
    play,
    roles,
    versions,
)
from tastemaker.core.errors import TastemakerError

app = typer.Typer(
    name="tastemaker",
    help="A self-hosted recommender: from interactions to personal recommendations.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for command in (
    experience.up,
    data.ingest,
    data.preprocess,
    data.movies,
    models.train,
    models.evaluate,
    models.fit,
    models.recommend,
    people.admin,
    experience.config,
    experience.doctor,
    roles.role,
    generate.generate,
    play.simulate,
    play.ask,
):
    app.command()(command)
app.add_typer(versions.app)
app.add_typer(events.app)
app.add_typer(experiments.app)


def main() -> None:
    """Exit status: 0 done, 1 an error explained in one line, 2 a misused option, 130 Ctrl-C."""
    console.configure_logs()
    # As an ordinary exit, so that files are closed and processes of ours end with this one.
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    try:
        app()
    except TastemakerError as error:
        console.explain(error)
        sys.exit(1)
    except OSError as error:
        typed = console.as_typed(error)
        if typed is None:
            raise
        console.explain(typed)
        sys.exit(1)
