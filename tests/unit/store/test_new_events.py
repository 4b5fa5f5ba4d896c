"""A training is asked for by the number of new events, on either database."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from structlog.testing import capture_logs

from tastemaker.adapters.bus.sqlite import SqliteBus
from tastemaker.core.errors import StoreUnavailable
from tastemaker.core.topics import Topic
from tastemaker.core.weights import FeedbackWeights
from tastemaker.ports import Bus
from tastemaker.roles.grown import RetrainWhenGrown
from tastemaker.roles.look_again import LookAgain
from tastemaker.store.interactions import InteractionLog
from tastemaker.train.jury import JuryConfig
from tastemaker.train.recipe import RECIPE, Recipe
from tests.unit.store.events import START, rated

EVERY = 10
LIMIT_S = 30.0


class Models:
    """One version, and how far it has read the events."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.version = ""

    def trained(self, version: str, n_live_rows: int) -> None:
        recipe = Recipe(
            dataset="d",
            source_hashes={},
            n_live_rows=n_live_rows,
            training_hash="",
            models=(),
            variants={},
            weights=FeedbackWeights(),
            jury=JuryConfig(),
            n_threads=1,
            commit="",
            libraries={},
        )
        self.path(version).mkdir()
        (self.path(version) / RECIPE).write_text(recipe.model_dump_json())
        self.version = version

    def stored(self) -> list[Any]:
        class Manifest:
            provenance = self

        return [Manifest]

    def path(self, version: str) -> Path:
        return self._folder / version


@pytest.fixture
def bus(tmp_path: Path) -> Iterator[Bus]:
    bus = SqliteBus(tmp_path / "bus.db", lambda: START)
    yield bus
    bus.close()


@pytest.fixture
def models(tmp_path: Path, log: InteractionLog) -> Models:
    models = Models(tmp_path)
    log.append([rated("before")])
    models.trained("v1", log.last_row())
    return models


@pytest.fixture
def grown(models: Models, log: InteractionLog, bus: Bus) -> RetrainWhenGrown:
    return RetrainWhenGrown(cast(Any, models), log, bus, EVERY, lambda: START)


def asked(bus: Bus) -> list[str]:
    """Since the last call."""
    reading = bus.subscribe([Topic.RETRAIN], "a test")
    found = reading.poll(100, timeout_s=0)
    reading.acknowledge(found)
    reading.close()
    return [one.message.message_id for one in found]


def test_an_event_that_is_sent_again_is_no_new_one(
    grown: RetrainWhenGrown, log: InteractionLog, bus: Bus
) -> None:
    for _ in range(3):
        log.append([rated(f"e{n}") for n in range(EVERY - 1)])
        grown.look()
    assert asked(bus) == []
    log.append([rated("e0"), rated("the last one")])
    grown.look()
    assert asked(bus) == ["grown-v1-1"]


def test_an_outage_is_said_once(
    models: Models, log: InteractionLog, bus: Bus, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks, all_done = list[int](), threading.Event()

    def stored() -> list[Any]:
        looks.append(1)
        if len(looks) == 8:
            all_done.set()
        if len(looks) != 4:
            raise StoreUnavailable("The disk is away")
        return []

    monkeypatch.setattr(models, "stored", stored)
    grown = RetrainWhenGrown(cast(Any, models), log, bus, EVERY, lambda: START)
    looking = LookAgain(grown.look, 0.001, "new events not counted")
    thread = threading.Thread(target=looking.run)
    with capture_logs() as lines:
        thread.start()
        assert all_done.wait(LIMIT_S)
        looking.stop()
        thread.join(LIMIT_S)
    assert [line["event"] for line in lines] == ["new events not counted"] * 2


def test_it_is_asked_once_for_every_so_many(
    grown: RetrainWhenGrown, models: Models, log: InteractionLog, bus: Bus
) -> None:
    names = []
    for n in range(3 * EVERY):
        log.append([rated(f"e{n}")])
        grown.look()
        grown.look()
        names += [(n + 1, name) for name in asked(bus)]
    assert names == [(n * EVERY, f"grown-v1-{n}") for n in (1, 2, 3)]
    models.trained("v2", log.last_row())
    log.append([rated(f"f{n}") for n in range(2 * EVERY)])
    grown.look()
    assert asked(bus) == ["grown-v2-2"]
