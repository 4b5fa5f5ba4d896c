"""An entry of the catalogue."""

from dataclasses import dataclass, field
from enum import StrEnum

from tastemaker.core.ids import ItemId


class ItemKind(StrEnum):
    MOVIE = "movie"
    PRODUCT = "product"


@dataclass(frozen=True, slots=True)
class Item:
    """year: None where unknown. external_ids: e.g. {"imdb": "0114709", "tmdb": "862"}."""

    item_id: ItemId
    title: str
    kind: ItemKind = ItemKind.MOVIE
    year: int | None = None
    categories: tuple[str, ...] = ()
    attributes: dict[str, str] = field(default_factory=dict)
    description: str = ""
    price: float | None = None
    image: str | None = None
    external_ids: dict[str, str] = field(default_factory=dict)
    available: bool = True
