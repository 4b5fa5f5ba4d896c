"""Commands on data: ingest, preprocess, movies."""

from typing import Annotated

import typer
from rich.table import Table

from tastemaker import wire
from tastemaker.cli import console
from tastemaker.cli.options import (
    ActionColumn,
    ConfigOption,
    DataArgument,
    HomeOption,
    ItemColumn,
    TimestampColumn,
    UserColumn,
    ValueColumn,
    column_map,
    settings_of,
    stated,
)
from tastemaker.ingest.report import IngestReport


def ingest(
    data: DataArgument = None,
    query: Annotated[str | None, typer.Option(help="What to select from a database.")] = None,
    items: Annotated[str | None, typer.Option(help="File or query of the catalogue.")] = None,
    user_column: UserColumn = None,
    item_column: ItemColumn = None,
    timestamp_column: TimestampColumn = None,
    value_column: ValueColumn = None,
    action_column: ActionColumn = None,
    separator: Annotated[str | None, typer.Option(help="Between columns; guessed.")] = None,
    encoding: Annotated[str | None, typer.Option(help="utf-8 by default.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Report only.")] = False,
    replace: Annotated[bool, typer.Option("--replace", help="Start afresh.")] = False,
    home: HomeOption = None,
    config: ConfigOption = None,
) -> None:
    """Read interactions into the data set: checked, bad rows set aside with their reason."""
    columns = column_map(user_column, item_column, timestamp_column, value_column, action_column)
    settings = settings_of(
        config,
        home,
        data={
            "source": data,
            "query": query,
            "items": items,
            "columns": columns,
            "format": stated(separator=separator, encoding=encoding),
        },
    )
    with console.progress("ingest") as report:
        done = wire.ingest(settings, dry_run=dry_run, replace=replace, on_progress=report)
    _show(done)


def preprocess(home: HomeOption = None, config: ConfigOption = None) -> None:
    """Build the feature tables and the histories of the data set."""
    with console.progress("preprocess") as report:
        version = wire.preprocess(settings_of(config, home), on_progress=report)
    console.out.print(f"Features {version} are ready.")


def movies(home: HomeOption = None, config: ConfigOption = None) -> None:
    """Extract the catalogue that the server loads."""
    n_items, path = wire.extract_catalogue(settings_of(config, home))
    console.out.print(f"{n_items:,} items in {path}")


def _show(done: IngestReport) -> None:
    table = Table("", "", show_header=False, box=None)
    table.add_row("source", done.location)
    table.add_row("read", f"{done.n_read:,} rows")
    table.add_row("set aside", f"{done.n_rejected:,} rows")
    table.add_row("already there", f"{done.n_repeated:,} events")
    table.add_row("new", f"{done.n_new:,} events")
    table.add_row(
        "data set",
        f"{done.n_interactions:,} events of {done.n_users:,} users on {done.n_items:,} items",
    )
    table.add_row("version", str(done.version or "none yet"))
    console.out.print(table)
    for reason in done.reasons:
        console.out.print(f"  {reason.n_rows:,} rows of {reason.table}: {reason.reason}")
    for row in done.examples:
        console.out.print(f"    {row.table}, line {row.line}: {row.reason}", highlight=False)
    if done.rejects is not None and done.n_rejected:
        console.out.print(f"Every one of them: {done.rejects}")
    if done.is_dry_run:
        console.out.print("Dry run: nothing was written.")
    elif not done.is_changed:
        console.out.print("Nothing new: the data set stays as it is.")
