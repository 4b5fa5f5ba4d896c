"""Write what the code knows best: the API's description and the configuration's keys.

python -m docs.generate          # docs/openapi.json, docs/configuration.md, tastemaker.toml
"""

import inspect
import json
import re
from collections.abc import Iterator
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from tastemaker.api.app import describe
from tastemaker.config import Settings

ROOT = Path(__file__).parent.parent
_HEAD = """\
# Configuration

One TOML file: `tastemaker.toml` in the folder of the start, or `--config FILE`. An environment
variable beats it: `TASTEMAKER__SECTION__KEY`, for example `TASTEMAKER__API__PORT=9000`; an option
of the command line beats both. An unknown key or a value out of its bounds is refused at start.
`tastemaker config` prints what is in force, without secrets. This page is written from the code
by `make docs`.

| key | default | bounds | meaning |
|---|---|---|---|
"""
_COMMENT = re.compile(r"^ {4}(\w+):.*#\s(.+)$")


def documents() -> dict[Path, str]:
    """Every generated file with its content."""
    return {
        ROOT / "docs" / "openapi.json": json.dumps(describe(), indent=1, sort_keys=True) + "\n",
        ROOT / "docs" / "configuration.md": configuration_page(),
        ROOT / "tastemaker.toml": commented_defaults(),
    }


def configuration_page() -> str:
    rows = [
        f"| `{f'{section}.{key}'.lstrip('.')}` | `{_shown(default)}` | {bounds} | {comment} |"
        for section, key, default, bounds, comment in _keys()
    ]
    return _HEAD + "\n".join(rows) + "\n"


def commented_defaults() -> str:
    """A TOML file in which every key stands as a comment with its default."""
    lines = ["# Every key with its default. Take the # away to change one."]
    current = ""
    for section, key, default, _, comment in _keys():
        if section != current:
            lines += ["", f"# [{section}]"]
            current = section
        shown = "" if default is None else _shown(default)
        lines.append(f"# {key} = {shown}".rstrip() + (f"  # {comment}" if comment else ""))
    return "\n".join(lines) + "\n"


def _keys() -> Iterator[tuple[str, str, Any, str, str]]:
    """Section, key, default, bounds and comment of every key."""
    yield from _of_model(Settings(), "")


def _of_model(settings: BaseModel, section: str) -> Iterator[tuple[str, str, Any, str, str]]:
    comments = _comments(type(settings))
    nested = []
    for name, field in type(settings).model_fields.items():
        value = getattr(settings, name)
        # Of many alike, what one leaves out is told where another one has it.
        value = _left_out(field) if value is None and not section.startswith("variants.") else value
        inner = f"{section}.{name}" if section else name
        if isinstance(value, BaseModel):
            nested.append((value, inner))
        elif isinstance(value, dict) and all(isinstance(v, BaseModel) for v in value.values()):
            nested += [(entry, f"{inner}.{key}") for key, entry in value.items()]
        else:
            yield section, name, value, _bounds(field), comments.get(name, "")
    for value, inner in nested:
        yield from _of_model(value, inner)


def _left_out(field: FieldInfo) -> BaseModel | None:
    """The defaults of a section that may be left out as a whole."""
    for kind in get_args(field.annotation):
        if inspect.isclass(kind) and issubclass(kind, BaseModel):
            return kind.model_construct()
    return None


def _comments(model: type[BaseModel]) -> dict[str, str]:
    try:
        source = inspect.getsource(model)
    except (OSError, TypeError):
        return {}
    found = (_COMMENT.match(line) for line in source.splitlines())
    return {match[1]: match[2] for match in found if match}


def _bounds(field: FieldInfo) -> str:
    signs = {"ge": "≥", "gt": ">", "le": "≤", "lt": "<", "min_length": "length ≥"}
    said = [
        f"{sign} {getattr(part, name)}"
        for part in field.metadata
        for name, sign in signs.items()
        if getattr(part, name, None) is not None
    ]
    return ", ".join([_kind(field.annotation), *said])


def _kind(annotation: Any) -> str:
    if get_origin(annotation) in (Union, UnionType):
        return " or ".join(_kind(a) for a in get_args(annotation) if a is not type(None))
    origin = get_origin(annotation)
    if origin is Annotated:
        return _kind(get_args(annotation)[0])
    if origin is Literal:
        return "one of " + ", ".join(map(str, get_args(annotation)))
    if origin is not None:
        return str(origin.__name__)
    return str(getattr(annotation, "__name__", annotation))


def _shown(value: Any) -> str:
    if value is None or value is PydanticUndefined:
        return "none"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return "[" + ", ".join(_shown(entry) for entry in value) + "]"
    if isinstance(value, dict):
        pairs = (f"{json.dumps(key)} = {_shown(entry)}" for key, entry in value.items())
        return "{" + ", ".join(pairs) + "}"
    if isinstance(value, int | float):
        return str(value)
    return json.dumps(str(value))


if __name__ == "__main__":
    for path, content in documents().items():
        path.write_text(content, encoding="utf-8")
        print(path.relative_to(ROOT))
