"""An evaluation for people and for programs: tables, JSON, per-user values, a plot."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import orjson
import polars as pl
from rich.box import SIMPLE_HEAD
from rich.table import Table

from tastemaker.core.errors import StoreUnavailable
from tastemaker.train.baselines import BASELINES
from tastemaker.train.bootstrap import LEVEL, Interval
from tastemaker.train.evaluate import Evaluation
from tastemaker.train.importances import largest
from tastemaker.train.plot import save_plot
from tastemaker.train.run_evaluation import UNTIMED, Report

HEADINGS = {
    "recall": "recall",
    "precision": "precision",
    "hit_rate": "HR",
    "ndcg": "NDCG",
    "map": "MAP",
    "coverage": "coverage",
    "novelty": "novelty",
}
"""Short enough for eighty columns; a terminal shows these, the files everything."""


def tables(report: Report) -> Iterator[Table]:
    """For a terminal: one table a k with every scorer, the comparisons, what rankers read most."""
    evaluation = report.evaluation
    for k in evaluation.ks:
        yield _metrics_at(report, k)
    compared = _table(
        f"Paired bootstrap of {evaluation.main_metric} over users",
        ["better", "than", "difference", f"{LEVEL:.0%} interval", "probability"],
    )
    for comparison in evaluation.comparisons:
        difference = comparison.difference
        between = difference.interval
        compared.add_row(
            comparison.first,
            comparison.second,
            f"{between.mean:+.4f}",
            f"{between.low:+.4f} to {between.high:+.4f}",
            f"{difference.probability:.1%}",
        )
    yield compared
    for name, of_ranker in report.importances.items():
        read = _table(f"Read most by the ranker of {name}", ["feature", "importance of 100"])
        for feature, value in largest(of_ranker):
            read.add_row(feature, f"{value:.1f}")
        yield read


def as_json(report: Report) -> dict[str, Any]:
    """Means with their intervals, coverage, comparisons, importances; no per-user values."""
    evaluation = report.evaluation
    return {
        "protocol": report.protocol.value,
        "part": report.part,
        "seed": report.seed,
        "note": report.note,
        "n_users_asked_about": len(evaluation.user_ids),
        "n_users_trained_on": evaluation.n_training_users,
        "n_items": evaluation.n_items,
        "main_metric": evaluation.main_metric,
        "interval_level": LEVEL,
        "scorers": {
            name: {
                "is_baseline": name in BASELINES,
                "told_moment": name in report.told_moment,
                "score_s": result.score_s,
                "metrics": {
                    metric: asdict(one) for metric, one in evaluation.intervals[name].items()
                },
                "coverage": dict(result.overall),
            }
            for name, result in evaluation.measured.items()
        },
        "importances": report.importances,
        "comparisons": [asdict(comparison) for comparison in evaluation.comparisons],
    }


def per_user(evaluation: Evaluation) -> pl.DataFrame:
    """One row a scorer and user: scorer, user_id, then every metric."""
    return pl.concat(
        pl.DataFrame({"user_id": evaluation.user_ids, **result.per_user}).select(
            pl.lit(name).alias("scorer"), pl.all()
        )
        for name, result in evaluation.measured.items()
    )


def write_report(report: Report, folder: Path) -> Sequence[Path]:
    """evaluation.json, per_user.parquet and evaluation.png, replaced where they are there.

    Raises StoreUnavailable.
    """
    paths = [folder / name for name in ("evaluation.json", "per_user.parquet", "evaluation.png")]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        paths[0].write_bytes(orjson.dumps(as_json(report), option=orjson.OPT_INDENT_2))
        per_user(report.evaluation).write_parquet(paths[1])
        save_plot(report, paths[2])
    except OSError as error:
        raise StoreUnavailable(
            f"The report cannot be written: {error.strerror}",
            where=str(folder),
            next_step="Choose a folder that this user may write to, with some space left.",
        ) from error
    return paths


def _metrics_at(report: Report, k: int) -> Table:
    evaluation = report.evaluation
    title = (
        f"{report.protocol} ({report.part}), k = {k}: {len(evaluation.user_ids):,} users asked "
        f"about, {evaluation.n_training_users:,} trained on, {evaluation.n_items:,} items"
    )
    table = _table(title, ["scorer", *HEADINGS.values()])
    table.caption = " ".join(filter(None, [report.note, _of_moments(report)])) or None
    for name, result in evaluation.measured.items():
        intervals = evaluation.intervals[name]
        cells = [
            f"{result.overall[f'coverage@{k}']:.4f}"
            if metric == "coverage"
            else _cell(metric, intervals[f"{metric}@{k}"])
            for metric in HEADINGS
        ]
        style = "dim" if name in BASELINES else None
        table.add_row(name, *cells, style=style)
    return table


def _of_moments(report: Report) -> str:
    told = ", ".join(sorted(report.told_moment))
    return told and f"Told the moment of the request: {told}; taught without it: *{UNTIMED}."


def _table(title: str, headings: Sequence[str]) -> Table:
    return Table(
        *headings, title=title, title_justify="left", box=SIMPLE_HEAD, padding=(0, 1, 0, 0)
    )


def _cell(metric: str, one: Interval) -> str:
    if metric == "novelty":
        return f"{one.mean:.2f}"
    if metric == "ndcg":
        half = f"{(one.high - one.low) / 2:.4f}".removeprefix("0")
        return f"{one.mean:.4f} ±{half}"
    return f"{one.mean:.4f}"
