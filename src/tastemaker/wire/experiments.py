"""Experiments on what is in service."""

import structlog
from sqlalchemy import Engine

from tastemaker.adapters.slate_log.sql import SqlSlateLog
from tastemaker.config import Settings
from tastemaker.ports import SlateLog
from tastemaker.recommend.pipeline import Recommender

log = structlog.get_logger(__name__)


def open_slate_log(engine: Engine) -> SlateLog:
    """engine: of a migrated database."""
    return SqlSlateLog(engine)


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
