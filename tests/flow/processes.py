"""Roles as processes of their own, and what is put on the bus for them."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import select

from tastemaker.core.ids import EventId, ItemId, UserId
from tastemaker.core.interaction import Action, Interaction
from tastemaker.core.message import Message
from tastemaker.core.topics import InteractionHappened
from tastemaker.store.engine import StoreConfig, open_engine
from tastemaker.store.interaction_table import interactions
from tests.flow.server import command

NOW = datetime(2026, 1, 1, tzinfo=UTC)
LIMIT_S = 240.0
_LOOK_EVERY_S = 0.005
_IMPORTED_FROM = [str(Path.cwd()), *filter(None, [os.environ.get("PYTHONPATH")])]


@contextmanager
def role(name: str, home: Path, **environment: str) -> Iterator[subprocess.Popen[str]]:
    with process(command("role", name, "--home", home), home, **environment) as started:
        yield started


@contextmanager
def role_by_clock(
    name: str, home: Path, offset_file: Path, **environment: str
) -> Iterator[subprocess.Popen[str]]:
    """A role whose clock is off by the seconds that stand in a file at the moment."""
    module = [sys.executable, "-m", "tests.flow.clocked_role"]
    with process([*module, str(home), str(offset_file), name], home, **environment) as started:
        yield started


@contextmanager
def process(
    arguments: list[str], home: Path, **environment: str
) -> Iterator[subprocess.Popen[str]]:
    with (
        (home / "roles.err").open("a") as errors,
        subprocess.Popen(
            arguments,
            cwd=home,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(_IMPORTED_FROM), **environment},
            stderr=errors,
            text=True,
            start_new_session=True,
        ) as started,
    ):
        try:
            yield started
        finally:
            started.kill()


def until(is_so: Callable[[], object]) -> None:
    deadline_s = time.monotonic() + LIMIT_S
    while not is_so():
        assert time.monotonic() < deadline_s, "it did not come to be"
        threading.Event().wait(_LOOK_EVERY_S)


def waits(home: Path, group: str) -> bool:
    """Whether a role has said that it waits for something that is away."""
    lines = (home / "roles.err").read_text().splitlines()
    return any("waiting for" in line and f'"group": "{group}"' in line for line in lines)


def happened(number: int, item: str = "1") -> Message:
    event = Interaction(
        EventId(f"e{number}"), UserId(f"u{number % 100}"), ItemId(item), Action.WATCHED, None, NOW
    )
    return InteractionHappened.of(event).message(f"e{number}", event.user_id)


def recorded(database_url: str) -> list[str]:
    """Ids of all events in the database."""
    engine = open_engine(database_url, StoreConfig())
    try:
        with engine.connect() as connection:
            return list(connection.execute(select(interactions.c.event_id)).scalars())
    finally:
        engine.dispose()
