"""Everything an account has left here, to take along."""

import csv
import io
import zipfile
from collections.abc import Sequence
from typing import Any

import orjson

from tastemaker.accounts.imports.own import COLUMNS
from tastemaker.accounts.own_items import OwnItem, OwnItems
from tastemaker.core.account import Account
from tastemaker.core.interaction import Interaction
from tastemaker.core.item import Item
from tastemaker.ingest.catalogue import Catalogue


def export_zip(
    account: Account, own_items: OwnItems, catalogue: Catalogue, picture: bytes | None = None
) -> bytes:
    """items.csv, which an import takes, account.json with the profile and every event, and the
    picture where there is one."""
    own = list(own_items.every(account).values())
    events = own_items.marks.events_of(account.user_id)
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("items.csv", _table(own, catalogue))
        archive.writestr("account.json", orjson.dumps(_document(account, events)))
        if picture is not None:
            archive.writestr("picture.webp", picture)
    return held.getvalue()


def _table(own_items: Sequence[OwnItem], catalogue: Catalogue) -> str:
    table = io.StringIO(newline="")
    writer = csv.DictWriter(table, COLUMNS)
    writer.writeheader()
    for own in own_items:
        position = catalogue.position.get(own.item_id)
        writer.writerow(_cells(own, None if position is None else catalogue.item(position)))
    return table.getvalue()


def _cells(own: OwnItem, item: Item | None) -> dict[str, object]:
    """item: None where it has left the catalogue."""
    external_ids = item.external_ids if item else {}
    return {
        "item_id": own.item_id,
        "imdb_id": external_ids.get("imdb", ""),
        "tmdb_id": external_ids.get("tmdb", ""),
        "title": item.title if item else "",
        "year": (item.year if item else None) or "",
        "rating": "" if own.marks.rating is None else own.marks.rating,
        "watched": "yes" if own.marks.watched else "",
        "on_watchlist": "yes" if own.marks.on_watchlist else "",
        "review": own.review or "",
        "at": "" if own.at is None else own.at.isoformat(),
    }


def _document(account: Account, events: Sequence[Interaction]) -> dict[str, Any]:
    return {
        "account": {
            "name": account.name,
            "user_id": account.user_id,
            "language": account.language,
            "favourite_genres": account.favourite_genres,
            "created_at": account.created_at,
        },
        "events": events,
    }
