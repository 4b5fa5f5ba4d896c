"""The protocols: who is asked about what, and that nothing asked for was learnt from."""

import numpy as np
import polars as pl
import pytest

from tastemaker.core.errors import NotEnoughData, RequestInvalid
from tastemaker.core.weights import FeedbackWeights
from tastemaker.train.split import Protocol, Split, SplitConfig, Splits
from tastemaker.train.split_data import split_data
from tests.unit.train.rated import rated, ratings

WEIGHTS = FeedbackWeights()
WORLD = ratings(n_users=120, n_items=60, per_user=15)


def _split(data: pl.DataFrame, protocol: Protocol, config: SplitConfig | None = None) -> Splits:
    return split_data(data, None, protocol, WEIGHTS, config or SplitConfig())


def _ids(split: Split, items: np.ndarray) -> list[str]:
    return [str(item) for item in split.training.item_ids[items]]


@pytest.mark.parametrize("protocol", Protocol)
def test_what_is_asked_for_is_new_known_to_the_model_and_never_empty(protocol: Protocol) -> None:
    splits = _split(WORLD, protocol)
    for split in (splits.validation, splits.test):
        assert split.n_cases == len(split.relevant) == len(split.user_ids) > 0
        assert split.request_at_s.shape == (split.n_cases,)
        for history, relevant in zip(split.histories, split.relevant, strict=True):
            assert len(relevant) > 0
            assert not set(relevant) & set(history.item)
            assert max(relevant) < split.training.n_items
            assert np.all(np.diff(history.at_s) <= 0)


@pytest.mark.parametrize("protocol", Protocol)
def test_the_same_data_is_split_the_same_way(protocol: Protocol) -> None:
    one, other = _split(WORLD, protocol).test, _split(WORLD, protocol).test
    assert one.user_ids.tolist() == other.user_ids.tolist()
    assert [r.tolist() for r in one.relevant] == [r.tolist() for r in other.relevant]


def test_last_out_asks_for_the_last_and_validates_on_the_one_before() -> None:
    data = rated([("u", item, 3.0, at_s) for at_s, item in enumerate("abcd")] + [("v", "a", 5, 9)])
    splits = _split(data, Protocol.LAST_OUT)
    assert _ids(splits.test, splits.test.relevant[0]) == ["d"]
    assert _ids(splits.test, splits.test.histories[0].item) == ["c", "b", "a"]
    assert _ids(splits.validation, splits.validation.relevant[0]) == ["c"]
    assert _ids(splits.validation, splits.validation.histories[0].item) == ["b", "a"]
    assert splits.test.training.n_events == 4
    assert splits.validation.training.n_events == 3
    assert "1 users" in splits.note


def test_similar_asks_for_the_next_item_after_one_alone() -> None:
    data = rated([("u", item, 3.0, at_s) for at_s, item in enumerate("abcd")])
    splits = _split(data, Protocol.SIMILAR)
    assert splits.protocol is Protocol.SIMILAR
    assert _ids(splits.test, splits.test.histories[0].item) == ["c"]
    assert _ids(splits.test, splits.test.relevant[0]) == ["d"]
    assert _ids(splits.validation, splits.validation.histories[0].item) == ["b"]
    assert _ids(splits.validation, splits.validation.relevant[0]) == ["c"]


def test_last_out_breaks_equal_times_by_the_order_of_the_source() -> None:
    data = rated([("u", item, 3.0, 7) for item in ("c", "a", "b")])
    test = _split(data, Protocol.LAST_OUT).test
    assert _ids(test, test.relevant[0]) == ["b"]


def test_last_out_says_when_nobody_has_enough() -> None:
    with pytest.raises(NotEnoughData, match="No user has 3 items"):
        _split(rated([("u", "a", 3.0, 1)]), Protocol.LAST_OUT)


def test_strong_learns_from_nobody_it_asks_about_and_shows_four_items_in_five() -> None:
    splits = _split(ratings(60, 40, 20), Protocol.STRONG)
    assert splits.test.n_cases == splits.validation.n_cases == 10
    assert not set(splits.test.user_ids) & set(splits.validation.user_ids)
    assert splits.test.training.n_users == 40
    for history, relevant in zip(splits.test.histories, splits.test.relevant, strict=True):
        assert len(relevant) == int(0.2 * (len(history) + len(relevant)) + 1e-9)
    assert "10 users" in splits.note


def test_every_round_of_strong_asks_other_people_and_never_those_of_validation() -> None:
    rounds = [_split(WORLD, Protocol.STRONG, SplitConfig(round=number)) for number in range(5)]
    validation = set(rounds[0].validation.user_ids)
    asked = [set(one.test.user_ids) for one in rounds]
    for one, people in zip(rounds, asked, strict=True):
        assert set(one.validation.user_ids) == validation
        assert not people & validation
        n_asked = len(people | validation)
        assert one.test.training.n_users <= WORLD["user_id"].n_unique() - n_asked
    assert len(set.union(*asked)) == sum(map(len, asked))


def test_strong_says_when_nobody_is_left_for_another_round() -> None:
    with pytest.raises(RequestInvalid, match="round 5"):
        _split(WORLD, Protocol.STRONG, SplitConfig(round=5))


def test_strong_takes_high_ratings_only_and_all_count_the_same() -> None:
    low = WORLD.filter(pl.col("value") <= 3.5).select("user_id", "item_id").rows()
    test = _split(WORLD, Protocol.STRONG).test
    for user, history, relevant in zip(test.user_ids, test.histories, test.relevant, strict=True):
        shown = {(str(user), item) for item in _ids(test, np.append(history.item, relevant))}
        assert not shown & set(low)
        assert set(history.weight) == {1.0}


def test_strong_scales_the_bar_with_the_rating_scale() -> None:
    of_ten = WORLD.with_columns(pl.col("value") * 2)
    ten = FeedbackWeights.model_validate({"rating_scale": "ten"})
    doubled = split_data(of_ten, None, Protocol.STRONG, ten, SplitConfig()).test
    plain = _split(WORLD, Protocol.STRONG).test
    assert [r.tolist() for r in doubled.relevant] == [r.tolist() for r in plain.relevant]


def test_time_learns_nothing_from_after_the_moment() -> None:
    splits = _split(WORLD, Protocol.TIME, SplitConfig(newest=0.2))
    for split in (splits.validation, splits.test):
        moment_s = split.request_at_s[0]
        assert set(split.request_at_s) == {moment_s}
        assert split.training.at_s.max() < moment_s
    assert splits.validation.request_at_s[0] < splits.test.request_at_s[0]


def test_time_asks_neither_about_strangers_nor_for_what_was_used_before() -> None:
    before = [("u", "a", 4.0, 1), ("u", "b", 4.0, 2), ("w", "c", 4.0, 3), ("w", "a", 4.0, 4)]
    middle = [("u", "c", 4.0, 5), ("w", "b", 4.0, 6)]
    after = [("u", "a", 4.0, 7), ("new", "b", 4.0, 8), ("w", "d", 4.0, 9), ("w", "e", 4.0, 9)]
    data = rated([*before, *middle, *after])
    with pytest.raises(NotEnoughData, match="Nobody known"):
        _split(data, Protocol.TIME, SplitConfig(newest=0.4))
    found = _split(rated([*before, *middle]), Protocol.TIME, SplitConfig(newest=0.2))
    assert found.test.user_ids.tolist() == ["w"]
    assert _ids(found.test, found.test.relevant[0]) == ["b"]


def test_time_needs_times() -> None:
    timeless = WORLD.with_columns(pl.lit(None, pl.Datetime("us", "UTC")).alias("at"))
    with pytest.raises(NotEnoughData, match="no times"):
        _split(timeless, Protocol.TIME)


@pytest.mark.parametrize("protocol", Protocol)
def test_no_data_at_all_is_one_clear_error(protocol: Protocol) -> None:
    with pytest.raises(NotEnoughData):
        _split(WORLD.head(0), protocol)
