"""A generated world written where it is wanted, and how it is ingested from there."""

import json
from pathlib import Path

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from tastemaker.core.errors import ConfigInvalid
from tastemaker.synthesis.world import World, WorldConfig
from tastemaker.synthesis.world import generate as generate_world
from tastemaker.synthesis.write_files import FileKind, write_files
from tastemaker.synthesis.write_mongo import write_mongo
from tastemaker.synthesis.write_sql import INTERACTIONS_QUERY, ITEMS_QUERY, write_sql

_ITEMS = {"item": "movie_id", "title": "title", "year": "year", "genres": "genres", "kind": "movie"}
_EVENTS = {"user": "user_id", "action": "action", "value": "value", "at": "at"}


def generate(target: str, config: WorldConfig, kind: FileKind) -> tuple[World, str]:
    """What was written, and the configuration that ingests it: text of TOML.

    target: a folder, or the URL of a database or of MongoDB. Raises ConfigInvalid, Conflict,
    StoreUnavailable.
    """
    if "://" not in target:
        world = generate_world(config)
        write_files(world, Path(target), kind)
        text = _toml_of_files(Path(target).absolute(), kind)
        (Path(target) / "tastemaker.toml").write_text(text, encoding="utf-8")
        return world, text
    if target.startswith(("mongodb://", "mongodb+srv://")):
        world = generate_world(config)
        write_mongo(world, target)
        return world, _toml(source=_without_password(target))
    try:
        shown = make_url(target).render_as_string(hide_password=True)
    except ArgumentError as error:
        raise ConfigInvalid(
            "The target cannot be read",
            next_step="Name a folder, or sqlite:///FILE, postgresql:// or mongodb://HOST/NAME.",
        ) from error
    world = generate_world(config)
    write_sql(world, target)
    return world, _toml_of_sql(shown)


def _without_password(url: str) -> str:
    scheme, _, rest = url.partition("://")
    user, at, place = rest.rpartition("@")
    return f"{scheme}://{user.partition(':')[0]}:***@{place}" if at else url


def _toml_of_files(folder: Path, kind: FileKind) -> str:
    return _toml(
        source=str(folder / f"interactions.{kind}"),
        items=str(folder / f"movies.{kind}"),
        columns=_EVENTS | {"item": "item_id", "item_kind": "movie"},
        item_columns=_ITEMS,
    )


def _toml_of_sql(url: str) -> str:
    return _toml(
        source=url,
        query=INTERACTIONS_QUERY,
        items=ITEMS_QUERY,
        columns=_EVENTS | {"item": "movie_id", "item_kind": "movie"},
        item_columns=_ITEMS,
    )


def _toml(**data: str | dict[str, str]) -> str:
    """A text in JSON is one in TOML."""
    lines = ["[data]"]
    for name, value in data.items():
        if isinstance(value, str):
            lines.append(f"{name} = {json.dumps(value)}")
        else:
            keys = ", ".join(f"{key} = {json.dumps(one)}" for key, one in value.items())
            lines.append(f"{name} = {{ {keys} }}")
    return "\n".join([*lines, ""])
