"""Somebody who uses the service all the time, and what he meets."""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import httpx2

from tests.flow.processes import LIMIT_S

PAUSE_S = 0.1
KNOWN = ("stored", "model")
FALLBACKS = ("popular_in_genre", "popular")


@dataclass
class Seen:
    """posted: every event, those that were refused too."""

    statuses: Counter[int] = field(default_factory=Counter)
    sources: set[str] = field(default_factory=set)
    posted: list[dict[str, Any]] = field(default_factory=list)
    refused: list[dict[str, Any]] = field(default_factory=list)
    refusals: set[int] = field(default_factory=set)


@contextmanager
def answering(address: str) -> Iterator[Seen]:
    """Asks from beginning to end; every answer must be a slate that says where it came from.

    address: of the server.
    """
    seen, ended = Seen(), threading.Event()

    def ask() -> None:
        with httpx2.Client(base_url=f"{address}/api/v1", timeout=LIMIT_S) as client:
            while True:
                answer = client.get(f"/recommendations/u{seen.statuses.total() % 5}")
                seen.statuses[answer.status_code] += 1
                seen.sources.add(answer.json().get("source", "none"))
                if ended.wait(PAUSE_S):
                    return

    thread = threading.Thread(target=ask)
    thread.start()
    try:
        yield seen
    finally:
        ended.set()
        thread.join(LIMIT_S)
    assert not thread.is_alive()
    assert set(seen.statuses) == {HTTPStatus.OK}, seen
    assert seen.sources <= {*KNOWN, *FALLBACKS}, seen


@contextmanager
def using(address: str) -> Iterator[Seen]:
    """Asks, and tells of something he has done. address: of the server."""
    seen, ended = Seen(), threading.Event()

    def use() -> None:
        with httpx2.Client(base_url=f"{address}/api/v1", timeout=LIMIT_S) as client:
            while not ended.wait(PAUSE_S):
                answer = client.get(f"/recommendations/u{len(seen.posted) % 5}")
                seen.statuses[answer.status_code] += 1
                if answer.is_success:
                    seen.sources.add(answer.json()["source"])
                event = {
                    "event_id": f"p{len(seen.posted)}",
                    "user_id": f"u{len(seen.posted) % 5 + 5}",
                    "item_id": "i01",
                    "action": "watched",
                }
                seen.posted.append(event)
                answer = client.post("/interactions", json=event)
                if not answer.is_success:
                    seen.refused.append(event)
                    seen.refusals.add(answer.status_code)

    thread = threading.Thread(target=use)
    thread.start()
    try:
        yield seen
    finally:
        ended.set()
        thread.join(LIMIT_S)
    assert not thread.is_alive()
