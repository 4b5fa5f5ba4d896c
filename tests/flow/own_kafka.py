"""A Kafka broker of one test alone, so that it may be ended, and has only that test's messages."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from deploy.servers.__main__ import HOME as SERVERS
from deploy.servers.kafka_server import KafkaServer, answers
from deploy.servers.process import free_ports

from tests.flow.processes import LIMIT_S, until

_AS_IT_COMES = "group.initial.rebalance.delay.ms=3000\n"
"""That of Kafka itself; the tests that share a broker do without."""


class OwnKafka:
    """With the jars that `make servers` has fetched. Keeps what it has."""

    def __init__(self, folder: Path) -> None:
        if shutil.which("java") is None or not (SERVERS / "kafka" / "libs.stamp").exists():
            pytest.skip("Kafka is not installed: make servers")
        folder.mkdir()
        for name in ("libs", "libs.stamp"):
            (folder / name).symlink_to(SERVERS / "kafka" / name)
        self._folder = folder
        (self._port,) = free_ports(1)
        self.url = f"kafka://127.0.0.1:{self._port}"
        self.start()

    def start(self) -> None:
        command = KafkaServer().prepared(self._folder, self._port, _AS_IT_COMES)
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            until(lambda: answers(self._port))
        except AssertionError:
            self.kill()
            raise

    def kill(self) -> None:
        self._process.kill()
        self._process.wait(LIMIT_S)


@contextmanager
def own_kafka(folder: Path) -> Iterator[OwnKafka]:
    broker = OwnKafka(folder)
    try:
        yield broker
    finally:
        broker.kill()
