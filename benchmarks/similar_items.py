"""Does what a person chose next stand among the items similar to the one before?

The whole catalogue is ranked for the one item, ties counting against the scorer; see the protocol
`similar` in docs/evaluation.md. Settings were chosen on validation; both parts are shown.
"""

from collections.abc import Iterator
from pathlib import Path

from benchmarks.table import Row
from tastemaker.config import DEFAULT_VARIANTS, Settings
from tastemaker.core.clock import system_clock
from tastemaker.ingest.limits import IngestConfig
from tastemaker.recommend.variant import VariantConfig
from tastemaker.train.batch_files import read_source
from tastemaker.train.run_evaluation import EvaluationPlan, Part, run_evaluation
from tastemaker.train.split import Protocol

COMPARED = {
    "similar": DEFAULT_VARIANTS["similar"],
    "item_knn and content, equal": VariantConfig(models=("item_knn", "content")),
    **{name: VariantConfig(models=(name,)) for name in ("transitions", "ease", "ials", "content")},
}
METRICS = ("recall@10", "recall@20", "ndcg@10")
PARTS: tuple[Part, ...] = ("validation", "test")


def rows(data_dir: Path) -> Iterator[Row]:
    settings = Settings()
    for name, folder in (("ML-1M", "ml-1m"), ("latest-small", "ml-latest-small")):
        tables = read_source(
            str(data_dir / folder), None, IngestConfig(), clock=system_clock, on_progress=_silent
        )
        for part in PARTS:
            plan = EvaluationPlan(
                protocol=Protocol.SIMILAR,
                variants=COMPARED,
                configs=settings.model_configs(),
                weights=settings.feedback.weights,
                seed=settings.train.seed,
                part=part,
            )
            report = run_evaluation(
                tables.interactions, tables.items, plan, clock=system_clock, on_progress=_silent
            )
            for scorer, means in report.evaluation.intervals.items():
                said = ", ".join(f"{metric} {means[metric].mean:.4f}" for metric in METRICS)
                yield Row(f"similar items, {name}, {part}: {scorer}", said)


def _silent(_step: str, _done: float) -> None:
    """Figures are told by the table alone."""
