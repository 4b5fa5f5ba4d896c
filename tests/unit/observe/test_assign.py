"""Who gets which variant of an experiment."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tastemaker.config import Settings
from tastemaker.core.ids import UserId
from tastemaker.observe.experiments.assign import Assigned, Experiments, variant_of
from tastemaker.observe.experiments.experiment_config import ExperimentConfig

NOW = datetime(2024, 6, 1, tzinfo=UTC)
DAY = timedelta(days=1)
USERS = [UserId(f"пользователь-{number}") for number in range(4_000)]
weights = st.floats(0.1, 10)


def experiment(**variants: float) -> ExperimentConfig:
    return ExperimentConfig(variants=variants)


def drawn(config: ExperimentConfig, name: str = "summer") -> list[str]:
    return [variant_of(user, name, config) for user in USERS]


def test_users_are_shared_out_by_the_weights() -> None:
    counts = Counter(drawn(experiment(als=0.5, ease=0.3, full=0.2)))
    assert counts["als"] / len(USERS) == pytest.approx(0.5, abs=0.03)
    assert counts["ease"] / len(USERS) == pytest.approx(0.3, abs=0.03)
    assert counts["full"] / len(USERS) == pytest.approx(0.2, abs=0.03)


@given(st.text(max_size=40), weights, weights)
def test_a_user_keeps_the_variant_whatever_the_order_and_scale_of_the_weights(
    user: str, one: float, other: float
) -> None:
    first = variant_of(UserId(user), "x", experiment(a=one, b=other))
    assert variant_of(UserId(user), "x", experiment(b=other, a=one)) == first
    assert variant_of(UserId(user), "x", experiment(a=one * 4, b=other * 4)) == first


@given(st.sampled_from(USERS), weights, weights, weights, st.floats(1.01, 5))
def test_a_weight_that_grows_moves_users_to_its_variant_alone(
    user: UserId, a: float, b: float, c: float, factor: float
) -> None:
    before = variant_of(user, "x", experiment(a=a, b=b, c=c))
    after = variant_of(user, "x", experiment(a=a * factor, b=b, c=c))
    assert after in (before, "a")


def test_as_few_move_as_must() -> None:
    before = drawn(experiment(a=0.5, b=0.5))
    after = drawn(experiment(a=0.6, b=0.4))
    moved = sum(one != other for one, other in zip(before, after, strict=True))
    assert moved / len(USERS) == pytest.approx(0.1, abs=0.02)


def test_two_experiments_draw_apart() -> None:
    config = experiment(a=1, b=1)
    one, other = drawn(config, "summer"), drawn(config, "winter")
    same = sum(x == y for x, y in zip(one, other, strict=True))
    assert same / len(USERS) == pytest.approx(0.5, abs=0.04)
    salted = ExperimentConfig(variants={"a": 1, "b": 1}, salt="summer")
    assert drawn(salted, "winter") == one


def test_an_experiment_counts_from_its_start_to_its_end() -> None:
    config = ExperimentConfig(variants={"a": 1, "b": 1}, start=NOW, end=NOW + DAY)
    experiments = Experiments({"summer": config})
    assert experiments.assign(USERS[0], NOW - DAY) == Assigned(None, None)
    assert experiments.assign(USERS[0], NOW).experiment == "summer"
    assert experiments.assign(USERS[0], NOW + DAY) == Assigned(None, None)


@pytest.mark.parametrize(
    ("experiments", "fault"),
    [
        ({"x": {"variants": {"als": 1}}}, "at least 2"),
        ({"x": {"variants": {"als": 1, "ease": 0}}}, "greater than 0"),
        ({"x": {"variants": {"als": 1, "nothing": 1}}}, "names no variant: nothing"),
        ({"x": {"variants": {"als": 1, "ease": 1}, "control": "full"}}, "control is none"),
        ({"x": {"variants": {"als": 1, "ease": 1}, "start": NOW, "end": NOW}}, "not after start"),
        (
            {"x": {"variants": {"als": 1, "ease": 1}}, "y": {"variants": {"als": 1, "full": 1}}},
            "x and y run at the same time",
        ),
    ],
)
def test_an_experiment_that_cannot_be_is_refused(
    experiments: dict[str, object], fault: str
) -> None:
    with pytest.raises(ValidationError, match=fault):
        Settings(experiments=experiments)


def test_experiments_may_follow_each_other() -> None:
    one = ExperimentConfig(variants={"als": 1, "ease": 1}, end=NOW)
    other = ExperimentConfig(variants={"als": 1, "full": 1}, start=NOW)
    experiments = Experiments(Settings(experiments={"one": one, "other": other}).experiments)
    assert experiments.assign(USERS[0], NOW - DAY).experiment == "one"
    assert experiments.assign(USERS[0], NOW).experiment == "other"
