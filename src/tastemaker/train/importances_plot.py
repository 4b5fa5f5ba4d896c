"""The picture of what rankers read most."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from tastemaker.train.importances import N_LARGEST, largest
from tastemaker.train.verdict_plot import COLOUR

if TYPE_CHECKING:
    from matplotlib.figure import Figure

WIDTH_IN, ROW_IN, MARGIN_IN = 8.0, 0.22, 0.7


def importances_figure(by_variant: Mapping[str, Mapping[str, float]]) -> "Figure":
    """Bars of the largest of each ranker, one below the other. by_variant: at least one."""
    from matplotlib.figure import Figure  # half a second that a server need not wait for

    height_in = len(by_variant) * (MARGIN_IN + N_LARGEST * ROW_IN)
    figure = Figure(figsize=(WIDTH_IN, height_in), layout="constrained", dpi=120)
    rows = figure.subplots(len(by_variant), squeeze=False)[:, 0]
    for axes, (variant, of_ranker) in zip(rows, by_variant.items(), strict=True):
        shown = largest(of_ranker)[::-1]
        axes.barh([feature for feature, _ in shown], [value for _, value in shown], color=COLOUR)
        axes.set_title(f"{variant}: importance of 100 in all", fontsize=10)
        axes.spines[["top", "right"]].set_visible(False)
    return figure
