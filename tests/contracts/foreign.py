"""A program that knows nothing of this one writes onto a bus."""

import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from urllib.parse import urlsplit

import redis
from confluent_kafka import Producer

from tests.contracts.buses import BusAddress

NO_TEXT = b"\xff\xfe\x00"


def write_foreign(address: BusAddress, topic: str) -> None:
    """One message of a shape that no role knows, with names that are no text."""
    _WRITERS[urlsplit(address.url).scheme](address.url, topic)


def _onto_kafka(url: str, topic: str) -> None:
    producer = Producer({"bootstrap.servers": urlsplit(url).netloc})
    headers: list[tuple[str, str | bytes | None]] = [
        ("message-id", NO_TEXT),
        ("of", NO_TEXT),
        ("none", None),
    ]
    producer.produce(topic, NO_TEXT, NO_TEXT, headers=headers)
    assert producer.flush(60) == 0


def _onto_redis(url: str, topic: str) -> None:
    with redis.Redis.from_url(url) as client:
        client.xadd(f"bus:{topic}:0", {"what": NO_TEXT, "key": NO_TEXT, "headers": "[1"})


def _onto_sqlite(url: str, topic: str) -> None:
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection, connection:
        connection.execute(
            "INSERT INTO messages (topic, partition, message_id, key, value, headers, at_us)"
            " VALUES (?, 0, '', '', ?, '[1', 0)",
            (topic, NO_TEXT),
        )


_WRITERS: Mapping[str, Callable[[str, str], None]] = {
    "kafka": _onto_kafka,
    "redis": _onto_redis,
    "sqlite": _onto_sqlite,
}
