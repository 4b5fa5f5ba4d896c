from datetime import UTC, datetime

import pytest
from prometheus_client import CollectorRegistry
from prometheus_client.parser import text_string_to_metric_families

from tastemaker.core.ids import SessionId
from tastemaker.core.slate import Slate, Source
from tastemaker.observe.metrics import Metrics


@pytest.fixture
def metrics() -> Metrics:
    return Metrics(CollectorRegistry())


def value(metrics: Metrics, name: str, **labels: str) -> float | None:
    for family in text_string_to_metric_families(metrics.text().decode()):
        for sample in family.samples:
            if sample.name == name and sample.labels == labels:
                return float(sample.value)
    return None


def test_requests_are_counted_by_route_and_status(metrics: Metrics) -> None:
    metrics.request_answered("GET", "/items", 200, 0.004)
    metrics.request_answered("GET", "/items", 200, 0.2)
    of_route = {"method": "GET", "route": "/items", "status": "200"}
    assert value(metrics, "tastemaker_requests_total", **of_route) == 2
    assert value(metrics, "tastemaker_request_seconds_bucket", route="/items", le="0.005") == 1
    assert value(metrics, "tastemaker_request_seconds_count", route="/items") == 2


def test_an_invented_method_makes_no_label_of_its_own(metrics: Metrics) -> None:
    metrics.request_answered("BREW", "unmatched", 405, 0.001)
    labels = {"method": "other", "route": "unmatched", "status": "405"}
    assert value(metrics, "tastemaker_requests_total", **labels) == 1


def test_slates_are_counted_by_source_and_model(metrics: Metrics) -> None:
    metrics.slates.made(Slate((), Source.POPULAR, "ease", "v1", SessionId("s")))
    assert value(metrics, "tastemaker_slates_total", source="popular", model="ease") == 1


def test_events_are_counted_by_outcome(metrics: Metrics) -> None:
    metrics.events_posted(n_accepted=3, n_duplicate=2, n_rejected=1)
    outcomes = ("accepted", "duplicate", "rejected")
    counts = [value(metrics, "tastemaker_events_total", outcome=outcome) for outcome in outcomes]
    assert counts == [3, 2, 1]


def test_only_the_version_in_service_is_named_and_it_ages(metrics: Metrics) -> None:
    now = datetime(2024, 1, 2, tzinfo=UTC)
    metrics.model_in_service("old", datetime(2023, 1, 1, tzinfo=UTC), lambda: now)
    metrics.model_in_service("new", datetime(2024, 1, 1, tzinfo=UTC), lambda: now)
    assert value(metrics, "tastemaker_model_info", version="new") == 1
    assert value(metrics, "tastemaker_model_info", version="old") is None
    assert value(metrics, "tastemaker_model_age_seconds") == 86_400


def test_slates_on_their_way_to_the_log_are_counted(metrics: Metrics) -> None:
    metrics.slates_written(3)
    metrics.slates_lost(2)
    assert value(metrics, "tastemaker_slate_log_total", outcome="written") == 3
    assert value(metrics, "tastemaker_slate_log_total", outcome="lost") == 2


def test_how_a_model_serves_is_known_once_it_has_served(metrics: Metrics) -> None:
    for _ in range(95):
        metrics.slates.timed("ease", 0.0007)
    for _ in range(4):
        metrics.slates.timed("ease", 0.04)
    metrics.slates.failed("ease")
    metrics.slates.failed("als")
    assert set(metrics.slates.serving(["ease", "als", "full"])) == {"ease"}
    ease = metrics.slates.serving(["ease"])["ease"]
    assert (ease.n_made, ease.failed) == (99, 0.01)
    assert 0.0005 < ease.p95_s <= 0.001
    metrics.slates.timed("full", 60.0)
    assert metrics.slates.serving(["full"])["full"].p95_s == 5.0
