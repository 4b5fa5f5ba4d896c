"""People who ask, look around, act and answer slates, for as long as wanted."""

import random
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import httpx2

from benchmarks.services.running import USERS, Service

ITEMS = ("1", "260", "1196", "2571", "2858")
_EVENTS_A_REQUEST = 10
_PAUSE_S = 0.01
_LOOKS_AROUND = 0.2
_ANSWERS = 0.1
"""Shares of the people who ask."""


@dataclass
class Sent:
    """accepted: ids of events. n_failed: answers that were an error, or none."""

    accepted: set[str] = field(default_factory=set)
    n_refused: int = 0
    n_slates: int = 0
    n_failed: int = 0


def use(running: Service, seconds: float, look: Callable[[], None], look_every_s: float) -> Sent:
    """Calls `look` again and again meanwhile; what it raises ends all."""
    sent, ended = Sent(), threading.Event()

    def keep_looking() -> None:
        while not ended.wait(look_every_s):
            look()

    with ThreadPoolExecutor() as pool:
        works = [
            pool.submit(_ask, running, sent, ended),
            pool.submit(_post, running, sent, ended),
            pool.submit(keep_looking),
        ]
        for work in works:
            work.add_done_callback(lambda _: ended.set())
        ended.wait(seconds)
        ended.set()
    for work in works:
        work.result()
    return sent


def _ask(running: Service, sent: Sent, ended: threading.Event) -> None:
    rng = random.Random(0)
    with httpx2.Client(base_url=f"{running.address}/api/v1", timeout=60) as client:
        while not ended.wait(_PAUSE_S):
            try:
                _ask_once(client, rng, sent)
            except httpx2.HTTPError:
                sent.n_failed += 1


def _ask_once(client: httpx2.Client, rng: random.Random, sent: Sent) -> None:
    slate = client.get(f"/recommendations/{rng.choice(USERS)}").raise_for_status().json()
    sent.n_slates += 1
    item = rng.choice(slate["items"])["item_id"]
    if rng.random() < _LOOKS_AROUND:
        client.get(f"/items/{item}/similar").raise_for_status()
        client.get("/items", params={"genre": "Drama", "limit": 20}).raise_for_status()
    if rng.random() < _ANSWERS:
        said = {"item_id": item, "action": "like"}
        client.post(f"/feedback/{slate['session_id']}", json=said).raise_for_status()


def _post(running: Service, sent: Sent, ended: threading.Event) -> None:
    rng = random.Random(1)
    number = 0
    with httpx2.Client(base_url=f"{running.address}/api/v1", timeout=60) as client:
        while not ended.wait(_EVENTS_A_REQUEST * _PAUSE_S):
            batch = [_event(number + n, rng.choice(USERS)) for n in range(_EVENTS_A_REQUEST)]
            number += len(batch)
            try:
                answer = client.post("/interactions", json=batch).raise_for_status()
            except httpx2.HTTPError:
                sent.n_refused += len(batch)
            else:
                sent.accepted.update(answer.json()["event_ids"])


def _event(number: int, user: int) -> dict[str, object]:
    event = {"event_id": f"soak-{number}", "user_id": str(user)}
    return {**event, "item_id": ITEMS[number % len(ITEMS)], "action": "rate", "value": 4.0}
