"""Names and shape of a bus in Redis: eight streams a topic, one entry a message."""

import json
import zlib
from collections.abc import Mapping

from tastemaker.adapters.bus.foreign import headers_of, readable
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
    """An entry without a value has all its fields as one, so that they can be seen."""
    at = entry_id.decode()
    message = Message(
        readable(entry.get(b"id", f"{place[0]}:{place[1]}:{at}".encode())),
        readable(entry.get(b"key", b"")),
        entry[b"value"] if b"value" in entry else _as_json(entry),
        headers_of(entry.get(b"headers", b"{}")),
    )
    return Delivery(place[0], message, f"{place[1]}:{at}")


def _as_json(entry: Mapping[bytes, bytes]) -> bytes:
    return json.dumps({readable(name): readable(text) for name, text in entry.items()}).encode()
