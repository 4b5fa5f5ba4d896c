"""What a benchmark yields, and how its figures are printed."""

from collections.abc import Iterable
from dataclasses import dataclass

from rich.table import Table


@dataclass(frozen=True)
class Row:
    """One figure with its unit, the bound it is held to and what a named peer reached."""

    what: str
    ours: str
    bound: str = ""
    peer: str = ""


def render(title: str, rows: Iterable[Row]) -> Table:
    table = Table("what", "ours", "bound", "peer", title=title, title_justify="left")
    for row in rows:
        table.add_row(row.what, row.ours, row.bound, row.peer)
    return table
