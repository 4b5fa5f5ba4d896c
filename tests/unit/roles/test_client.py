"""Many users are asked for; what one of them meets costs the others nothing."""

import asyncio
import json
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from time import monotonic

import pytest

from tastemaker.roles.client import Answer, ask_many, tally, write_answers

SLATE = {"items": [{"item_id": "7"}], "source": "model", "model": "full", "session_id": "s"}
GOOD = (200, json.dumps(SLATE).encode())
SCRIPTS: Mapping[str, list[tuple[int, bytes]]] = {
    "good": [GOOD],
    "late": [(503, b"{}"), (429, b"{}"), GOOD],
    "garbled": [(200, b"<html>"), (200, b"[1]"), (200, b'{"items": []}'), GOOD],
    "down": [(500, b"")],
    "unknown model": [(404, b"{}")],
    "bad request": [(422, b"{}")],
}
"""By user what the server answers, in this order; the last for ever."""


@contextmanager
def scripted() -> Iterator[tuple[str, Counter[str]]]:
    """The address, and how often each user was asked for."""
    asked: Counter[str] = Counter()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            user = self.path.partition("?")[0].rpartition("/")[2].replace("%20", " ")
            script = SCRIPTS[user]
            status, body = script[min(asked[user], len(script) - 1)]
            asked[user] += 1
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", asked
        server.shutdown()


def _ask(address: str, *users: str, n_tries: int = 4) -> dict[str, Answer]:
    asking = ask_many(
        address, users, k=5, model=None, concurrency=4, n_tries=n_tries, stopwatch=monotonic
    )
    return {answer.user_id: answer for answer in asyncio.run(asking)}


def test_what_may_be_answered_later_is_asked_for_again() -> None:
    with scripted() as (address, asked):
        answers = _ask(address, "late", "garbled", "good")
    assert {user: answer.slate for user, answer in answers.items()} == dict.fromkeys(answers, SLATE)
    assert asked == {"late": 3, "garbled": 4, "good": 1}
    assert {user: answer.n_tries for user, answer in answers.items()} == asked


@pytest.mark.parametrize(
    ("user", "n_asked"), [("unknown model", 1), ("bad request", 1), ("down", 3)]
)
def test_what_is_refused_is_not_asked_for_again_and_ends_no_run(
    tmp_path: Path, user: str, n_asked: int
) -> None:
    with scripted() as (address, asked):
        answers = _ask(address, user, "good", n_tries=3)
    assert asked == {user: n_asked, "good": 1}
    assert answers[user].slate is None
    assert answers["good"].slate == SLATE
    counted = tally(list(answers.values()), seconds=1.0)
    assert (counted.n_asked, counted.n_missing, counted.sources) == (2, 1, {"model": 1})
    write_answers(tmp_path / "out.csv", list(answers.values()))
    rows = (tmp_path / "out.csv").read_text().splitlines()[1:]
    assert sorted(rows) == sorted([f"{user},1,,,,", "good,1,7,model,full,s"])


def test_a_server_that_is_not_there_ends_no_run() -> None:
    answers = _ask("http://127.0.0.1:1", "good", n_tries=2)
    assert answers["good"].slate is None
    assert answers["good"].n_tries == 2
