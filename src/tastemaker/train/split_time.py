"""A moment cuts the data: what was known before it must tell what happened after."""

from datetime import datetime

import polars as pl

from tastemaker.core.errors import NotEnoughData
from tastemaker.core.weights import FeedbackWeights
from tastemaker.features.training_set import build_training_set
from tastemaker.train.cases import Numbered, cases_between
from tastemaker.train.split import Protocol, Split, SplitConfig, Splits


def split_time(
    interactions: pl.DataFrame,
    items: pl.DataFrame | None,
    weights: FeedbackWeights,
    config: SplitConfig,
) -> Splits:
    """Test: the newest share of the events; validation: the share of equal size before it.

    Asked about are users known before the moment who used something new to them after it. Items
    first used after the moment cannot be found and are not asked for. Weights are those of
    serving. Raises NotEnoughData where the events have no times or one side stays empty.
    """
    timed = interactions.filter(pl.col("at").is_not_null())
    if timed.is_empty():
        raise _nobody("The events have no times")
    times = timed["at"].sort()
    n_newest = max(1, round(config.newest * len(times)))
    test_at = times[len(times) - n_newest]
    validation_at = times[max(0, len(times) - 2 * n_newest)]
    known = timed.filter(pl.col("at") < test_at)
    return Splits(
        Protocol.TIME,
        validation=_cut(known, items, weights, validation_at),
        test=_cut(timed, items, weights, test_at),
        note=f"Cut at {test_at:%Y-%m-%d %H:%M} UTC; users new since then are not asked about.",
    )


def _cut(
    events: pl.DataFrame, items: pl.DataFrame | None, weights: FeedbackWeights, moment: datetime
) -> Split:
    is_before = pl.col("at") < moment
    before = Numbered(*build_training_set(events.filter(is_before), items, weights))
    after = Numbered(*build_training_set(events.filter(~is_before), None, weights))
    split = cases_between(before, after, int(moment.timestamp()))
    if not split.n_cases:
        raise _nobody("Nobody known before the moment used anything new after it")
    return split


def _nobody(what: str) -> NotEnoughData:
    return NotEnoughData(
        what, where="protocol time", next_step="Evaluate by the protocol strong or last-out."
    )
