"""What pages before showed, as the text a client hands back for the next one."""

import base64
import binascii
from typing import Annotated

import numpy as np
from pydantic import Field, TypeAdapter, ValidationError

from tastemaker.api import page_cursor
from tastemaker.core.ids import Id, SessionId
from tastemaker.core.slate import Slate
from tastemaker.recommend.shown import Shown, first_page

MAX_SHOWN = 1_000
"""Items on all pages together; it bounds the text."""

SlateCursor = Annotated[
    str | None,
    Field(
        max_length=10_000,
        description="`next_cursor` of the slate before: the next best items in the same session,"
        " none of them twice.",
    ),
]
_SESSION_ID: TypeAdapter[str] = TypeAdapter(Id)


def read(cursor: str | None) -> Shown | None:
    """Raises RequestInvalid for a text that `next_cursor` did not make."""
    if cursor is None:
        return None
    match page_cursor.read(cursor):
        case [str(session_id), str(packed)]:
            try:
                raw = base64.b85decode(packed)
                shown = np.frombuffer(raw, "<u4")[:MAX_SHOWN].astype(np.uint32)
                return Shown(SessionId(_SESSION_ID.validate_python(session_id)), shown)
            except (ValueError, binascii.Error, ValidationError) as error:
                raise page_cursor.unusable() from error
    raise page_cursor.unusable()


def next_cursor(slate: Slate, before: Shown | None, k: int) -> str | None:
    """None where nothing is left, or where as much was shown as a cursor holds."""
    packed = packed_shown(slate, before, k)
    session_id = slate.session_id if before is None else before.session_id
    return None if packed is None else in_session(session_id, packed)


def packed_shown(slate: Slate, before: Shown | None, k: int) -> str | None:
    """The part of the cursor that does not depend on the session."""
    shown = first_page(slate) if before is None else before.and_then(slate)
    if len(slate.items) < k or len(shown.fingerprint) + k > MAX_SHOWN:
        return None
    return base64.b85encode(shown.fingerprint.astype("<u4").tobytes()).decode()


def in_session(session_id: SessionId, packed: str) -> str:
    return page_cursor.written([session_id, packed])
