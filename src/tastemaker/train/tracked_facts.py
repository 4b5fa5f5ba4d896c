"""What is told of a version where trainings are recorded: parameters, figures, tags."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tastemaker.train.model_store import StoredVersion
from tastemaker.train.recipe import Recipe

_MAX_TEXT = 500


def params(made: StoredVersion, recipe: Recipe) -> dict[str, str]:
    """Everything that decided the outcome, by its place in the configuration."""
    manifest = made.manifest
    given: dict[str, Any] = {
        **manifest.configs,
        "variants": {name: one.model_dump(mode="json") for name, one in recipe.variants.items()},
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
        "gate": {} if recipe.gate is None else recipe.gate.model_dump(mode="json"),
        "judged": ", ".join(recipe.judged),
        "n_threads": recipe.n_threads,
        "machine": recipe.machine,
        "libraries": recipe.libraries,
    }
    return {name: str(value)[:_MAX_TEXT] for name, value in _flat(given)}


def metrics(made: StoredVersion) -> Iterator[tuple[str, float]]:
    record = made.record
    if record.training_s is not None:
        yield "training_s", record.training_s
    for variant, recall in record.candidate_recall.items():
        for k, share in recall.items():
            yield f"{variant}/candidate_recall@{k}", share
    if record.verdict is not None:
        for scorer, values in record.verdict.metrics.items():
            for metric, value in values.items():
                yield f"{scorer}/{metric}", value


def tags(made: StoredVersion, recipe: Recipe, folder: Path) -> dict[str, str]:
    return {
        "version": made.version,
        "state": made.state.value,
        "reason": made.record.reason,
        "variant": made.record.variant or "",
        "similar_variant": made.record.similar_variant or "",
        "folder": str(folder.absolute()),
        "mlflow.source.git.commit": recipe.commit,
    }


def _flat(given: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in given.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{before}{name}.")
        else:
            yield f"{before}{name}", value
