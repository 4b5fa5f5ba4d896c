"""Every interface that has more than one adapter, on one page."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import ClassVar, Protocol, Self, TypeVar, runtime_checkable

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel

from tastemaker.core.history import History
from tastemaker.core.ids import SessionId, UserId
from tastemaker.core.kept import Kept
from tastemaker.core.message import Delivery, Message
from tastemaker.core.slate_record import AnsweredSlate, ShownSlate, SlateFeedback
from tastemaker.core.stored_slate import SlateKey, StoredSlate
from tastemaker.core.training_set import TrainingSet

Config = TypeVar("Config", bound=BaseModel, contravariant=True)


class CandidateModel(Protocol[Config]):
    """Scores every item of the vocabulary for a history it has never seen, without a refit.

    Scores are float32, higher is better, comparable within one answer only; -inf where the model
    has no opinion. An empty history is legal everywhere. Same data, config and rng: same answers.
    """

    name: ClassVar[str]
    """As in the configuration and in every answer's provenance."""

    config_class: ClassVar[type[BaseModel]]

    @property
    def config(self) -> BaseModel:
        """What the model was fitted with."""
        ...

    @classmethod
    def fit(cls, training: TrainingSet, config: Config, rng: np.random.Generator) -> Self:
        """Raises NotEnoughData where nothing can be learned."""
        ...

    def score(self, history: History) -> NDArray[np.float32]:
        """(n_items,)"""
        ...

    def score_many(self, histories: Sequence[History]) -> NDArray[np.float32]:
        """(len(histories), n_items), the same numbers as `score` up to float rounding."""
        ...

    def explain(self, history: History, items: NDArray[np.int32]) -> NDArray[np.float32]:
        """(len(items), len(history)): how much each entry of the history adds to an item's score.

        items: distinct positions in the vocabulary.
        """
        ...

    def save(self, folder: Path) -> None:
        """Arrays (.npy) and JSON into a new or empty folder."""
        ...

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Memory-maps what `save` wrote. Raises ModelCorrupt."""
        ...


@runtime_checkable
class SignalSource(Protocol):
    """A candidate model that can say more of every item than one score."""

    @property
    def signal_names(self) -> tuple[str, ...]:
        """The first is the one that stands for the model."""
        ...

    def signals(self, histories: Sequence[History]) -> NDArray[np.float32]:
        """(len(histories), n_signals, n_items); -inf where the model has no opinion."""
        ...


class Bus(Protocol):
    """Topics of messages, each read by groups of consumers: at least once, in order by key.

    Safe to use from several threads. Every method raises BusUnavailable where the server is away,
    DiskFull where it can write no more.
    """

    def publish(self, topic: str, messages: Sequence[Message]) -> None:
        """All are durable on return; where it raises, some may be written: write all again."""
        ...

    def subscribe(self, topics: Sequence[str], group: str) -> "Subscription":
        """Join a group, which reads each message once between its members. A new group begins with
        the oldest message kept."""
        ...

    def lag(self, topic: str, group: str) -> int:
        """Messages that the group has not acknowledged yet."""
        ...

    def kept(self, topic: str) -> Kept:
        """Messages that are there, read or not."""
        ...

    def prune(self, topic: str, before: datetime, read_by: str | None = None) -> None:
        """Forget messages written before this; read_by: only what this group has acknowledged."""
        ...

    def close(self) -> None: ...


class Subscription(Protocol):
    """One member of a group; used by one thread."""

    def poll(self, max_messages: int, timeout_s: float) -> Sequence[Delivery]:
        """What is there, at least one message where one comes within the time. Of messages with
        one key, a member gets a later one when the earlier is acknowledged or was given to it too.
        Where it raises, polling goes on later, or after subscribing anew.
        """
        ...

    def acknowledge(self, deliveries: Sequence[Delivery]) -> None:
        """Done with: never delivered to this group again. In the order that `poll` gave, from the
        first not acknowledged yet."""
        ...

    def close(self) -> None:
        """Leave; what is not acknowledged goes to the other members, or to the next that joins."""
        ...


class Slates(Protocol):
    """Slates computed ahead, by kind, owner and variant; one a key, gone after its time to live.

    Every method raises SlatesUnavailable where the server is away.
    """

    def get(self, key: SlateKey) -> StoredSlate | None: ...

    def put_many(self, slates: Sequence[StoredSlate]) -> None:
        """Each replaces the one of its key, unless that was made later; one made later than
        `last_credible` is no hindrance."""
        ...

    def older_than(
        self, made_before: datetime, model_version: str, n: int
    ) -> Iterator[Sequence[SlateKey]]:
        """Keys whose slate was made before, or by another version; the oldest first. In pages of at
        most n, each read when it is asked for: what is made anew meanwhile need not come."""
        ...

    def delete(self, keys: Sequence[SlateKey]) -> None: ...

    def kept(self) -> Kept:
        """Slates that are there."""
        ...

    def prune(self) -> None:
        """Free the room of slates whose time is over; a server that does so itself does nothing."""
        ...


class SlateLog(Protocol):
    """What was shown and how it was answered. Raises SlateLogUnavailable where it is away."""

    def record(self, shown: Sequence[ShownSlate], feedback: Sequence[SlateFeedback]) -> None:
        """Either list may be empty. What is there already (by session_id, by event_id) stays."""
        ...

    def find(self, session_id: SessionId) -> AnsweredSlate | None: ...

    def read(
        self, experiment: str | None, since: datetime, until: datetime
    ) -> Iterator[AnsweredSlate]:
        """Shown in [since, until), in the order of time. experiment: None for all slates."""
        ...

    def kept(self) -> Kept:
        """Slates recorded, and the bytes of them and of the answers to them."""
        ...

    def prune(self, before: datetime) -> None:
        """Forget slates shown before, with their feedback."""
        ...

    def forget(self, user_id: UserId) -> None:
        """Forget the slates shown to a user with their feedback, and what the user answered."""
        ...


class Blobs(Protocol):
    """Files by name, seen whole or not at all. Raises BlobsUnavailable where they are away."""

    def put(self, name: str, content: bytes) -> None:
        """name: parts joined by '/', no name being another's folder. Replaces what was there."""
        ...

    def get(self, name: str) -> bytes:
        """Raises NotFound."""
        ...

    def names(self, prefix: str) -> Sequence[str]:
        """In order of the alphabet."""
        ...

    def delete(self, names: Sequence[str]) -> None:
        """Names that are not there are passed over."""
        ...
