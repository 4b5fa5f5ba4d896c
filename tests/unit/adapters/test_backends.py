"""A URL in the configuration picks the adapter; one that picks none is explained."""

import subprocess
import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest
from pydantic import SecretStr

from tastemaker.core.backends import BlobsConfig, BusConfig, SlateLogConfig, SlatesConfig
from tastemaker.core.clock import system_clock
from tastemaker.core.errors import ConfigInvalid
from tastemaker.core.message import Message
from tastemaker.wire.backends import open_blobs, open_bus, open_slate_log, open_slates


def _bus(url: SecretStr, _: ExitStack) -> object:
    return open_bus(BusConfig(url=url), Path("nowhere"), system_clock)


def _slates(url: SecretStr, stack: ExitStack) -> object:
    return stack.enter_context(open_slates(SlatesConfig(url=url), system_clock))


def _slate_log(url: SecretStr, stack: ExitStack) -> object:
    return stack.enter_context(open_slate_log(SlateLogConfig(url=url)))


def _blobs(url: SecretStr, _: ExitStack) -> object:
    return open_blobs(BlobsConfig(url=url), Path("nowhere"))


@pytest.mark.parametrize(
    ("key", "opened", "known"),
    [
        ("bus", _bus, ["sqlite", "kafka", "redis"]),
        ("slates", _slates, ["sqlite", "postgresql", "mongodb", "redis"]),
        ("slate_log", _slate_log, ["sqlite", "postgresql", "mongodb"]),
        ("blobs", _blobs, ["file", "s3"]),
    ],
)
@pytest.mark.parametrize("url", ["", "nonsense", "amqp://user:secret@host"])
def test_an_unknown_kind_is_refused_with_the_known_ones(
    key: str, opened: Callable[[SecretStr, ExitStack], object], known: list[str], url: str
) -> None:
    with ExitStack() as stack, pytest.raises(ConfigInvalid) as refused:
        opened(SecretStr(url), stack)
    assert refused.value.where == f"{key}.url"
    assert all(f"{kind}://" in refused.value.next_step for kind in known)
    assert "secret" not in str(refused.value)


def test_without_a_url_the_bus_and_the_files_are_in_the_home_folder(tmp_path: Path) -> None:
    bus = open_bus(BusConfig(), tmp_path, system_clock)
    bus.publish("topic", [Message("1", "", b"")])
    bus.close()
    open_blobs(BlobsConfig(), tmp_path).put("a", b"")
    assert {path.name for path in tmp_path.iterdir()} >= {"bus.db", "blobs"}


def test_a_library_that_is_missing_is_named_with_its_extra(tmp_path: Path) -> None:
    """In a process of its own, where none of them can be loaded."""
    done = subprocess.run(
        [sys.executable, "-c", _WITHOUT_LIBRARIES, str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
    )
    extras = ["kafka", "redis", "mongo", "redis", "mongo"]
    assert done.stdout.splitlines() == [
        f"Install the extra: pip install 'tastemaker[{extra}]'." for extra in extras
    ]


_WITHOUT_LIBRARIES = """
import sys
from pathlib import Path

for package in ("confluent_kafka", "redis", "pymongo"):
    sys.modules[package] = None

from tastemaker.core.backends import BusConfig, SlateLogConfig, SlatesConfig
from tastemaker.core.clock import system_clock
from tastemaker.core.errors import ConfigInvalid
from tastemaker.wire.backends import open_bus, open_slate_log, open_slates

home = Path(sys.argv[1])
open_bus(BusConfig(), home, system_clock).close()
for work in (
    lambda: open_bus(BusConfig(url="kafka://h"), home, system_clock),
    lambda: open_bus(BusConfig(url="redis://h"), home, system_clock),
    lambda: open_slates(SlatesConfig(url="mongodb://h"), system_clock).__enter__(),
    lambda: open_slates(SlatesConfig(url="redis://h"), system_clock).__enter__(),
    lambda: open_slate_log(SlateLogConfig(url="mongodb://h")).__enter__(),
):
    try:
        work()
    except ConfigInvalid as error:
        print(error.next_step)
"""
