"""A server for the tests of the pages: real data, one quick model, room for many newcomers."""

from pathlib import Path

from tastemaker.config import DEFAULT_VARIANTS

_SETTINGS = """\
[accounts]
max_registrations_an_address = 100000

[pictures]
"""


def write_settings(folder: Path, pictures: str = "") -> None:
    """Into the folder the server starts in. pictures: lines of that section."""
    variants = "".join(
        f"[variants.{name}]\nranking = false\n"
        f'models = ["{"popular" if name == "popular" else "transitions"}"]\n'
        for name in DEFAULT_VARIANTS
    )
    (folder / "tastemaker.toml").write_text(f"{_SETTINGS}{pictures}\n{variants}")
