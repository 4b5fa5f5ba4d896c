"""Which model's evidence the reason of an item tells."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from tastemaker.core.history import History
from tastemaker.core.item_attributes import ItemAttributes
from tastemaker.core.slate import ReasonKind
from tastemaker.models.content import Content, ContentConfig
from tastemaker.models.popular import Popular, PopularConfig
from tastemaker.models.transitions import Transitions, TransitionsConfig
from tastemaker.ports import CandidateModel
from tastemaker.recommend.reasons import POPULAR, reasons
from tests.unit.recommend.small_world import training_set

Models = Sequence[CandidateModel[Any]]
A, B, C = 0, 1, 2
SAW_A_AND_B = History(np.array([B, A], np.int32), np.ones(2, np.float32), np.array([2, 1]))


@pytest.fixture(scope="module")
def models() -> Models:
    rng = np.random.default_rng(0)
    training = training_set()
    texts = [f"film {'red' if item < 4 else 'blue'}" for item in range(training.n_items)]
    attributes = replace(ItemAttributes.none(training.n_items), text=texts)
    described = replace(training, attributes=attributes)
    return (
        Transitions.fit(training, TransitionsConfig(min_dense_uses=1, ridge=1.0), rng),
        Content.fit(described, ContentConfig(), rng),
        Popular.fit(training, PopularConfig(), rng),
    )


def kinds(models: Models, *voices: float, kind: ReasonKind) -> list[ReasonKind]:
    voice = np.array(voices, np.float32)[:, None]
    found = reasons(
        models, voice, SAW_A_AND_B, np.array([C], np.int32), training_set().item_ids, kind
    )
    return [reason.kind for reason in found]


def test_the_model_that_speaks_loudest_gives_the_reason(
    models: Models,
) -> None:
    similar = ReasonKind.SIMILAR
    assert kinds(models, 0.9, 0.1, 0.0, kind=similar) == [ReasonKind.SIMILAR]
    assert kinds(models, 0.1, 0.9, 0.0, kind=similar) == [ReasonKind.ALIKE]


def test_in_a_personal_slate_a_reason_is_an_item_of_the_history_whoever_names_it(
    models: Models,
) -> None:
    assert kinds(models, 0.0, 0.9, 0.0, kind=ReasonKind.HISTORY) == [ReasonKind.HISTORY]


def test_a_model_without_evidence_leaves_the_reason_to_the_next(
    models: Models,
) -> None:
    assert kinds(models, 0.1, 0.0, 0.9, kind=ReasonKind.HISTORY) == [ReasonKind.HISTORY]
    assert kinds(models, 0.0, 0.0, 0.9, kind=ReasonKind.HISTORY) == [ReasonKind.POPULAR]


def test_shares_fall_and_are_of_the_whole(models: Models) -> None:
    voice = np.ones((1, 1), np.float32)
    items = np.array([C], np.int32)
    (reason,) = reasons(models[:1], voice, SAW_A_AND_B, items, training_set().item_ids)
    shares = [evidence.share for evidence in reason.because]
    assert shares == sorted(shares, reverse=True)
    assert sum(shares) == pytest.approx(1.0)
    assert reason.because[0].item_id == "b"


def test_no_history_names_nothing(models: Models) -> None:
    voice = np.ones((3, 2), np.float32)
    items = np.array([A, C], np.int32)
    found = reasons(models, voice, History.empty(), items, training_set().item_ids)
    assert found == [POPULAR, POPULAR]
