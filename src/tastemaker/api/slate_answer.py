"""Slates as answers show them: with titles, and with reasons in words."""

from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel, Field

from tastemaker.core.ids import ItemId
from tastemaker.core.slate import Reason, ReasonKind, Slate, SlateItem, Source
from tastemaker.ingest.catalogue import Catalogue


class EvidenceInAnswer(BaseModel):
    item_id: str
    title: str
    share: float = Field(description="Part of the score that this item carries, in (0, 1].")


class ReasonInAnswer(BaseModel):
    kind: ReasonKind
    text: str = Field(description="The reason in plain English.")
    because: list[EvidenceInAnswer]
    genre: str | None = Field(description="Of a reason of kind `genre`.")


class ItemInSlate(BaseModel):
    item_id: str
    title: str
    year: int | None
    genres: list[str]
    score: float = Field(description="Comparable within this slate only.")
    reason: ReasonInAnswer
    models: list[str] = Field(description="Who proposed the item.")


class SlateAnswer(BaseModel):
    items: list[ItemInSlate] = Field(description="Best first.")
    source: Source = Field(description="The step that made it; only `model` is personal.")
    model: str
    model_version: str
    session_id: str = Field(description="Name it in events that answer this slate.")
    next_cursor: str | None = Field(
        default=None, description="Give it as `cursor` for the next best items; None at the end."
    )
    is_cut_short: bool = Field(
        default=False,
        description="The person is known, but the model failed or took too long: ask again.",
    )
    unknown_items: list[str] = Field(
        default=[], description="Of the posted history: what the catalogue does not know."
    )


def slate_answer(
    slate: Slate,
    catalogue: Catalogue,
    next_cursor: str | None = None,
    unknown_items: Sequence[str] = (),
) -> dict[str, Any]:
    """A `SlateAnswer`."""
    return {
        "items": [_item(item, catalogue) for item in slate.items],
        "source": slate.source,
        "model": slate.model,
        "model_version": slate.model_version,
        "session_id": slate.session_id,
        "next_cursor": next_cursor,
        "is_cut_short": slate.is_cut_short,
        "unknown_items": unknown_items,
    }


def _item(shown: SlateItem, catalogue: Catalogue) -> dict[str, Any]:
    item = catalogue.item(catalogue.position[shown.item_id])
    return {
        "item_id": shown.item_id,
        "title": item.title,
        "year": item.year,
        "genres": item.categories,
        "score": shown.score,
        "reason": _reason(shown.reason, catalogue),
        "models": shown.models,
    }


def _reason(reason: Reason, catalogue: Catalogue) -> dict[str, Any]:
    because = [
        {
            "item_id": evidence.item_id,
            "title": title_of(evidence.item_id, catalogue),
            "share": evidence.share,
        }
        for evidence in reason.because
    ]
    titles = [str(evidence["title"]) for evidence in because]
    return {
        "kind": reason.kind,
        "text": _text(reason, titles),
        "because": because,
        "genre": reason.genre,
    }


def _text(reason: Reason, titles: list[str]) -> str:
    match reason.kind:
        case ReasonKind.HISTORY:
            return f"Because of {_listed(titles)} in your history"
        case ReasonKind.SIMILAR:
            return f"People who chose {_listed(titles)} also chose this"
        case ReasonKind.ALIKE:
            return f"Genres and words in common with {_listed(titles)}"
        case ReasonKind.GENRE:
            return f"Popular in {reason.genre}"
        case ReasonKind.POPULAR:
            return "Popular with everybody"


def _listed(titles: list[str]) -> str:
    if len(titles) == 1:
        return titles[0]
    return f"{', '.join(titles[:-1])} and {titles[-1]}"


def title_of(item_id: ItemId, catalogue: Catalogue) -> str:
    """The id itself where the catalogue has the item no more."""
    position = catalogue.position.get(item_id)
    return str(item_id) if position is None else catalogue.titles[position]


SLATE_EXAMPLE: dict[str, Any] = {
    "items": [
        {
            "item_id": "3114",
            "title": "Toy Story 2",
            "year": 1999,
            "genres": ["Adventure", "Animation", "Children", "Comedy", "Fantasy"],
            "score": 1.25,
            "reason": {
                "kind": "history",
                "text": "Because of Toy Story in your history",
                "because": [{"item_id": "1", "title": "Toy Story", "share": 0.8}],
                "genre": None,
            },
            "models": ["transitions"],
        }
    ],
    "source": "model",
    "model": "transitions",
    "model_version": "20240101-000000",
    "session_id": "0b5c7a5e",
    "next_cursor": None,
    "is_cut_short": False,
    "unknown_items": [],
}
