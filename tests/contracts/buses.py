"""Every bus there is, to be opened in this process or in another."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from pydantic import SecretStr

from tastemaker.core.backends import BusConfig
from tastemaker.core.clock import system_clock
from tastemaker.core.message import Delivery, Message
from tastemaker.ports import Bus, Subscription
from tastemaker.wire.backends import open_bus

LIMIT_S = 60.0
"""Of every wait: far longer than any takes."""

SERVERS: Mapping[str, str] = {
    "sqlite": "",
    "kafka": "TASTEMAKER_TEST_KAFKA_URL",
    "redis": "TASTEMAKER_TEST_REDIS_URL",
}
"""The environment variable that names a server of the kind, by kind."""


@dataclass(frozen=True)
class BusAddress:
    url: str
    timeout_s: float = 10.0

    def open(self) -> Bus:
        config = BusConfig(url=SecretStr(self.url), timeout_s=self.timeout_s)
        return open_bus(config, Path("never-used"), system_clock)


def address_of(kind: str, folder: Path) -> BusAddress | None:
    """None where no server is there to test with."""
    if kind == "sqlite":
        return BusAddress(f"sqlite:///{folder}/bus.db")
    url = os.environ.get(SERVERS[kind])
    return None if not url else BusAddress(url)


def message(number: int, key: str = "") -> Message:
    return Message(f"m{number}", key, str(number).encode())


def read(subscription: Subscription, n: int) -> list[Delivery]:
    """n messages, each acknowledged."""
    found: list[Delivery] = []
    until = monotonic() + LIMIT_S
    while len(found) < n:
        assert monotonic() < until, f"{len(found)} of {n} messages came"
        some = subscription.poll(n - len(found), timeout_s=1.0)
        subscription.acknowledge(some)
        found += some
    return found


def numbers(deliveries: Sequence[Delivery]) -> list[int]:
    return [int(one.message.value) for one in deliveries]
