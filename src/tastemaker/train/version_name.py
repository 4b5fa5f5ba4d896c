"""Names of trained versions: by the alphabet they are in the order they were made in."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta

_MOMENT = "%Y%m%dT%H%M%S.%f"
_A_MOMENT = timedelta(microseconds=1)


def version_name(now: datetime, data_version: str, known: Iterable[str]) -> str:
    """After all that are known, also where the clock has stepped back."""
    moment = max([now, *(made_at + _A_MOMENT for made_at in _moments(known))])
    return f"{moment:{_MOMENT}}-{data_version}"


def _moments(names: Iterable[str]) -> Iterator[datetime]:
    for name in names:
        with suppress(ValueError):
            yield datetime.strptime(name.partition("-")[0], _MOMENT).replace(tzinfo=UTC)
