"""A slate as it is kept until somebody asks: ready to be sent, but for the session."""

from dataclasses import dataclass
from typing import Any

import orjson

from tastemaker.api.slate_answer import slate_answer
from tastemaker.api.slate_cursor import in_session, packed_shown
from tastemaker.core.ids import ItemId, SessionId
from tastemaker.core.slate import Slate, Source
from tastemaker.ingest.catalogue import Catalogue


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
    """A line that says what it is, and the body."""
    answer = slate_answer(slate, catalogue) | {"source": Source.STORED}
    del answer["session_id"], answer["next_cursor"]
    head = {
        "revision": revision,
        "k": k,
        "model_version": slate.model_version,
        "item_ids": [item.item_id for item in slate.items],
        "packed": packed_shown(slate, None, k),
    }
    return orjson.dumps(head) + b"\n" + orjson.dumps(answer)


def read(answer: bytes) -> StoredAnswer:
    """What `written` made."""
    head, _, body = answer.partition(b"\n")
    told: dict[str, Any] = orjson.loads(head)
    item_ids = tuple(map(ItemId, told["item_ids"]))
    return StoredAnswer(
        told["revision"], told["k"], told["model_version"], item_ids, told["packed"], body
    )


def sent(stored: StoredAnswer, session_id: SessionId) -> bytes:
    """The whole `SlateAnswer`: the first page of a session that begins now."""
    cursor = None if stored.packed is None else in_session(session_id, stored.packed)
    opening = orjson.dumps({"session_id": session_id, "next_cursor": cursor})
    return opening[:-1] + b"," + stored.body[1:]
