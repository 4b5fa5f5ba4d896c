"""One line of an import file, whatever the format."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

Cells = Mapping[str, str]
"""By column name in lower case; "" where the line is too short."""


@dataclass(frozen=True, slots=True)
class ImportRow:
    """rating: stars in [0.5, 5] in halves. at: None where the file does not say when. owner: whose
    row it is, in formats that can hold several people's."""

    item_id: str | None = None
    imdb_id: str | None = None
    tmdb_id: str | None = None
    title: str = ""
    year: int | None = None
    rating: float | None = None
    watched: bool = False
    on_watchlist: bool = False
    review: str | None = None
    at: datetime | None = None
    owner: str = ""


@dataclass(frozen=True, slots=True)
class ImportFormat:
    """columns: all of them, in lower case, tell the format. row: raises BadRow."""

    name: str
    columns: frozenset[str]
    row: Callable[[Cells, str], ImportRow]
    """The second argument is the file's name, in lower case."""


class BadRow(Exception):
    """A line that cannot be used; its text is the reason, for the report."""


def stars(text: str, full_marks: int = 5) -> float | None:
    """None for an empty cell. Raises BadRow."""
    if not text.strip():
        return None
    try:
        value = float(text.replace(",", ".")) * 5 / full_marks
    except ValueError:
        raise BadRow(f"rating is not a number: {text[:20]!r}") from None
    if not 0.5 <= value <= 5 or value * 2 != round(value * 2):
        raise BadRow(f"rating is out of range: {text[:20]!r}")
    return value


def day(text: str) -> datetime | None:
    """Midnight, UTC, of an ISO date or date and time. None for an empty cell. Raises BadRow."""
    if not text.strip():
        return None
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError:
        raise BadRow(f"date is not a date: {text[:20]!r}") from None
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def unix_time(text: str) -> datetime | None:
    """None for an empty cell. Raises BadRow."""
    if not text.strip():
        return None
    try:
        return datetime.fromtimestamp(int(text), UTC)
    except (ValueError, OverflowError, OSError):
        raise BadRow(f"timestamp is not Unix seconds: {text[:20]!r}") from None


def year_number(text: str) -> int | None:
    """None for an empty cell. Raises BadRow."""
    if not text.strip():
        return None
    if not (text.strip().isdecimal() and len(text.strip()) == 4):
        raise BadRow(f"year is not a year: {text[:20]!r}")
    return int(text)
