"""Items as answers show them."""

from typing import Any

from pydantic import BaseModel, Field

from tastemaker.ingest.catalogue import Catalogue


class ItemInList(BaseModel):
    item_id: str
    title: str
    year: int | None = Field(description="None where unknown.")
    genres: list[str]
    price: float | None
    available: bool
    n_ratings: int
    mean_rating: float | None = Field(description="None without ratings.")


class ItemInFull(ItemInList):
    kind: str
    description: str
    image: str | None
    attributes: dict[str, str]
    external_ids: dict[str, str] = Field(description="For example `imdb` and `tmdb`.")


def item_in_list(catalogue: Catalogue, position: int) -> dict[str, Any]:
    """An `ItemInList`. position: in the catalogue."""
    item = catalogue.item(position)
    n_ratings = int(catalogue.n_ratings[position])
    return {
        "item_id": item.item_id,
        "title": item.title,
        "year": item.year,
        "genres": item.categories,
        "price": item.price,
        "available": item.available,
        "n_ratings": n_ratings,
        "mean_rating": round(float(catalogue.mean_rating[position]), 3) if n_ratings else None,
    }


def item_in_full(catalogue: Catalogue, position: int) -> dict[str, Any]:
    """An `ItemInFull`."""
    item = catalogue.item(position)
    return item_in_list(catalogue, position) | {
        "kind": item.kind.value,
        "description": item.description,
        "image": item.image,
        "attributes": item.attributes,
        "external_ids": item.external_ids,
    }


ITEM_EXAMPLE: dict[str, Any] = {
    "item_id": "1",
    "title": "Toy Story",
    "year": 1995,
    "genres": ["Adventure", "Animation", "Children", "Comedy", "Fantasy"],
    "price": None,
    "available": True,
    "n_ratings": 215,
    "mean_rating": 3.921,
}
