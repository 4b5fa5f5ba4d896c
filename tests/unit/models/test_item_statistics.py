"""Statistics of items, of everybody or scaled up from a part."""

from pathlib import Path

import numpy as np

from tastemaker.models.item_statistics import ItemStatistics
from tastemaker.recommend.item_features import fill_item
from tests.unit.models.sequences import training_of

DAY_S = 86_400
PEOPLE = [[0, 1, 2], [2, 0]]
AT_S = [1, DAY_S, 9 * DAY_S, 9 * DAY_S, 10 * DAY_S]


def test_half_of_the_people_stand_for_all() -> None:
    half = ItemStatistics.of(training_of(PEOPLE, at_s=AT_S), event_share=0.5)
    everybody = ItemStatistics.of(training_of(PEOPLE * 2, at_s=AT_S * 2))
    np.testing.assert_allclose(half.n_events, everybody.n_events)
    np.testing.assert_allclose(_rows(half), _rows(everybody), rtol=1e-6)


def test_the_trend_counts_what_happened_before_the_moment() -> None:
    columns = dict(zip(("1 day", "7 days", "30 days"), _rows(_all()).T[2:5], strict=True))
    np.testing.assert_allclose(columns["1 day"], np.log1p([0, 0, 2, 0, 0, 0, 0]))
    np.testing.assert_allclose(columns["30 days"], np.log1p([1, 1, 2, 0, 0, 0, 0]), rtol=1e-6)


def test_an_entry_without_a_time_was_not_long_ago() -> None:
    untimed = ItemStatistics.of(training_of([[0, 1, 2], [2, 0], [2]], at_s=[*AT_S, 0]))
    assert untimed.n_events[2] == 1 + _all().n_events[2]
    np.testing.assert_array_equal(_rows(untimed)[:, 2:6], _rows(_all())[:, 2:6])


def test_statistics_stored_are_those_read(tmp_path: Path) -> None:
    training = training_of(PEOPLE, at_s=AT_S)
    _all().save(tmp_path)
    loaded = ItemStatistics.load(tmp_path, training.attributes)
    np.testing.assert_array_equal(_rows(loaded), _rows(_all()))


def _all() -> ItemStatistics:
    return ItemStatistics.of(training_of(PEOPLE, at_s=AT_S))


def _rows(statistics: ItemStatistics) -> np.ndarray:
    """The columns of every item for someone with two items, half a day after the ninth."""
    n_items = len(statistics.n_events)
    out = np.empty((n_items, 9), np.float32)
    fill_item(
        np.arange(n_items), 9 * DAY_S + DAY_S // 2, 2,
        statistics.n_events, statistics.sum_weight, statistics.sum_log_place,
        statistics.event_ptr, statistics.event_at_s, statistics.event_share, statistics.year,
        out,
    )  # fmt: skip
    return out
