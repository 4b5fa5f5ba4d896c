"""What a role answers over HTTP."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import httpx2
from prometheus_client import CollectorRegistry

from tastemaker.observe.role_metrics import RoleMetrics
from tastemaker.observe.role_server import RoleServer, RoleServerConfig


@contextmanager
def _running(
    states: Mapping[str, str], registry: CollectorRegistry | None = None, port: int = 0
) -> Iterator[RoleServer]:
    server = RoleServer(
        RoleServerConfig(port=port),
        ("recorder",),
        registry or CollectorRegistry(),
        lambda: states,
    )
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        yield server
    finally:
        server.stop()
        thread.join()


def test_it_is_ready_while_nothing_is_away() -> None:
    states = {"bus": "", "database": ""}
    with _running(states) as server:
        assert httpx2.get(f"{server.address}/health/ready").status_code == 200
        states["bus"] = "It does not answer"
        answer = httpx2.get(f"{server.address}/health/ready")
        assert answer.status_code == 503
        assert answer.json()["away"] == {"bus": "It does not answer"}
        assert httpx2.get(f"{server.address}/health/live").status_code == 200
        assert httpx2.get(f"{server.address}/else").status_code == 404


def test_a_taken_port_ends_in_another_one() -> None:
    with _running({}) as first:
        port = int(first.address.rpartition(":")[2])
        with _running({}, port=port) as second:
            assert second.address != first.address
            assert httpx2.get(f"{second.address}/health/live").status_code == 200


def test_what_a_role_does_is_counted_and_timed() -> None:
    registry = CollectorRegistry()
    moments = iter(range(100))
    metrics = RoleMetrics(registry, lambda: float(next(moments)))
    handled = metrics.of_group("recorder", "recorder")

    def handle(messages: list[str]) -> None:
        handled("done", len(messages))

    metrics.timed("recorder", "recorder", handle)(["a", "b"])
    with _running({}, registry) as server:
        lines = httpx2.get(f"{server.address}/metrics").text.splitlines()
    labels = 'group="recorder",outcome="{}",role="recorder"'
    assert f"tastemaker_messages_total{{{labels.format('done')}}} 2.0" in lines
    assert f"tastemaker_messages_total{{{labels.format('set_aside')}}} 0.0" in lines
    assert 'tastemaker_batch_seconds_sum{group="recorder",role="recorder"} 1.0' in lines
