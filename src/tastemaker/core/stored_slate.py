"""A slate computed ahead, kept until somebody asks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

_CLOCKS_DIFFER_BY = timedelta(seconds=10)
"""At most, on the machines that make slates."""


class SlateKind(StrEnum):
    """For whom or what: a user's recommendations, or the items similar to one."""

    USER = "user"
    ITEM = "item"


@dataclass(frozen=True, slots=True)
class SlateKey:
    """owner_id: of the user or the item. variant: the pipeline by its name in the configuration."""

    kind: SlateKind
    owner_id: str
    variant: str


@dataclass(frozen=True, slots=True)
class StoredSlate:
    """answer: what a request is answered with, but for its session, in UTF-8. model_version: of
    the models it was computed by. made_at: aware, UTC."""

    key: SlateKey
    model_version: str
    made_at: datetime
    answer: bytes


def last_credible(now: datetime) -> datetime:
    """A slate that was made later than this was made before a clock stepped back: it says nothing
    of how new it is, and any other replaces it."""
    return now + _CLOCKS_DIFFER_BY


def latest(slates: Sequence[StoredSlate], now: datetime) -> list[StoredSlate]:
    """The one of each key that is left where they are put one after the other."""
    left: dict[SlateKey, StoredSlate] = {}
    for slate in slates:
        before = left.get(slate.key)
        if before is None or not slate.made_at < before.made_at <= last_credible(now):
            left[slate.key] = slate
    return list(left.values())
