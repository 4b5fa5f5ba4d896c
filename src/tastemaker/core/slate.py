"""The answer: a ranked list that says why each item is there and which step produced it."""

from dataclasses import dataclass
from enum import StrEnum

from tastemaker.core.ids import ItemId, SessionId


class Source(StrEnum):
    """The step that produced a slate, from personal to not personal at all."""

    MODEL = "model"
    STORED = "stored"
    POPULAR_IN_GENRE = "popular_in_genre"
    POPULAR = "popular"


class ReasonKind(StrEnum):
    HISTORY = "history"
    SIMILAR = "similar"
    ALIKE = "alike"
    GENRE = "genre"
    POPULAR = "popular"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One item of the history and its share of the score, in (0, 1]."""

    item_id: ItemId
    share: float


@dataclass(frozen=True, slots=True)
class Reason:
    """kind HISTORY, SIMILAR (chosen by the same people) or ALIKE (genres and words in common):
    `because` holds evidence, strongest first; GENRE: `genre` is set."""

    kind: ReasonKind
    because: tuple[Evidence, ...] = ()
    genre: str | None = None


@dataclass(frozen=True, slots=True)
class SlateItem:
    """models: the candidate models that proposed the item, in the variant's order."""

    item_id: ItemId
    score: float
    reason: Reason
    models: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Slate:
    """items: best first. model: name of the variant and the version it was trained as.

    is_cut_short: the person is known, but the model failed or the time was up.
    """

    items: tuple[SlateItem, ...]
    source: Source
    model: str
    model_version: str
    session_id: SessionId
    is_cut_short: bool = False
