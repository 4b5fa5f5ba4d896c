"""A process knows what is away."""

import threading
import time
from collections.abc import Callable

from prometheus_client import CollectorRegistry
from structlog.testing import capture_logs

from tastemaker.core.errors import BusUnavailable
from tastemaker.observe.state_metrics import StateMetrics
from tastemaker.observe.watch import Look, Watch

LIMIT_S = 60.0


class _Server:
    """away: raised where it is set."""

    def __init__(self) -> None:
        self.away: Exception | None = None

    def look(self) -> None:
        if self.away is not None:
            raise self.away


def _watch(looks: dict[str, Callable[[], object]], silent_s: float = 60.0) -> Watch:
    made = [Look(name, look, every_s=0.01) for name, look in looks.items()]
    return Watch(made, silent_s, time.monotonic)


def _becomes(watch: Watch, states: dict[str, str]) -> None:
    deadline_s = time.monotonic() + LIMIT_S
    while watch.states() != states:
        assert time.monotonic() < deadline_s, watch.states()


def test_all_is_known_as_soon_as_it_runs() -> None:
    watch = _watch({"bus": lambda: None, "database": lambda: None})
    assert all(watch.states().values())
    with watch.running():
        assert watch.states() == {"bus": "", "database": ""}


def test_what_goes_away_is_named_until_it_is_back() -> None:
    bus = _Server()
    watch = _watch({"bus": bus.look, "database": lambda: None})
    with capture_logs() as lines, watch.running():
        bus.away = BusUnavailable("It does not answer", where="kafka://secret")
        _becomes(watch, {"bus": "It does not answer", "database": ""})
        bus.away = ValueError("of a driver")
        _becomes(watch, {"bus": "ValueError('of a driver')", "database": ""})
        bus.away = None
        _becomes(watch, {"bus": "", "database": ""})
    assert [line["event"] for line in lines] == ["away", "away", "back"]


def test_one_that_hangs_is_away_and_hides_no_other() -> None:
    hangs = threading.Event()
    hanging = threading.Event()
    bus = _Server()

    def look() -> None:
        if hanging.is_set():
            hangs.wait(LIMIT_S)

    watch = _watch({"slates": look, "bus": bus.look}, silent_s=0.2)
    with watch.running():
        hanging.set()
        bus.away = BusUnavailable("gone")
        deadline_s = time.monotonic() + LIMIT_S
        while not (states := watch.states())["slates"].startswith("no answer") or not states["bus"]:
            assert time.monotonic() < deadline_s, states
        hangs.set()


def test_figures_say_what_readiness_says_also_of_what_hangs() -> None:
    may_answer, hangs, now_s = threading.Event(), threading.Event(), [0.0]
    may_answer.set()
    registry = CollectorRegistry()
    state = StateMetrics(registry)

    def look() -> None:
        if not may_answer.is_set():
            hangs.set()
            may_answer.wait(LIMIT_S)
        state.lag("interactions", "recorder", 7)

    def lag() -> float | None:
        labels = {"topic": "interactions", "group": "recorder"}
        return registry.get_sample_value("tastemaker_bus_lag", labels)

    def is_up() -> float | None:
        return registry.get_sample_value("tastemaker_dependency_up", {"dependency": "bus"})

    watch = Watch([Look("bus", look, every_s=0.01)], 60.0, lambda: now_s[0])
    state.dependencies(watch.states)
    assert is_up() == 0
    with watch.running():
        assert (is_up(), lag()) == (1, 7)
        may_answer.clear()
        assert hangs.wait(LIMIT_S)
        now_s[0] += 100.0
        assert watch.states()["bus"].startswith("no answer")
        assert (is_up(), lag()) == (0, None)
        may_answer.set()
        _becomes(watch, {"bus": ""})
        assert (is_up(), lag()) == (1, 7)


def test_what_is_measured_only_makes_nobody_unready() -> None:
    def fail() -> None:
        raise OSError("no such folder")

    with Watch([Look("sizes", fail, 0.01, is_dependency=False)], 60.0, time.monotonic).running():
        pass
