"""What travels over the bus between roles."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Message:
    """message_id: given by the writer; a consumer that has seen it does nothing again.

    key: messages of one topic with the same key are read in the order they were written; empty
    where order does not matter. value: JSON of what the topic carries. headers: the id that joins
    log lines from request to slate, and for a message set aside, from where and why.
    """

    message_id: str
    key: str
    value: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Delivery:
    """token: the place of the message, by which the adapter knows it when it is acknowledged."""

    topic: str
    message: Message
    token: str
