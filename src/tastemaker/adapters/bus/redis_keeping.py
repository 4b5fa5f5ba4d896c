"""Whether a Redis is told to keep what a bus in it has accepted."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from typing import Any

import redis

from tastemaker.adapters.redis_client import address, connect, redis_errors
from tastemaker.core.errors import BusUnavailable

_KEEPS: Mapping[str, Callable[[str], bool]] = {
    "appendonly": lambda value: value == "yes",
    "appendfsync": lambda value: value == "always",
    # A stream has no time to live: what only evicts those lets it be.
    "maxmemory-policy": lambda value: not value.startswith("allkeys"),
}
"""By setting, whether a value of it keeps what was accepted."""


def careless_settings(url: str, timeout_s: float) -> Sequence[str]:
    """Those by which it may lose messages, as `appendonly no`. Raises BusUnavailable."""
    with closing(connect(url, timeout_s)) as client, redis_errors(address(client), BusUnavailable):
        try:
            told = {name: _setting(client, name) for name in _KEEPS}
        except redis.ResponseError:
            return ["settings that it does not tell"]
    return [f"{name} {value}" for name, value in told.items() if not _KEEPS[name](value)]


def _setting(client: "redis.Redis", name: str) -> str:
    told: Any = client.config_get(name)
    return str(told.get(name, "unknown"))
