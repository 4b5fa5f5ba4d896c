"""Ids of items, checked against the catalogue."""

from tastemaker.core.errors import NotFound
from tastemaker.core.ids import ItemId
from tastemaker.ingest.catalogue import Catalogue


def known_item(catalogue: Catalogue, item_id: str) -> ItemId:
    """Raises NotFound."""
    if item_id not in catalogue.position:
        raise NotFound(
            f"No item '{item_id}'", where="item_id", next_step="List them: GET /api/v1/items."
        )
    return ItemId(item_id)
