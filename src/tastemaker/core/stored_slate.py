"""A slate computed ahead, kept until somebody asks."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


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
