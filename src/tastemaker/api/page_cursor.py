"""Where the next page begins, as a text the client hands back unread."""

import base64
import binascii
from typing import Annotated, Any

import orjson
from fastapi import Query

from tastemaker.core.errors import RequestInvalid

Cursor = Annotated[
    str | None,
    Query(max_length=2_000, description="`next_cursor` of the page before; none for the first."),
]
Limit = Annotated[int, Query(ge=1, le=200, description="Entries a page.")]


def written(place: list[Any]) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(place)).decode().rstrip("=")


def read(cursor: str) -> list[Any]:
    """Raises RequestInvalid for a text that `written` did not make."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        place = orjson.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (binascii.Error, ValueError) as error:
        raise unusable() from error
    if not isinstance(place, list):
        raise unusable()
    return place


def unusable() -> RequestInvalid:
    return RequestInvalid(
        "The cursor belongs to no page of this list",
        where="query.cursor",
        next_step="Begin again without a cursor.",
    )
