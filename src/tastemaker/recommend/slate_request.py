"""What is asked for when a slate is asked for."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from tastemaker.core.history import PastEvent
from tastemaker.recommend.filters import Filters
from tastemaker.recommend.shown import Shown


@dataclass(frozen=True, slots=True)
class SlateRequest:
    """past: oldest first. variant: None for the default one. favourite_genres: asked for
    only where what is personal does not fill the slate.

    shown: by the pages before, which this one continues; None for the first page.
    """

    past: Sequence[PastEvent]
    k: int = 20
    variant: str | None = None
    filters: Filters = field(default_factory=Filters)
    favourite_genres: Callable[[], Sequence[str]] = tuple
    shown: Shown | None = None
