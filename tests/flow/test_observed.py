"""What running processes tell of themselves: figures, health, and one id through all of them."""

import json
import os
import re
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

import httpx2
import pytest
from deploy.grafana.__main__ import FILE, text
from deploy.grafana.panels import ROWS, Panel
from prometheus_client.parser import text_string_to_metric_families

from tests.conftest import REDIS_URL
from tests.contracts.line import line_to
from tests.flow.own_prometheus import OwnPrometheus, own_prometheus
from tests.flow.processes import role
from tests.flow.server import RunningServer, running
from tests.flow.small import source_of

LIMIT_S = 120.0
Found = TypeVar("Found")

_NAME = re.compile(r"\b(?:tastemaker|process)_[a-z_]+\b")
_LABEL = re.compile(r"\{\{(\w+)\}\}")
_EMPTY_WHILE_ALL_IS_WELL = {'status=~"2.."': 'status=~"5.."', "== 1": "== 0"}
"""What is asked instead of what then has no answer."""
_ENVIRONMENT = {
    "TASTEMAKER__SLATES__IS_ON": "true",
    "TASTEMAKER__SLATES__STALE_AFTER_S": "0.001",
    "TASTEMAKER__ROLE_SERVER__PORT": "0",
    "TASTEMAKER__WATCH__MEASURE_EVERY_S": "1",
}


@dataclass(frozen=True)
class Observed:
    """roles: the address of the figures of all roles but the gateway."""

    server: RunningServer
    roles: str
    log: Path

    def lines(self) -> list[dict[str, object]]:
        return [json.loads(line) for line in self.log.read_text().splitlines() if line[:1] == "{"]

    def ask(self, user: str, request_id: str) -> str:
        address = f"{self.server.address}/api/v1/recommendations/{user}"
        answer = httpx2.get(address, headers={"X-Request-ID": request_id}, timeout=60)
        assert answer.raise_for_status().headers["X-Request-ID"] == request_id
        return str(answer.json()["source"])


@pytest.fixture(scope="module")
def observed(circles_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Observed]:
    folder = tmp_path_factory.mktemp("observed")
    home = Path(shutil.copytree(circles_home, folder / "home"))
    with running(home, **_ENVIRONMENT, **source_of(circles_home)) as server:
        log = folder / "up.err"
        [address] = _until(lambda: _addresses(log))
        yield Observed(server, address.removesuffix("/metrics"), log)


def test_one_id_is_in_every_log_on_the_way_from_the_request_to_the_slate(
    observed: Observed,
) -> None:
    observed.ask("u1", "first")
    numbers = iter(range(1_000_000))

    def answered_as_stored() -> str:
        request_id = f"try-{next(numbers)}"
        return request_id if observed.ask("u1", request_id) == "stored" else ""

    # Every stored slate is stale at once: the first that is served is asked for anew.
    followed = _until(answered_as_stored)

    def told() -> list[object]:
        return [line["event"] for line in observed.lines() if line.get("request_id") == followed]

    _until(lambda: "slates kept" in told())
    # The refresher opens the models for its first slates, and says what they lack.
    made = [event for event in told() if event != "ranker missing"]
    assert made == ["slate asked for anew", "slates made", "slates kept"]


def test_every_metric_of_the_dashboard_is_there(observed: Observed) -> None:
    observed.ask("u2", "any")
    dashboard = json.loads(FILE.read_text())
    queries = [
        target["expr"] for panel in dashboard["panels"] for target in panel.get("targets", [])
    ]
    wanted = {name for query in queries for name in _NAME.findall(query)}
    assert len(wanted) > 20
    addresses = (observed.server.address, observed.roles)
    deadline_s = time.monotonic() + LIMIT_S
    while missing := wanted - _samples(*addresses):
        assert time.monotonic() < deadline_s, missing
        threading.Event().wait(0.05)


@pytest.fixture(scope="module")
def prometheus(
    observed: Observed, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[OwnPrometheus]:
    folder = tmp_path_factory.mktemp("observed") / "prometheus"
    targets = [urlsplit(address).netloc for address in (observed.server.address, observed.roles)]
    with own_prometheus(folder, targets) as server:
        yield server


@pytest.mark.parametrize(
    "panel", [panel for row in ROWS.values() for panel in row], ids=lambda panel: panel.title
)
def test_every_query_of_the_dashboard_is_answered_with_the_labels_of_its_legend(
    observed: Observed, prometheus: OwnPrometheus, panel: Panel
) -> None:
    """By a Prometheus that scrapes the running processes."""
    observed.ask("u2", "any")
    for legend, query in panel.queries.items():
        for filled, empty in _EMPTY_WHILE_ALL_IS_WELL.items():
            query = query.replace(empty, filled)
        series = _until(partial(prometheus.ask, query))
        labels = set(_LABEL.findall(legend))
        assert all(labels <= {name for name, value in one.items() if value} for one in series)


def test_the_dashboard_is_what_its_source_says() -> None:
    assert FILE.read_text() == text(), "write it anew: python -m deploy.grafana"


def test_roles_are_alive_and_ready(observed: Observed) -> None:
    roles = ["trainer", "refresher", "recorder", "scheduler"]
    assert httpx2.get(f"{observed.roles}/health/live").json() == {"status": "alive", "roles": roles}
    ready = httpx2.get(f"{observed.roles}/health/ready").raise_for_status().json()
    assert ready["dependencies"] == ["bus", "database", "models", "slate_log", "slates"]
    assert ready["away"] == {}
    gateway = httpx2.get(f"{observed.server.address}/health/ready").raise_for_status().json()
    assert gateway["dependencies"] == ready["dependencies"]


def test_the_version_in_service_is_the_same_for_all(observed: Observed) -> None:
    def version(address: str) -> set[str]:
        return {
            sample.labels["version"]
            for family in text_string_to_metric_families(httpx2.get(f"{address}/metrics").text)
            for sample in family.samples
            if sample.name == "tastemaker_model_info"
        }

    assert version(observed.server.address) == version(observed.roles) != set()


def _addresses(log: Path) -> list[str]:
    return re.findall(r'"address": "(\S+/metrics)"', log.read_text())


def _samples(*addresses: str) -> set[str]:
    return {
        sample.name
        for address in addresses
        for family in text_string_to_metric_families(httpx2.get(f"{address}/metrics").text)
        for sample in family.samples
    }


def _until(look: Callable[[], Found]) -> Found:
    """What is found, as soon as there is anything."""
    deadline_s = time.monotonic() + LIMIT_S
    while not (found := look()):
        assert time.monotonic() < deadline_s, "it did not come to be"
        threading.Event().wait(0.05)
    return found


@pytest.mark.parametrize(
    ("variable", "setting", "dependency"),
    [
        (REDIS_URL, "TASTEMAKER__SLATES__URL", "slates"),
        ("TASTEMAKER_TEST_S3_URL", "TASTEMAKER__BLOBS__URL", "blobs"),
    ],
)
def test_a_role_says_which_server_is_away_until_it_is_back(
    tmp_path: Path, variable: str, setting: str, dependency: str
) -> None:
    if variable not in os.environ:
        pytest.skip(f"{variable} names no server to test with")
    with line_to(os.environ[variable]) as (line, url):
        environment = {
            setting: url,
            "TASTEMAKER__ROLE_SERVER__PORT": "0",
            "TASTEMAKER__WATCH__LOOK_EVERY_S": "0.1",
        }
        with role("recorder", tmp_path, **environment):
            log = tmp_path / "roles.err"
            [metrics] = _until(lambda: _addresses(log))
            ready = metrics.replace("/metrics", "/health/ready")
            _until(lambda: httpx2.get(ready, timeout=60).status_code == 200)
            line.cut()
            away = _until(lambda: httpx2.get(ready, timeout=60).json()["away"])
            assert list(away) == [dependency]
            assert httpx2.get(ready, timeout=60).status_code == 503
            line.mend()
            _until(lambda: httpx2.get(ready, timeout=60).status_code == 200)
