"""What the recorder takes from the bus, where anybody may write."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import Any

import orjson
import pytest

from tastemaker.adapters.bus.sqlite import SqliteBus
from tastemaker.core.ids import UserId
from tastemaker.core.message import Message
from tastemaker.core.topics import Topic
from tastemaker.ports import Bus
from tastemaker.roles.consume import ConsumeConfig, Consumer
from tastemaker.roles.recorder import Recorder
from tastemaker.roles.set_aside import Operator
from tastemaker.store.engine import StoreConfig, open_engine
from tastemaker.store.interactions import InteractionLog
from tastemaker.store.migrate import migrate

NOW = datetime(2026, 1, 1, tzinfo=UTC)
LIMIT_S = 30.0
GOOD = {"v": 1, "user_id": "ann", "item_id": "1", "action": "rate", "value": 4, "at": str(NOW)}


@dataclass
class World:
    bus: Bus
    log: InteractionLog

    def recorded(self, *events: dict[str, Any] | bytes) -> list[str]:
        """Ids of the events that went in of these; all are read when it returns."""
        values = [one if isinstance(one, bytes) else orjson.dumps(one) for one in events]
        self.bus.publish(
            Topic.INTERACTIONS, [Message(f"m{n}", "k", value) for n, value in enumerate(values)]
        )
        recorder = Recorder(self.log, self.bus, lambda: NOW, max_rating=5.0, renews_slates=False)
        config = ConsumeConfig(poll_s=0.05)
        consumer = Consumer(self.bus, recorder.topics, recorder.group, recorder.handle, config)
        thread = threading.Thread(target=consumer.run)
        thread.start()
        until_s = monotonic() + LIMIT_S
        while self.bus.lag(Topic.INTERACTIONS, recorder.group):
            assert monotonic() < until_s
        consumer.stop()
        thread.join(LIMIT_S)
        return [event.event_id for event in self.log.of_user(UserId("ann"), 1_000)]

    def reasons(self) -> list[str]:
        found = Operator(self.bus, LIMIT_S, monotonic).waiting()
        return [delivery.message.headers["why"] for delivery in found]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    engine = open_engine(f"sqlite:///{tmp_path}/t.db", StoreConfig())
    migrate(engine)
    log, bus = InteractionLog(engine), SqliteBus(tmp_path / "bus.db", lambda: NOW)
    yield World(bus, log)
    log.close()
    bus.close()
    engine.dispose()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"value": 1e300}, "value"),
        ({"value": -5}, "value"),
        ({"value": 5.5}, "value"),
        ({"value": None}, "value"),
        ({"action": "watched", "value": 1.5}, "value"),
        ({"action": "purchase", "value": 0}, "value"),
        ({"price": 1e10}, "price"),
        ({"event_id": ""}, "event_id"),
        ({"user_id": ""}, "user_id"),
        ({"user_id": "a\u0000b"}, "user_id"),
        ({"user_id": "u" * 257}, "user_id"),
        ({"item_id": ""}, "item_id"),
        ({"session_id": ""}, "session_id"),
        ({"action": "stare"}, "action"),
        ({"at": "9999-01-01T00:00:00Z"}, "at"),
        ({"at": "0001-01-01T00:00:00+05:00"}, "at"),
        ({"at": "2024-01-02T03:04:05"}, "at"),
    ],
)
def test_what_the_api_would_refuse_is_set_aside_and_the_rest_is_recorded(
    world: World, change: dict[str, Any], field: str
) -> None:
    before, after = GOOD | {"event_id": "before"}, GOOD | {"event_id": "after"}
    ids = world.recorded(before, GOOD | {"event_id": "bad"} | change, after)
    assert sorted(ids) == ["after", "before"]
    (why,) = world.reasons()
    assert f" {field}: " in why


@pytest.mark.parametrize("number", [b"NaN", b"Infinity", b"-Infinity"])
def test_what_is_no_number_is_set_aside(world: World, number: bytes) -> None:
    event = orjson.dumps(GOOD | {"event_id": "bad", "value": 12345})
    assert world.recorded(event.replace(b"12345", number)) == []
    assert len(world.reasons()) == 1


def test_an_account_and_an_item_nobody_knows_may_come_by_the_bus(world: World) -> None:
    """Whoever writes onto it is trusted, and an item may have left the catalogue meanwhile."""
    assert world.recorded(GOOD | {"event_id": "e", "item_id": "gone", "value": 0.5}) == ["e"]
    assert world.recorded(GOOD | {"event_id": "a", "user_id": "a:1"}) == ["e"]
    assert world.log.count() == 2
    assert world.reasons() == []
