"""Every training as a run in MLflow, for people who compare many of them."""

import logging
import os
import platform
import re
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import structlog
from pydantic import BaseModel, Field, SecretStr

from tastemaker.train.importances import importances
from tastemaker.train.importances_plot import importances_figure
from tastemaker.train.model_store import StoredVersion
from tastemaker.train.recipe import Recipe
from tastemaker.train.tracked_facts import metrics, params, tags
from tastemaker.train.verdict_plot import verdict_figure

if TYPE_CHECKING:
    from mlflow import MlflowClient

log = structlog.get_logger(__name__)

_PARAMS_AT_ONCE = 100
_MAX_REASON = 1_000
_KILLED = "It ended without a word: killed, or its end could not be recorded."
_PATIENCE = {"MLFLOW_HTTP_REQUEST_MAX_RETRIES": "3", "MLFLOW_HTTP_REQUEST_TIMEOUT": "20"}
"""A server that is away keeps a training that has ended for seconds, not for minutes."""


class TrackingConfig(BaseModel, frozen=True, extra="forbid"):
    is_on: bool = True
    url: SecretStr | None = None  # of an MLflow server or its database; none: mlflow.db in home
    experiment: str = Field(default="tastemaker", min_length=1)
    keep_models: bool = False  # a copy of the model files with every run


class _Run(NamedTuple):
    client: "MlflowClient"
    run_id: str

    def end(self, status: str, name: str | None, tags: Mapping[str, str]) -> None:
        from mlflow.entities import RunTag

        given = [RunTag(key, value) for key, value in tags.items()]
        self.client.log_batch(self.run_id, tags=given)
        if name is not None:
            self.client.update_run(self.run_id, name=name)
        self.client.set_terminated(self.run_id, status)


class Tracker:
    """Only in a process that trains: the library is large.

    home: of the default database; one training at a time in it.
    """

    def __init__(self, config: TrackingConfig, home: Path) -> None:
        self._config = config
        self._home = home.absolute()
        self._begun: Future[_Run] = Future()

    def begin(self) -> None:
        """Opens the database and a run in a thread, for that takes seconds, while the models are
        fitted. What an earlier training of this home left open was killed, and is ended as such."""
        if self._config.is_on:
            self._begun = ThreadPoolExecutor(1).submit(self._begin)

    def record(self, made: StoredVersion, recipe: Recipe, folder: Path) -> None:
        """A run that cannot be recorded is told of in the log, and the training stands.

        After `begin`. folder: of the version.
        """
        self._told(lambda run: self._record(run, made, recipe, folder))

    def fail(self, error: Exception) -> None:
        """The training has ended without a version. After `begin`; never raises."""
        reason = (str(error) or repr(error))[:_MAX_REASON]
        self._told(lambda run: run.end("FAILED", None, {"state": "failed", "reason": reason}))

    def _told(self, tell: Callable[[_Run], None]) -> None:
        if not self._config.is_on:
            return
        try:
            tell(self._begun.result())
        except Exception:
            # A server that is away, a full disk, a database of another release: whatever it is,
            # the models are trained, and the same facts lie beside them.
            log.exception("training not tracked")

    def _record(self, run: _Run, made: StoredVersion, recipe: Recipe, folder: Path) -> None:
        client, run_id = run
        _log_figures(run, params(made, recipe), dict(metrics(made)))
        for path in sorted(folder.glob("*.json")):
            client.log_artifact(run_id, str(path))
        if made.record.verdict is not None and made.record.verdict.metrics:
            client.log_figure(run_id, verdict_figure(made.record.verdict), "verdict.png")
        if read_most := importances(made.manifest, recipe.variants):
            client.log_dict(run_id, read_most, "importances.json")
            client.log_figure(run_id, importances_figure(read_most), "importances.png")
        if self._config.keep_models:
            client.log_artifacts(run_id, str(folder), "models")
        run.end("FINISHED", made.version, tags(made, recipe, folder))

    def _begin(self) -> _Run:
        client = self._client()
        experiment_id = self._experiment_id(client)
        place = f"{platform.node()}:{self._home}"
        for left in client.search_runs([experiment_id], "attributes.status = 'RUNNING'"):
            if left.data.tags.get("home") == place:
                killed = _Run(client, left.info.run_id)
                killed.end("KILLED", None, {"state": "killed", "reason": _KILLED})
        given = {"home": place, "state": "running", "mlflow.source.name": "tastemaker train"}
        run = client.create_run(experiment_id, run_name="training", tags=given)
        return _Run(client, run.info.run_id)

    def _client(self) -> "MlflowClient":
        # Nothing is reported to the makers of the library, nor its progress to our log.
        os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
        for name, value in _PATIENCE.items():
            os.environ.setdefault(name, value)
        from mlflow import MlflowClient

        for name in ("mlflow", "alembic"):
            logging.getLogger(name).setLevel(logging.WARNING)
        url = self._config.url
        return MlflowClient(
            tracking_uri=url.get_secret_value() if url else f"sqlite:///{self._home}/mlflow.db"
        )

    def _experiment_id(self, client: "MlflowClient") -> str:
        name = self._config.experiment
        known = client.get_experiment_by_name(name)
        if known is not None:
            return str(known.experiment_id)
        # Beside the default database; a server has a place of its own for artefacts.
        is_local = self._config.url is None
        location = (self._home / "mlartifacts").as_uri() if is_local else None
        return str(client.create_experiment(name, artifact_location=location))


def _log_figures(run: _Run, params: Mapping[str, str], metrics: Mapping[str, float]) -> None:
    from mlflow.entities import Metric, Param

    at_ms = int(time.time() * 1000)
    figures = [Metric(_allowed(name), value, at_ms, 0) for name, value in metrics.items()]
    run.client.log_batch(run.run_id, figures)
    given = [Param(_allowed(name), value) for name, value in params.items()]
    for start in range(0, len(given), _PARAMS_AT_ONCE):
        run.client.log_batch(run.run_id, params=given[start : start + _PARAMS_AT_ONCE])


def _allowed(name: str) -> str:
    """The library takes no other signs: `ndcg@10` is `ndcg_at_10`."""
    return re.sub(r"[^\w\-. :/]", "_", name.replace("@", "_at_"))
