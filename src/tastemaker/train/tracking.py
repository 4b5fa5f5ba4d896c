"""Every training as a run in MLflow, for people who compare many of them."""

import logging
import os
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog
from pydantic import BaseModel, Field, SecretStr

from tastemaker.train.model_store import StoredVersion
from tastemaker.train.recipe import Recipe
from tastemaker.train.verdict_plot import verdict_figure

if TYPE_CHECKING:
    from mlflow import MlflowClient

log = structlog.get_logger(__name__)

_PARAMS_AT_ONCE = 100
_MAX_TEXT = 500


class TrackingConfig(BaseModel, frozen=True, extra="forbid"):
    is_on: bool = True
    url: SecretStr | None = None  # of an MLflow server or its database; none: mlflow.db in home
    experiment: str = Field(default="tastemaker", min_length=1)
    keep_models: bool = False  # a copy of the model files with every run


class Tracker:
    """Only in a process that trains: the library is large. home: of the default database."""

    def __init__(self, config: TrackingConfig, home: Path) -> None:
        self._config = config
        self._home = home.absolute()
        self._opened: Future[MlflowClient] = Future()

    def begin(self) -> None:
        """Opens the database in a thread, for that takes seconds, while the models are fitted."""
        if self._config.is_on:
            self._opened = ThreadPoolExecutor(1).submit(self._client)

    def record(self, made: StoredVersion, recipe: Recipe, folder: Path) -> None:
        """A run that cannot be recorded is told of in the log, and the training stands.

        After `begin`. folder: of the version.
        """
        if not self._config.is_on:
            return
        try:
            self._record(made, recipe, folder)
        except Exception:
            # A server that is away, a full disk, a database of another release: whatever it is,
            # the models are trained, and the same facts lie beside them.
            log.exception("training not tracked", version=made.version)

    def _record(self, made: StoredVersion, recipe: Recipe, folder: Path) -> None:
        client = self._opened.result()
        run_id = client.create_run(
            self._experiment_id(client),
            start_time=_ms(made.manifest.provenance.created_at.timestamp()),
            run_name=made.version,
            tags=_tags(made, recipe, folder),
        ).info.run_id
        _log_figures(client, run_id, _params(made, recipe), dict(_metrics(made)))
        for path in sorted(folder.glob("*.json")):
            client.log_artifact(run_id, str(path))
        if made.record.verdict is not None and made.record.verdict.metrics:
            client.log_figure(run_id, verdict_figure(made.record.verdict), "verdict.png")
        if self._config.keep_models:
            client.log_artifacts(run_id, str(folder), "models")
        client.set_terminated(run_id)

    def _client(self) -> "MlflowClient":
        # Nothing is reported to the makers of the library, nor its progress to our log.
        os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
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


def _log_figures(
    client: "MlflowClient", run_id: str, params: Mapping[str, str], metrics: Mapping[str, float]
) -> None:
    from mlflow.entities import Metric, Param

    at_ms = _ms(time.time())
    client.log_batch(run_id, [Metric(name, value, at_ms, 0) for name, value in metrics.items()])
    given = [Param(name, value) for name, value in params.items()]
    for start in range(0, len(given), _PARAMS_AT_ONCE):
        client.log_batch(run_id, params=given[start : start + _PARAMS_AT_ONCE])


def _tags(made: StoredVersion, recipe: Recipe, folder: Path) -> dict[str, str]:
    return {
        "version": made.version,
        "state": made.state.value,
        "reason": made.record.reason,
        "variant": made.record.variant or "",
        "folder": str(folder.absolute()),
        "mlflow.source.name": "tastemaker train",
        "mlflow.source.git.commit": recipe.commit,
    }


def _params(made: StoredVersion, recipe: Recipe) -> dict[str, str]:
    manifest = made.manifest
    given: dict[str, Any] = {
        **manifest.configs,
        "seed": manifest.provenance.seed,
        "data": {
            "dataset": recipe.dataset,
            "training_hash": recipe.training_hash,
            "n_users": manifest.n_users,
            "n_items": manifest.n_items,
            "n_events": manifest.n_events,
            "n_live_rows": recipe.n_live_rows,
            "first_at_s": manifest.first_at_s,
            "last_at_s": manifest.last_at_s,
        },
        "weights": recipe.weights.model_dump(mode="json"),
        "jury": recipe.jury.model_dump(mode="json"),
        "n_threads": recipe.n_threads,
    }
    return {name: str(value)[:_MAX_TEXT] for name, value in _flat(given)}


def _metrics(made: StoredVersion) -> Iterator[tuple[str, float]]:
    """Names without `@`, which the library does not take."""
    record = made.record
    if record.training_s is not None:
        yield "training_s", record.training_s
    for variant, recall in record.candidate_recall.items():
        for k, share in recall.items():
            yield f"{variant}/candidate_recall_at_{k}", share
    if record.verdict is not None:
        for scorer, values in record.verdict.metrics.items():
            for metric, value in values.items():
                yield f"{scorer}/{metric.replace('@', '_at_')}", value


def _flat(given: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in given.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{before}{name}.")
        else:
            yield f"{before}{name}", value


def _ms(at_s: float) -> int:
    return int(at_s * 1000)
