"""Identifiers. Strings everywhere, so that any catalogue's own ids survive a round trip."""

from typing import Annotated, NewType

from pydantic import StringConstraints

UserId = NewType("UserId", str)
ItemId = NewType("ItemId", str)
EventId = NewType("EventId", str)
SessionId = NewType("SessionId", str)
AccountId = NewType("AccountId", str)

MAX_ID_LENGTH = 256
_ONE_LINE = r"^[^\x00-\x1f\x7f]+$"
"""No control characters: no id has them, logs and databases choke on them."""

Id = Annotated[str, StringConstraints(min_length=1, max_length=MAX_ID_LENGTH, pattern=_ONE_LINE)]
"""Any of them, as it comes from outside."""
