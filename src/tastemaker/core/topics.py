"""The topics of the bus and what each carries."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Literal, TypeVar

import orjson
from pydantic import AwareDatetime, BaseModel, ValidationError

from tastemaker.core import trace
from tastemaker.core.errors import RequestInvalid
from tastemaker.core.event_rules import Number
from tastemaker.core.ids import EventId, Id, ItemId, SessionId, UserId
from tastemaker.core.interaction import Action, Interaction
from tastemaker.core.message import Message
from tastemaker.core.stored_slate import SlateKey, SlateKind, StoredSlate


class Topic(StrEnum):
    INTERACTIONS = "interactions"
    RETRAIN = "retrain_model"
    MODEL_UPDATED = "model_updated"
    REFRESH = "refresh_recommendations"
    REQUESTS = "requests_for_predictions"
    UPDATES = "recommendation_updates"
    SET_ASIDE = "set_aside"
    """Messages that could not be handled, with the reason and where they came from."""


class Payload(BaseModel, frozen=True, extra="forbid"):
    """v: of the shape; a reader refuses one it does not know."""

    v: Literal[1] = 1

    def message(self, message_id: str, key: str = "") -> Message:
        """On behalf of the request that is answered at this moment."""
        value = self.model_dump_json(exclude_none=True).encode()
        return Message(message_id, key, value, trace.headers())


Some = TypeVar("Some", bound=Payload)


def payload_of(message: Message, kind: type[Some]) -> Some:
    """Raises RequestInvalid for a message that is none of this kind."""
    try:
        return kind.model_validate_json(message.value)
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise RequestInvalid(
            f"The message is no {kind.__name__}: {faults}", where=message.message_id
        ) from error


class InteractionHappened(Payload, frozen=True):
    event_id: Id
    user_id: Id
    item_id: Id
    action: Action
    value: Number | None = None
    at: AwareDatetime
    price: Number | None = None
    session_id: Id | None = None

    @classmethod
    def of(cls, event: Interaction) -> "InteractionHappened":
        return cls(
            event_id=event.event_id,
            user_id=event.user_id,
            item_id=event.item_id,
            action=event.action,
            value=event.value,
            at=event.at,
            price=event.price,
            session_id=event.session_id,
        )

    @staticmethod
    def messages(events: Iterable[Interaction]) -> list[Message]:
        """What `of` and `message` make of each, at a tenth of their cost."""
        headers = trace.headers()
        return [
            Message(
                event.event_id,
                event.user_id,
                orjson.dumps(
                    {
                        "v": 1,
                        "event_id": event.event_id,
                        "user_id": event.user_id,
                        "item_id": event.item_id,
                        "action": event.action.value,
                        "value": event.value,
                        "at": event.at,
                        "price": event.price,
                        "session_id": event.session_id,
                    }
                ),
                headers,
            )
            for event in events
        ]

    def interaction(self) -> Interaction:
        return Interaction(
            event_id=EventId(self.event_id),
            user_id=UserId(self.user_id),
            item_id=ItemId(self.item_id),
            action=self.action,
            value=self.value,
            at=self.at,
            price=self.price,
            session_id=None if self.session_id is None else SessionId(self.session_id),
        )


class RetrainAsked(Payload, frozen=True):
    """newest: asked for only where this is still the newest version; none: in any case."""

    asked_at: AwareDatetime
    why: str
    newest: str | None = None


class ModelUpdated(Payload, frozen=True):
    version: str


class RefreshAsked(Payload, frozen=True):
    """older_than: slates made before it are made anew, and those of another version. version: by
    these models or newer ones; none: by those in service."""

    older_than: AwareDatetime
    version: str | None = None


class PredictionAsked(Payload, frozen=True):
    """variant: none: each of which a slate is stored already. version: as in `RefreshAsked`."""

    kind: SlateKind
    owner_id: str
    variant: str | None = None
    asked_at: AwareDatetime
    version: str | None = None

    def keys(self, variants: Iterable[str]) -> list[SlateKey]:
        """variants: all there are."""
        wanted = variants if self.variant is None else (self.variant,)
        return [SlateKey(self.kind, self.owner_id, variant) for variant in wanted]

    @classmethod
    def of(cls, key: SlateKey, asked_at: datetime, version: str | None = None) -> Message:
        """With an id of its own, so that the same one asked for twice is known as such."""
        asked = cls(
            kind=key.kind,
            owner_id=key.owner_id,
            variant=key.variant,
            asked_at=asked_at,
            version=version,
        )
        named = f"{key.kind}:{key.owner_id}:{key.variant}"
        return asked.message(f"{named}@{asked_at.isoformat()}", named)

    @classmethod
    def of_user(cls, user_id: UserId, asked_at: datetime) -> Message:
        """All that is stored of the user."""
        asked = cls(kind=SlateKind.USER, owner_id=user_id, asked_at=asked_at)
        named = f"{SlateKind.USER}:{user_id}"
        return asked.message(f"{named}@{asked_at.isoformat()}", named)


class SlateMade(Payload, frozen=True):
    """answer: text of `StoredSlate.answer`."""

    kind: SlateKind
    owner_id: str
    variant: str
    model_version: str
    made_at: AwareDatetime
    answer: str

    def slate(self) -> StoredSlate:
        key = SlateKey(self.kind, self.owner_id, self.variant)
        return StoredSlate(key, self.model_version, self.made_at, self.answer.encode())

    @classmethod
    def of(cls, slate: StoredSlate) -> Message:
        made = cls(
            kind=slate.key.kind,
            owner_id=slate.key.owner_id,
            variant=slate.key.variant,
            model_version=slate.model_version,
            made_at=slate.made_at,
            answer=slate.answer.decode(),
        )
        named = f"{slate.key.kind}:{slate.key.owner_id}:{slate.key.variant}"
        return made.message(f"{named}@{slate.made_at.isoformat()}", named)
