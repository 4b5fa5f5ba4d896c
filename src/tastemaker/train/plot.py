"""The picture of an evaluation."""

from pathlib import Path
from typing import TYPE_CHECKING

from tastemaker.train.baselines import BASELINES
from tastemaker.train.evaluate import Evaluation
from tastemaker.train.run_evaluation import Report

if TYPE_CHECKING:
    from matplotlib.axes import Axes

BASELINE_COLOUR, VARIANT_COLOUR = "#8a8a8a", "#1f5fa8"
WIDTH_IN, ROW_IN, MARGIN_IN = 9.0, 0.42, 1.6


def save_plot(report: Report, path: Path) -> None:
    """PNG: the mean of NDCG and of recall at the largest k, best on top, with intervals."""
    from matplotlib.figure import Figure  # half a second that other commands need not wait for

    evaluation = report.evaluation
    k = evaluation.ks[-1]
    n_rows = len(evaluation.measured)
    figure = Figure(figsize=(WIDTH_IN, MARGIN_IN + ROW_IN * n_rows), layout="constrained", dpi=150)
    left, right = figure.subplots(1, 2, sharey=True)
    order = _worst_first(evaluation)
    for axes, metric in ((left, f"ndcg@{k}"), (right, f"recall@{k}")):
        _draw(axes, evaluation, metric, order)
    left.set_yticks(range(n_rows), order)
    figure.suptitle(
        f"{report.protocol} ({report.part}): {len(evaluation.user_ids):,} users, "
        f"{evaluation.n_items:,} items, 95 % intervals over users",
        fontsize=10,
    )
    figure.savefig(path)


def _worst_first(evaluation: Evaluation) -> list[str]:
    means = {name: one[evaluation.main_metric].mean for name, one in evaluation.intervals.items()}
    return sorted(means, key=lambda name: means[name])


def _draw(axes: "Axes", evaluation: Evaluation, metric: str, order: list[str]) -> None:
    for row, name in enumerate(order):
        one = evaluation.intervals[name][metric]
        colour = BASELINE_COLOUR if name in BASELINES else VARIANT_COLOUR
        axes.plot([one.low, one.high], [row, row], color=colour, linewidth=2)
        axes.plot([one.mean], [row], "o", color=colour)
        axes.annotate(
            f"{one.mean:.3f}", (one.mean, row), (0, 6), textcoords="offset points", ha="center"
        )
    metric_name, k = metric.split("@")
    axes.set_xlabel(f"{'NDCG' if metric_name == 'ndcg' else metric_name} at {k}")
    axes.set_ylim(-0.6, len(order) - 0.3)
    axes.margins(x=0.15)
    axes.grid(axis="x", alpha=0.3)
    axes.spines[["top", "right"]].set_visible(False)
