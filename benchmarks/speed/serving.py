"""How fast a real server process answers, on models of MovieLens 1M.

One client, one connection, one request at a time; the server and the client share the machine.
"""

import http.client
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np

from benchmarks.table import Row
from tastemaker.api.services import Services
from tastemaker.config import Settings
from tastemaker.core.history import History
from tastemaker.core.ids import UserId
from tastemaker.core.slate import Source
from tastemaker.models.bundle import ModelBundle
from tastemaker.recommend.slate_request import SlateRequest
from tastemaker.recommend.variant import scorer
from tastemaker.wire import application

N_REQUESTS = 1_000
N_WARM_UP = 50
N_WRITES = 300
N_SLATES = 1_000
N_RANKED = 200
BOUNDS = {"fusion": "", "transitions": "<= 3 / 10 ms", "full": "<= 8 / 20 ms"}
GORSE = "Gorse 0.5.11, stored answers, measured on a busier machine of the kind"


def rows(data_dir: Path) -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        with running_server(home, data_dir / "ml-1m") as (pid, address):
            yield from over_http(address)
            yield Row("server's memory, ML-1M, all models", f"{_rss_mb(pid):.0f} MB", "<= 700 MB")
        yield in_process(home)
        yield ranking_alone(home)


def over_http(address: str) -> Iterator[Row]:
    client = Client(address)
    users = np.random.default_rng(0).integers(1, 6_041, N_REQUESTS + N_WARM_UP)
    for variant, bound in BOUNDS.items():
        paths = [f"/api/v1/recommendations/{user}?model={variant}" for user in users]
        timed = [_timed_s(partial(client.slate, path)) for path in paths][N_WARM_UP:]
        sources = [source for _, source in timed]
        yield Row(
            f"personal slate over HTTP, {variant}, p50 / p99",
            f"{_milliseconds(timed)}, {sources.count('model') / len(sources):.1%} by the model",
            bound,
            f"{GORSE}: p99 6.5 ms",
        )
    timed = [_timed_s(partial(client.first_click, f"new-{n}")) for n in range(N_WRITES)]
    yield Row(
        "write to its effect in the next answer, p50 / p99",
        _milliseconds(timed),
        "p99 <= 50 ms",
        "Gorse 0.5.11: the user's other items after a whole pass, 60 min by default",
    )


def in_process(home: Path) -> Row:
    """In a process of its own, bound to one core before any library starts its threads."""
    command = [sys.executable, "-m", "benchmarks.speed.serving", str(home)]
    done = subprocess.run(
        command,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        preexec_fn=lambda: os.sched_setaffinity(0, {0}),
    )
    return Row(
        "slates a second on one core, transitions, ML-1M",
        done.stdout.split()[-1],
        ">= 400",
        f"{GORSE}: 587 over HTTP",
    )


def ranking_alone(home: Path) -> Row:
    """What the trees of `full` cost of a slate: in this process, on the thread that asks."""
    bundle = ModelBundle.load(home / "models" / (home / "models" / "CURRENT").read_text().strip())
    stage = scorer(Settings(home=home).variants["full"], bundle, "full").second_stage
    if stage is None:
        raise RuntimeError("there is no ranker of `full`")
    histories = [_history(bundle, seed) for seed in range(N_RANKED)]
    allowed = np.ones(len(bundle.item_ids), np.bool_)
    shown = [stage.presented(history, None, allowed, 1).rows for history in histories]
    stage.ranker.score(shown[0])
    started_s = time.perf_counter()
    for rows_of_one in shown:
        stage.ranker.score(rows_of_one)
    took_ms = (time.perf_counter() - started_s) / len(shown) * 1_000
    what = f"{len(shown[0])} candidates x {shown[0].shape[1]} features, one core"
    return Row(f"ranker of full: {what}", f"{took_ms:.2f} ms", "<= 2 ms")


def _history(bundle: ModelBundle, seed: int) -> History:
    item = np.random.default_rng(seed).permutation(len(bundle.item_ids))[:50].astype(np.int32)
    return History(item, np.ones(len(item), np.float32), np.zeros(len(item), np.int64))


def slates_a_second(home: Path) -> float:
    """From a user's id to a personal slate with its reasons, without HTTP."""
    users = np.random.default_rng(1).integers(1, 6_041, N_SLATES + N_WARM_UP)
    with application(Settings(home=home)) as app:
        services: Services = app.state.services
        timed = [_timed_s(partial(_slate, services, str(user))) for user in users]
    of_model = [seconds for seconds, source in timed[N_WARM_UP:] if source == Source.MODEL]
    return len(of_model) / sum(seconds for seconds, _ in timed[N_WARM_UP:])


def _slate(services: Services, user_id: str) -> str:
    past = services.people.past(UserId(user_id))
    return services.recommender.recommend(SlateRequest(past, variant="transitions")).source


class Client:
    """One connection that stays open; the standard library's costs the least time."""

    def __init__(self, address: str) -> None:
        self._connection = http.client.HTTPConnection(urlsplit(address).netloc)

    def slate(self, path: str) -> str:
        """Its source: an answer that is not the model's comes faster and must not pass for one."""
        return str(self._answer("GET", path)["source"])

    def first_click(self, user_id: str) -> str:
        """A new user's event, and the slate that must reflect it."""
        event = {"user_id": user_id, "item_id": "260", "action": "watched"}
        self._answer("POST", "/api/v1/interactions", json.dumps(event))
        source = self.slate(f"/api/v1/recommendations/{user_id}?model=transitions")
        if source != Source.MODEL:
            raise RuntimeError(f"the event of {user_id} was not reflected but {source}")
        return source

    def _answer(self, method: str, path: str, body: str | None = None) -> dict[str, object]:
        self._connection.request(method, path, body, {"Content-Type": "application/json"})
        answer = self._connection.getresponse()
        read = answer.read()
        if answer.status != http.client.OK:
            raise RuntimeError(f"{path}: {answer.status} {read.decode()}")
        parsed: dict[str, object] = json.loads(read)
        return parsed


@contextmanager
def running_server(home: Path, data: Path) -> Iterator[tuple[int, str]]:
    """Process id and address of `tastemaker up` on a free port, once it is ready.

    Every slate is computed: none is remembered for who asks again.
    """
    command = [sys.executable, "-m", "tastemaker", "up", "--home", str(home), "--data", str(data)]
    server = subprocess.Popen(
        [*command, "--port", "0"],
        stdout=subprocess.PIPE,
        cwd=home.parent,
        env={**os.environ, "TASTEMAKER__API__REMEMBER_MB": "0"},
        text=True,
    )
    try:
        assert server.stdout is not None
        words = (word for line in server.stdout for word in line.split())
        address = next((word for word in words if word.startswith("http://")), None)
        if address is None:
            raise RuntimeError(f"the server did not start: exit status {server.wait()}")
        yield server.pid, address
    finally:
        server.terminate()
        server.wait()


def _timed_s(work: Callable[[], str]) -> tuple[float, str]:
    """Seconds taken, and what the work returned."""
    started_s = time.perf_counter()
    source = work()
    return time.perf_counter() - started_s, source


def _milliseconds(timed: Sequence[tuple[float, str]]) -> str:
    p50, p99 = np.percentile([seconds for seconds, _ in timed], [50, 99]) * 1_000
    return f"{p50:.1f} / {p99:.1f} ms"


def _rss_mb(pid: int) -> float:
    """Resident memory now, mapped model files included."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


if __name__ == "__main__":
    print(f"{slates_a_second(Path(sys.argv[1])):.0f}")
