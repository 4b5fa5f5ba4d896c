"""Experiments on what is in service."""

from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from tastemaker.config import Settings
from tastemaker.core.clock import system_clock
from tastemaker.core.errors import NotFound
from tastemaker.observe.experiments.report import ExperimentReport, read_report
from tastemaker.ports import SlateLog
from tastemaker.recommend.pipeline import Recommender
from tastemaker.wire import backends
from tastemaker.wire.places import database_engine

log = structlog.get_logger(__name__)


def untrained(settings: Settings, recommender: Recommender) -> dict[str, list[str]]:
    """By experiment, those of its variants of which no model is trained."""
    missing = {
        name: [variant for variant in config.variants if variant not in recommender.variants]
        for name, config in settings.experiments.items()
    }
    return {name: variants for name, variants in missing.items() if variants}


def say_untrained(settings: Settings, recommender: Recommender) -> None:
    """A line in the log for each: their users are shown what is popular."""
    for experiment, variants in untrained(settings, recommender).items():
        log.warning("experiment with an untrained variant", name=experiment, variants=variants)


def experiment_reports(settings: Settings) -> list[ExperimentReport]:
    """Of every experiment configured."""
    with _slate_log(settings) as slate_log:
        return [
            read_report(name, config, slate_log, system_clock())
            for name, config in settings.experiments.items()
        ]


def experiment_report(settings: Settings, name: str) -> ExperimentReport:
    """Raises NotFound."""
    config = settings.experiments.get(name)
    if config is None:
        known = ", ".join(settings.experiments) or "none"
        raise NotFound(f"No experiment '{name}'", next_step=f"Configured are: {known}.")
    with _slate_log(settings) as slate_log:
        return read_report(name, config, slate_log, system_clock())


@contextmanager
def _slate_log(settings: Settings) -> Iterator[SlateLog]:
    with (
        database_engine(settings) as engine,
        backends.open_slate_log(settings.slate_log, engine) as slate_log,
    ):
        yield slate_log
