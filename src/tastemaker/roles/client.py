"""Asks a server for the recommendations of many users at a time, and keeps count."""

import asyncio
import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx2
import numpy as np
from tenacity import (
    AsyncRetrying,
    RetryError,
    retry_if_exception_type,
    stop_after_attempt,
    wait_exponential_jitter,
)

_AGAIN = (408, 425, 429)
"""Statuses of the client's side after which the same request may be answered."""

_OF_SLATE = {"items", "source", "model", "session_id"}
_TIMEOUT_S = 30.0


@dataclass(frozen=True, slots=True)
class Answer:
    """slate: None where the server gave none after all tries, or has none for this request.
    took_s: of the try that counted."""

    user_id: str
    slate: dict[str, Any] | None
    took_s: float
    n_tries: int


@dataclass(frozen=True, slots=True)
class Tally:
    """latency_ms: by percentile. sources: how many slates came from where."""

    n_asked: int
    n_missing: int
    n_retried: int
    seconds: float
    latency_ms: dict[int, float]
    sources: dict[str, int]

    @property
    def rate(self) -> float:
        """Answers a second."""
        return (self.n_asked - self.n_missing) / self.seconds if self.seconds else 0.0


class _NoSlate(Exception):
    """An answer that is worth another try."""


async def ask_many(
    address: str,
    user_ids: Sequence[str],
    *,
    k: int,
    model: str | None,
    concurrency: int,
    n_tries: int,
    stopwatch: Callable[[], float],
) -> list[Answer]:
    """One answer for each user id, in the order given; ids may come more than once."""
    limits = httpx2.Limits(max_connections=concurrency, max_keepalive_connections=concurrency)
    waiting = iter(list(enumerate(user_ids)))
    answers: dict[int, Answer] = {}
    params = {"k": k} | ({} if model is None else {"model": model})
    async with httpx2.AsyncClient(base_url=address, limits=limits, timeout=_TIMEOUT_S) as client:

        async def work() -> None:
            for number, user_id in waiting:
                answers[number] = await _ask(client, user_id, params, n_tries, stopwatch)

        await asyncio.gather(*(work() for _ in range(concurrency)))
    return [answers[number] for number in range(len(user_ids))]


async def _ask(
    client: httpx2.AsyncClient,
    user_id: str,
    params: dict[str, Any],
    n_tries: int,
    stopwatch: Callable[[], float],
) -> Answer:
    tries = AsyncRetrying(
        retry=retry_if_exception_type((_NoSlate, httpx2.HTTPError)),
        wait=wait_exponential_jitter(multiplier=0.1, max=5.0, jitter=0.1),
        stop=stop_after_attempt(n_tries),
    )
    n_tried = 0
    started_s = stopwatch()
    try:
        async for attempt in tries:
            with attempt:
                n_tried += 1
                started_s = stopwatch()
                path = f"/api/v1/recommendations/{quote(user_id, safe='')}"
                slate = _slate_of(await client.get(path, params=params))
                return Answer(user_id, slate, stopwatch() - started_s, n_tried)
    except RetryError:
        pass
    return Answer(user_id, None, stopwatch() - started_s, n_tried)


def _slate_of(answer: httpx2.Response) -> dict[str, Any] | None:
    """None where another try would meet the same. Raises _NoSlate where it is worth one."""
    if answer.is_client_error and answer.status_code not in _AGAIN:
        return None
    if not answer.is_success:
        raise _NoSlate(answer.status_code)
    try:
        slate: Any = answer.json()
    except ValueError as error:
        raise _NoSlate("no JSON") from error
    if not isinstance(slate, dict) or _OF_SLATE - slate.keys():
        raise _NoSlate("no slate")
    return slate


def tally(answers: Sequence[Answer], seconds: float) -> Tally:
    """seconds: of all of them together."""
    took_ms = [answer.took_s * 1000 for answer in answers if answer.slate is not None]
    sources: dict[str, int] = {}
    for answer in answers:
        if answer.slate is not None:
            source = str(answer.slate["source"])
            sources[source] = sources.get(source, 0) + 1
    return Tally(
        n_asked=len(answers),
        n_missing=len(answers) - len(took_ms),
        n_retried=sum(answer.n_tries > 1 for answer in answers),
        seconds=seconds,
        latency_ms={p: float(np.percentile(took_ms, p)) if took_ms else 0.0 for p in (50, 95, 99)},
        sources=sources,
    )


def write_answers(file: Path, answers: Sequence[Answer]) -> None:
    """One row an item: user, rank from 1, item, source, model, session. Nobody is left out: a user
    without an answer has a row without an item."""
    with file.open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out)
        writer.writerow(("user_id", "rank", "item_id", "source", "model", "session_id"))
        for answer in answers:
            slate = answer.slate or {"items": [], "source": "", "model": "", "session_id": ""}
            of_slate = (slate["source"], slate["model"], slate["session_id"])
            for rank, item in enumerate(slate["items"] or [{"item_id": ""}], 1):
                writer.writerow((answer.user_id, rank, item["item_id"], *of_slate))
