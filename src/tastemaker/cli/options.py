"""Options that several commands share."""

from pathlib import Path
from typing import Annotated, Any

import typer

from tastemaker.config import Settings, load_settings

HomeOption = Annotated[
    Path | None, typer.Option("--home", help="Folder of data, features, models and database.")
]
ConfigOption = Annotated[
    Path | None, typer.Option("--config", help="TOML file; tastemaker.toml here by default.")
]
DataArgument = Annotated[
    str | None,
    typer.Argument(
        help="movielens-small, a MovieLens folder, a CSV, TSV, Parquet or JSONL file, or a "
        "database URL. The configured source by default."
    ),
]
UserColumn = Annotated[str | None, typer.Option("--user-column")]
ItemColumn = Annotated[str | None, typer.Option("--item-column")]
TimestampColumn = Annotated[str | None, typer.Option("--timestamp-column")]
ValueColumn = Annotated[str | None, typer.Option("--value-column")]
ActionColumn = Annotated[str | None, typer.Option("--action-column")]


def settings_of(config: Path | None, home: Path | None, **sections: dict[str, Any]) -> Settings:
    """sections: keys given as options; those left out (None) do not override anything."""
    given: dict[str, Any] = {}
    for name, keys in sections.items():
        kept = {key: value for key, value in keys.items() if value is not None}
        if kept:
            given[name] = kept
    if home is not None:
        given["home"] = home
    return load_settings(config, **given)


def column_map(
    user: str | None,
    item: str | None,
    timestamp: str | None,
    value: str | None,
    action: str | None,
) -> dict[str, str] | None:
    """The `data.columns` section from options; None where none was given."""
    return stated(user=user, item=item, at=timestamp, value=value, action=action)


def stated(**options: str | None) -> dict[str, str] | None:
    """The options that were given; None where none was."""
    given = {name: option for name, option in options.items() if option is not None}
    return given or None
