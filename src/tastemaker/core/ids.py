"""Identifiers. Strings everywhere, so that any catalogue's own ids survive a round trip."""

from typing import NewType

UserId = NewType("UserId", str)
ItemId = NewType("ItemId", str)
EventId = NewType("EventId", str)
SessionId = NewType("SessionId", str)
AccountId = NewType("AccountId", str)

MAX_ID_LENGTH = 256
