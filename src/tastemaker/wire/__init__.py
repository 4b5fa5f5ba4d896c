"""The one place where the parts are put together, by the configuration."""

from tastemaker.wire.beside import roles_beside
from tastemaker.wire.data import extract_catalogue, ingest, preprocess
from tastemaker.wire.events import messages_set_aside, replay_set_aside
from tastemaker.wire.examine import examine
from tastemaker.wire.experiments import experiment_report, experiment_reports
from tastemaker.wire.generation import generate
from tastemaker.wire.learning import evaluate, fit_batch, train
from tastemaker.wire.prepare import prepare
from tastemaker.wire.roles import open_roles
from tastemaker.wire.serving import application, make_admin, refuse_unsafe
from tastemaker.wire.simulation import simulator
from tastemaker.wire.versions import (
    compare,
    listed_versions,
    promote,
    prune,
    repeat_version,
    roll_back,
    version,
    versions,
)

__all__ = [
    "application",
    "compare",
    "evaluate",
    "examine",
    "experiment_report",
    "experiment_reports",
    "extract_catalogue",
    "fit_batch",
    "generate",
    "ingest",
    "listed_versions",
    "make_admin",
    "messages_set_aside",
    "open_roles",
    "prepare",
    "preprocess",
    "promote",
    "prune",
    "refuse_unsafe",
    "repeat_version",
    "replay_set_aside",
    "roles_beside",
    "roll_back",
    "simulator",
    "train",
    "version",
    "versions",
]
