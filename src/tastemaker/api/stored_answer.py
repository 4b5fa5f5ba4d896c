"""A slate as it is kept until somebody asks: ready to be sent, but for the session."""

from dataclasses import dataclass
from typing import Any

import orjson

from tastemaker.api.slate_answer import slate_answer
from tastemaker.api.slate_cursor import in_session, packed_shown
from tastemaker.core.ids import ItemId, SessionId
from tastemaker.core.slate import Slate, Source
from tastemaker.ingest.catalogue import Catalogue

_FORM = 1
"""Another one with every change of what is written here, or of a `SlateAnswer`."""


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """revision: of the user's events that are counted, 0 where there were none. k: asked for.

    packed: of the next page's cursor; None where there is none. body: JSON of a `SlateAnswer`
    without its session and cursor.
    """

    revision: int
    k: int
    model_version: str
    item_ids: tuple[ItemId, ...]
    packed: str | None
    body: bytes


def written(slate: Slate, catalogue: Catalogue, k: int, revision: int) -> bytes:
    """A line that says what it is, and the body. Of a user."""
    return _written(slate, catalogue, k, revision, packed_shown(slate, None, k))


def written_similar(slate: Slate, catalogue: Catalogue, k: int) -> bytes:
    """The same of an item, which has one page and no events."""
    return _written(slate, catalogue, k, 0, None)


def _written(
    slate: Slate, catalogue: Catalogue, k: int, revision: int, packed: str | None
) -> bytes:
    answer = slate_answer(slate, catalogue) | {"source": Source.STORED}
    del answer["session_id"], answer["next_cursor"]
    head = {
        "form": _FORM,
        "revision": revision,
        "k": k,
        "model_version": slate.model_version,
        "item_ids": [item.item_id for item in slate.items],
        "packed": packed,
    }
    return orjson.dumps(head) + b"\n" + orjson.dumps(answer)


def read(answer: bytes) -> StoredAnswer | None:
    """What `written` made; None for what another release made, or nobody."""
    head, _, body = answer.partition(b"\n")
    try:
        told: dict[str, Any] = orjson.loads(head)
        if told["form"] != _FORM or not (body.startswith(b'{"') and body.endswith(b"}")):
            return None
        item_ids = tuple(map(ItemId, told["item_ids"]))
        return StoredAnswer(
            told["revision"], told["k"], told["model_version"], item_ids, told["packed"], body
        )
    except (ValueError, KeyError, TypeError):
        return None


def sent(stored: StoredAnswer, session_id: SessionId) -> bytes:
    """The whole `SlateAnswer`: the first page of a session that begins now."""
    cursor = None if stored.packed is None else in_session(session_id, stored.packed)
    opening = orjson.dumps({"session_id": session_id, "next_cursor": cursor})
    return opening[:-1] + b"," + stored.body[1:]
