"""Versions of different juries are asked about what all of them were spared, or said to be not."""

from pathlib import Path
from typing import Any

import pytest

from tastemaker.core.weights import FeedbackWeights
from tastemaker.train.gate import GateConfig
from tastemaker.train.jury import JuryConfig, hold_out
from tastemaker.train.material import Material, gather, read_interactions
from tastemaker.train.version_record import VersionState
from tastemaker.wire import compare, train
from tastemaker.wire.places import event_log, ingested_dataset
from tests.unit.train.small_home import circles, home_with, settings_of, silent

NOW = JuryConfig()
QUICK = {name: {"ranking": False} for name in ("full", "als_catboost", "ials_catboost")}
FEWER = "Asked is only what a training with another jury or other weights was spared too."
SEEN = "A training with another jury or other weights has seen some of what is asked."


def with_jury(default: str = "item_knn", **jury: Any) -> dict[str, Any]:
    return {
        "train": {"tracking": {"is_on": False}, "jury": jury},
        "variants": {**QUICK, "item_knn": {"models": ["item_knn"]}},
        "recommend": {"default_variant": default, "similar_variant": "item_knn"},
    }


def asked(material: Material) -> set[tuple[str, str]]:
    item_ids = material.training.item_ids
    return {
        (str(user), str(item_ids[item]))
        for user, items in zip(material.jury.user_ids, material.jury.relevant, strict=True)
        for item in items
    }


@pytest.mark.parametrize(
    ("weights", "jury"),
    [
        (FeedbackWeights(), JuryConfig(share_of_users=0.1)),
        (FeedbackWeights(), JuryConfig(share_of_users=0.4)),
        (FeedbackWeights(), JuryConfig(n_newest=1)),
        (FeedbackWeights(), JuryConfig(max_users=10)),
        (FeedbackWeights(rate=0), NOW),
    ],
)
def test_nothing_is_asked_that_either_was_trained_on(
    tmp_path: Path, weights: FeedbackWeights, jury: JuryConfig
) -> None:
    settings = home_with(tmp_path, circles())
    dataset = ingested_dataset(settings)
    with event_log(settings) as log:
        material = gather(dataset, log, FeedbackWeights(), NOW)
        held = hold_out(read_interactions(dataset, log)[0], weights, jury)
    both = material.among(held.newest)
    assert asked(both) == asked(material) & set(held.newest.select("user_id", "item_id").rows())
    assert not asked(both) & set(held.rest.select("user_id", "item_id").rows())
    assert len(both.newest_at_s) == both.jury.n_cases == len(both.jury.relevant)
    assert both.newest(5).n_cases == min(5, both.jury.n_cases)


def test_what_both_were_spared_decides(tmp_path: Path) -> None:
    first = train(home_with(tmp_path, circles(), **with_jury(n_newest=1)), silent)
    settings = settings_of(tmp_path, **with_jury("popular"))
    worse = train(settings, silent)
    assert worse.state is VersionState.REJECTED
    assert "against in service (" in worse.record.reason
    assert worse.record.reason.endswith(FEWER)
    compared = compare(settings, worse.version, first.version)
    assert compared.reason.endswith(FEWER)
    again = train(settings_of(tmp_path, **with_jury(n_newest=1)), silent)
    assert "jury" not in again.record.reason


def test_a_version_that_has_seen_what_is_asked_keeps_none_out(tmp_path: Path) -> None:
    first = train(home_with(tmp_path, circles(), **with_jury(share_of_users=0)), silent)
    settings = settings_of(tmp_path, **with_jury())
    after = train(settings, silent)
    verdict = after.record.verdict
    assert verdict is not None
    assert verdict.passed
    assert verdict.n_cases >= GateConfig().min_cases
    assert {one.opponent for one in verdict.compared} == {"popular", "item_knn"}
    assert {"in service", "in service similar items"} <= verdict.metrics.keys()
    assert verdict.reason.endswith(SEEN)
    assert compare(settings, after.version, first.version).reason.endswith(SEEN)


def test_beside_a_version_that_has_seen_what_is_asked_the_baselines_decide(tmp_path: Path) -> None:
    train(home_with(tmp_path, circles(), **with_jury(share_of_users=0)), silent)
    worse = train(settings_of(tmp_path, **with_jury("popular")), silent)
    assert worse.state is VersionState.REJECTED
    assert "against item_knn (" in worse.record.reason
    assert "against in service" not in worse.record.reason
