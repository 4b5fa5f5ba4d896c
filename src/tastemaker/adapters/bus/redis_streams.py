"""Names and shape of a bus in Redis: eight streams a topic, one entry a message."""

import json
import zlib
from collections.abc import Mapping

from tastemaker.adapters.bus.sharing import Place
from tastemaker.core.message import Delivery, Message

N_PARTITIONS = 8
"""Of every topic, for ever: with another number, messages of one key would part ways."""


def stream(place: Place) -> str:
    topic, partition = place
    return f"bus:{topic}:{partition}"


def streams(topic: str) -> list[str]:
    return [stream((topic, partition)) for partition in range(N_PARTITIONS)]


def stream_of(topic: str, message: Message) -> str:
    key = message.key or message.message_id
    return stream((topic, zlib.crc32(key.encode()) % N_PARTITIONS))


def entry_of(message: Message) -> dict[str, str | bytes]:
    return {
        "id": message.message_id,
        "key": message.key,
        "value": message.value,
        "headers": json.dumps(dict(message.headers)),
    }


def delivery_of(place: Place, entry_id: bytes, entry: Mapping[bytes, bytes]) -> Delivery:
    message = Message(
        entry[b"id"].decode(),
        entry[b"key"].decode(),
        entry[b"value"],
        json.loads(entry[b"headers"]),
    )
    return Delivery(place[0], message, f"{place[1]}:{entry_id.decode()}")
