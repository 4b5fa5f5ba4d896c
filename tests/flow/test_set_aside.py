"""A message no role can handle is seen by an operator and can be given back, on every bus."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from urllib.parse import urlsplit

import pytest
from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient
from confluent_kafka.admin._config import ConfigResource

from tastemaker.core.backends import BusConfig
from tastemaker.core.message import Message
from tastemaker.core.topics import Topic
from tastemaker.ports import Bus
from tastemaker.roles.set_aside import Operator
from tests.contracts.buses import BusAddress
from tests.contracts.foreign import write_foreign
from tests.flow.own_kafka import own_kafka
from tests.flow.own_redis import own_redis
from tests.flow.processes import LIMIT_S, happened, process, recorded, role, until
from tests.flow.server import run, running
from tests.flow.small import source_of
from tests.flow.visitor import answering

POISON = Message("poison", "u1", b'{"v": 1, "user_id": "u1"}')
MOST_THAT_KAFKA_TAKES = 1_048_400


@contextmanager
def _sqlite(folder: Path) -> Iterator[str]:
    yield f"sqlite:///{folder}/bus.db"


@contextmanager
def _kafka(folder: Path) -> Iterator[str]:
    with own_kafka(folder / "kafka") as broker:
        yield broker.url


@contextmanager
def _redis(folder: Path) -> Iterator[str]:
    with own_redis(folder / "redis") as server:
        yield server.url


BUSES = {"kafka": _kafka, "redis": _redis, "sqlite": _sqlite}


@dataclass
class World:
    """made_of: the home of which this one is a copy."""

    home: Path
    made_of: Path
    address: BusAddress
    bus: Bus

    @property
    def settings(self) -> dict[str, str]:
        return {"TASTEMAKER__BUS__URL": self.address.url, "COLUMNS": "200"}

    @contextmanager
    def answering(self) -> Iterator[None]:
        """Somebody asks a gateway all the time, and is answered."""
        settings = {**source_of(self.made_of), **self.settings}
        gateway = running(self.home, what=("role", "gateway"), **settings)
        with gateway as server, answering(server.address):
            yield

    def told(self, command: str) -> str:
        done = run("events", command, "--home", self.home, cwd=self.home, **self.settings)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def set_aside(self) -> list[Message]:
        found = Operator(self.bus, LIMIT_S, monotonic).waiting()
        return [delivery.message for delivery in found]

    @contextmanager
    def recorder(self) -> Iterator[None]:
        """Until it has read all there is."""
        with role("recorder", self.home, **self.settings):
            yield
            until(lambda: self.bus.lag(Topic.INTERACTIONS, "recorder") == 0)

    def events(self) -> set[str]:
        return set(recorded(f"sqlite:///{self.home}/tastemaker.db"))


@pytest.fixture(params=sorted(BUSES))
def world(request: pytest.FixtureRequest, tmp_path: Path, circles_home: Path) -> Iterator[World]:
    home = Path(shutil.copytree(circles_home, tmp_path / "home"))
    with BUSES[request.param](tmp_path) as url:
        address = BusAddress(url)
        bus = address.open()
        yield World(home, circles_home, address, bus)
        bus.close()


def test_a_poisoned_message_is_seen_and_can_be_tried_again(world: World) -> None:
    with world.answering():
        world.bus.publish(Topic.INTERACTIONS, [happened(1), POISON])
        write_foreign(world.address, Topic.INTERACTIONS)
        world.bus.publish(Topic.INTERACTIONS, [happened(2)])
        with world.recorder():
            pass
        assert world.events() == {"e1", "e2"}
        shown = world.told("set-aside")
        assert "2 messages are set aside" in shown
        assert "poison" in shown
        assert "InteractionHappened" in shown
        assert "xff" in shown
        # An operator who is killed while he reads takes nothing with him.
        with _reading_as_operator(world) as reader:
            reader.kill()
        assert len(world.set_aside()) == 2
        assert "2 messages were given back" in world.told("replay")
        assert world.set_aside() == []
        with world.recorder():
            pass
        assert len(world.set_aside()) == 2
        assert world.events() == {"e1", "e2"}


def test_what_names_no_topic_is_seen_and_stays(world: World) -> None:
    world.bus.publish(Topic.SET_ASIDE, [Message("whence", "", b"[/?]")])
    write_foreign(world.address, Topic.SET_ASIDE)
    assert "0 messages were given back" in world.told("replay")
    shown = world.told("set-aside")
    assert "2 messages are set aside" in shown
    assert "whence" in shown


@pytest.mark.parametrize("world", ["kafka"], indirect=True)
def test_a_message_as_large_as_kafka_takes_is_set_aside_whole(world: World) -> None:
    world.bus.publish(Topic.INTERACTIONS, [happened(1)])
    servers = urlsplit(world.address.url).netloc
    writer = Producer({"bootstrap.servers": servers, "message.max.bytes": 2**21})
    writer.produce(Topic.INTERACTIONS, b"x" * MOST_THAT_KAFKA_TAKES)
    assert writer.flush(60) == 0
    with world.recorder():
        pass
    assert world.events() == {"e1"}
    assert [len(message.value) for message in world.set_aside()] == [MOST_THAT_KAFKA_TAKES]
    assert _retention_ms(servers, Topic.INTERACTIONS) == "-1"
    assert _retention_ms(servers, Topic.SET_ASIDE) == str(int(BusConfig().keep_set_aside_s * 1000))
    assert "1 messages were given back" in world.told("replay")
    until(lambda: world.bus.lag(Topic.INTERACTIONS, "recorder") == 1)


def _retention_ms(servers: str, topic: Topic) -> str:
    of_topic = ConfigResource(ConfigResource.Type.TOPIC, topic.value)
    admin = AdminClient({"bootstrap.servers": servers})
    told = admin.describe_configs([of_topic])[of_topic].result(LIMIT_S)
    return str(told["retention.ms"].value)


@contextmanager
def _reading_as_operator(world: World) -> Iterator[subprocess.Popen[str]]:
    """A process that holds what is set aside, and does nothing with it."""
    held = world.home / "held"
    arguments = [sys.executable, "-m", "tests.flow.held_back", world.address.url, str(held)]
    with process(arguments, world.home, **os.environ) as started:
        until(held.exists)
        yield started
    held.unlink()
