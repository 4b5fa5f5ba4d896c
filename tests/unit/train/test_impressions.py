"""What was shown and passed over teaches the ranker what is not wanted."""

from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl

from tastemaker.core.training_set import TrainingSet
from tastemaker.core.weights import FeedbackWeights
from tastemaker.features.training_set import build_training_set
from tastemaker.ingest.frames import INTERACTIONS_SCHEMA
from tastemaker.recommend.ranking_config import RankingConfig
from tastemaker.train.moments import draw_moments
from tastemaker.train.part_of import of_items

START = datetime(2026, 1, 1, tzinfo=UTC)


def _training(events: list[tuple[str, str, str, int]]) -> TrainingSet:
    """events: user, item, action and hour."""
    rows = [
        {
            "row": row,
            "user_id": user,
            "item_id": item,
            "action": action,
            "value": None,
            "price": None,
            "at": START + timedelta(hours=hour),
        }
        for row, (user, item, action, hour) in enumerate(events)
    ]
    frame = pl.DataFrame(rows, schema_overrides=INTERACTIONS_SCHEMA).select(*INTERACTIONS_SCHEMA)
    return build_training_set(frame, None, FeedbackWeights())[0]


EVENTS = [
    ("ann", "a", "watched", 0),
    ("ann", "d", "impression", 1),
    ("ann", "b", "impression", 2),
    ("ann", "b", "watched", 3),
    ("ann", "c", "impression", 4),
    ("ann", "nobody-used-this", "impression", 4),
    ("ann", "c", "watched", 5),
    ("ann", "a", "impression", 9),
    ("bob", "c", "watched", 0),
    ("bob", "d", "watched", 1),
    ("eve", "a", "impression", 1),
]


def _passed_over(training: TrainingSet, kind: str) -> dict[tuple[int, int], set[str]]:
    """By user and number of entries known, the ids of what was passed over."""
    config = RankingConfig.model_validate({"moments": kind, "n_draws": 1})
    moments = draw_moments(training, config, np.random.default_rng(0))
    return {
        (question.user, len(question.past)): {
            str(training.item_ids[item]) for item in question.passed_over
        }
        for question in moments.questions(training)
    }


def test_shown_since_the_last_entry_and_not_taken_is_passed_over() -> None:
    found = _passed_over(_training(EVENTS), "next")
    assert found == {(0, 1): {"d"}, (0, 2): set(), (1, 1): set()}


def test_shown_and_never_taken_is_passed_over_where_the_order_is_not_asked() -> None:
    found = _passed_over(_training(EVENTS), "any")
    assert found[0, 2] == {"d"}


def test_an_impression_is_no_entry_and_needs_a_known_user_and_item() -> None:
    training = _training(EVENTS)
    assert list(training.item_ids) == ["a", "b", "c", "d"]
    assert training.n_events == 5
    assert training.impressions is not None
    assert len(training.impressions.item) == 4


def test_impressions_follow_the_users_and_items_of_a_part() -> None:
    training = _training(EVENTS)
    part = of_items(training, np.array([True, False, True, True])).users(np.array([1, 0]))
    assert part.impressions is not None
    shown = [str(part.item_ids[item]) for item in part.impressions.item]
    assert shown == ["d", "c", "a"]
    assert list(part.impressions.ptr) == [0, 0, 3]


def test_without_impressions_nothing_is_kept_of_them() -> None:
    assert _training(EVENTS[:1] + EVENTS[8:10]).impressions is None
