"""Commands on models: train, evaluate, fit, recommend."""

from pathlib import Path
from typing import Annotated

import typer

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
)
from tastemaker.ingest.columns import ColumnMap
from tastemaker.train.batch import load
from tastemaker.train.batch_files import write_recommendations
from tastemaker.train.report import tables, write_report
from tastemaker.train.run_evaluation import Part
from tastemaker.train.split import Protocol

File = Annotated[Path, typer.Argument(help="CSV, TSV, Parquet or JSONL, or a MovieLens folder.")]
ModelDir = Annotated[Path, typer.Option("--model-dir", help="Folder of the fitted model.")]


def train(home: HomeOption = None, config: ConfigOption = None) -> None:
    """Fit every model the variants need; what passes the gate goes into service."""
    settings = settings_of(config, home)
    with console.progress("train") as report:
        made = wire.train(settings, report)
    said = made.manifest
    console.out.print(
        f"Models {made.version} are {made.state}: {', '.join(sorted(said.configs))}, "
        f"trained on {said.n_events:,} events of {said.n_users:,} users. {made.record.reason}",
        highlight=False,
        soft_wrap=True,
    )
    for name, why in made.record.left_out.items():
        console.out.print(f"Left out: {name}: {why}", highlight=False, soft_wrap=True)


def evaluate(
    data: DataArgument = None,
    protocol: Annotated[Protocol, typer.Option(help="How the data is split.")] = Protocol.LAST_OUT,
    variants: Annotated[str, typer.Option(help="Names, separated by commas.")] = "transitions,ease",
    part: Annotated[str, typer.Option(help="test, or validation to choose settings by.")] = "test",
    rounds: Annotated[int, typer.Option(min=1, help="strong: of asking other people.")] = 1,
    out: Annotated[Path, typer.Option(help="Folder of JSON, table and plot.")] = Path("evaluation"),
    user_column: UserColumn = None,
    item_column: ItemColumn = None,
    timestamp_column: TimestampColumn = None,
    value_column: ValueColumn = None,
    action_column: ActionColumn = None,
    home: HomeOption = None,
    config: ConfigOption = None,
) -> None:
    """Measure variants on the whole catalogue, beside popularity and item-kNN.

    Without DATA the ingested data set is used.
    """
    columns = column_map(user_column, item_column, timestamp_column, value_column, action_column)
    settings = settings_of(config, home, data={"columns": columns})
    names = [name.strip() for name in variants.split(",") if name.strip()]
    with console.progress("evaluate") as report:
        measured = wire.evaluate(settings, data, protocol, names, _part(part), rounds, report)
    for table in tables(measured):
        console.out.print(table)
    for path in write_report(measured, out):
        console.out.print(f"Written: {path}")


def fit(
    file: File,
    model_dir: ModelDir,
    variant: Annotated[str, typer.Option(help="A variant of the configuration.")] = "transitions",
    user_column: UserColumn = None,
    item_column: ItemColumn = None,
    timestamp_column: TimestampColumn = None,
    value_column: ValueColumn = None,
    action_column: ActionColumn = None,
    config: ConfigOption = None,
) -> None:
    """Fit one variant to a file, for use without a server."""
    columns = column_map(user_column, item_column, timestamp_column, value_column, action_column)
    settings = settings_of(config, None, data={"columns": columns})
    with console.progress("fit") as report:
        made = wire.fit_batch(settings, str(file), variant, report)
        made.save(model_dir)
    console.out.print(f"'{variant}' is in {model_dir}")


def recommend(
    model_dir: ModelDir,
    histories: Annotated[Path, typer.Option(help="File of what people did.")],
    out: Annotated[Path, typer.Option(help="Ends in .csv or .parquet.")],
    k: Annotated[int, typer.Option(help="Items a person.")] = 10,
    include_seen: Annotated[bool, typer.Option("--include-seen")] = False,
    user_column: UserColumn = None,
    item_column: ItemColumn = None,
    timestamp_column: TimestampColumn = None,
    value_column: ValueColumn = None,
    action_column: ActionColumn = None,
) -> None:
    """Recommend to everybody of a file with a fitted model."""
    columns = column_map(user_column, item_column, timestamp_column, value_column, action_column)
    given = None if columns is None else ColumnMap.model_validate(columns)
    with console.progress("recommend") as report:
        rows = load(model_dir).recommend(
            histories, k, columns=given, include_seen=include_seen, on_progress=report
        )
        write_recommendations(rows, out)
    console.out.print(f"{len(rows):,} rows for {rows['user'].n_unique():,} people in {out}")


def _part(name: str) -> Part:
    match name:
        case "test" | "validation":
            return name
    raise typer.BadParameter("test or validation", param_hint="--part")
