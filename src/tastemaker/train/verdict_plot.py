"""The picture of a verdict: by how much a version differs from each opponent."""

from typing import TYPE_CHECKING

from tastemaker.train.gate import CANDIDATE, Verdict

if TYPE_CHECKING:
    from matplotlib.figure import Figure

COLOUR, WORSE_COLOUR = "#1f5fa8", "#b03a2e"
WIDTH_IN, ROW_IN, MARGIN_IN = 8.0, 0.5, 1.4


def verdict_figure(verdict: Verdict) -> "Figure":
    """Differences with their intervals; those that lie below 0 are red."""
    from matplotlib.figure import Figure  # half a second that a server need not wait for

    rows = verdict.compared
    height_in = MARGIN_IN + ROW_IN * len(rows)
    figure = Figure(figsize=(WIDTH_IN, height_in), layout="constrained", dpi=120)
    axes = figure.subplots()
    for row, one in enumerate(rows):
        colour = WORSE_COLOUR if one.high < 0 else COLOUR
        axes.plot([one.low, one.high], [row, row], color=colour, linewidth=2)
        axes.plot([one.difference], [row], "o", color=colour)
    axes.axvline(0, color="#8a8a8a", linewidth=1)
    labels = [f"{one.variant}: {one.opponent}".removeprefix(": ") for one in rows]
    axes.set_yticks(range(len(rows)), labels)
    axes.set_ylim(-0.6, len(rows) - 0.4)
    axes.set_xlabel(f"{verdict.metric}: the new version less the opponent, 95 % interval")
    mean = verdict.metrics[CANDIDATE][verdict.metric]
    axes.set_title(f"{verdict.metric} {mean:.4f} over {verdict.n_cases:,} people", fontsize=10)
    axes.spines[["top", "right"]].set_visible(False)
    return figure
