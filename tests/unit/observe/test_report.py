"""From slates and the answers to them to a verdict."""

import math
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count

import numpy as np
import pytest

from tastemaker.core.ids import EventId, ItemId, SessionId, UserId
from tastemaker.core.interaction import Action
from tastemaker.core.slate_record import AnsweredSlate, ShownSlate, SlateFeedback
from tastemaker.observe.experiments.experiment_config import ExperimentConfig, Measure
from tastemaker.observe.experiments.guardrails import Serving
from tastemaker.observe.experiments.report import ExperimentReport, VariantReport, report
from tastemaker.observe.experiments.verdict import State

START = datetime(2024, 6, 1, tzinfo=UTC)
NOW = START + timedelta(days=30)
CONFIG = ExperimentConfig(variants={"als": 1, "full": 1}, start=START, k=3)
_numbers = count()


def slate(
    user: str, variant: str = "als", items: str = "abcde", source: str = "model", **said: Action
) -> AnsweredSlate:
    """said: by item, which action it was answered with."""
    session = SessionId(f"s{next(_numbers)}")
    shown = ShownSlate(
        session, UserId(user), "summer", variant, "v1", source, tuple(map(ItemId, items)), START
    )
    feedback = [
        SlateFeedback(EventId(f"{session}{item}"), session, ItemId(item), action, START)
        for item, action in said.items()
    ]
    return AnsweredSlate(shown, feedback)


def of(*slates: AnsweredSlate, config: ExperimentConfig = CONFIG) -> ExperimentReport:
    return report("summer", config, slates, NOW)


def als(found: ExperimentReport) -> VariantReport:
    return found.variants[0]


def value(found: ExperimentReport, measure: Measure) -> float:
    return als(found).rates[measure].value


def many(variant: str, n_users: int, liked: float, **more: str) -> Iterator[AnsweredSlate]:
    """Three slates a user, of which the given share is liked."""
    for user in range(n_users):
        likes = np.random.default_rng(user).random(3) < liked
        for is_liked in likes:
            said = {"a": Action.LIKE} if is_liked else {}
            yield slate(f"{variant}{user}", variant, **said, **more)  # type: ignore[arg-type]


def test_rates_by_their_formulas() -> None:
    found = of(
        slate("ann", a=Action.LIKE, b=Action.VIEW, e=Action.PURCHASE),
        slate("ann", items="fghij"),
        slate("bob", c=Action.DISLIKE),
        slate("eve", a=Action.VIEW, b=Action.IMPRESSION),
        slate("eve", items="ab", a=Action.WATCHED),
    )
    assert (als(found).n_users, als(found).n_slates) == (3, 5)
    assert value(found, Measure.CLICKS) == 3 / 5
    assert value(found, Measure.LIKES) == 2 / 5
    # Shown in the first three: 3 + 3 + 3 + 3 + 2; of these liked: ann's a, eve's a.
    assert value(found, Measure.PRECISION) == 2 / 14
    # Liked at all: ann's a and e, eve's a; e was fifth.
    assert value(found, Measure.RECALL) == 2 / 3


def test_an_item_liked_below_the_first_k_lowers_recall_unless_another_slate_had_it() -> None:
    below = slate("ann", d=Action.LIKE)
    assert value(of(below), Measure.RECALL) == 0
    assert value(of(below, slate("ann", items="dxy", d=Action.LIKE)), Measure.RECALL) == 1


def test_an_answer_to_an_item_of_a_later_page_counts_but_is_no_hit() -> None:
    later = [ItemId(item) for item in "xyz"]
    liked = slate("ann", items="abc", z=Action.LIKE)
    found = report("summer", CONFIG, [liked], NOW, on_later_pages=lambda _slate: later)
    assert value(found, Measure.PRECISION) == 0
    assert value(found, Measure.RECALL) == 0
    assert value(found, Measure.LIKES) == 1


def test_an_answer_to_an_item_that_was_not_shown_does_not_count() -> None:
    found = of(slate("ann", items="abc", z=Action.LIKE, y=Action.VIEW))
    assert (value(found, Measure.LIKES), value(found, Measure.CLICKS)) == (0, 0)
    assert value(found, Measure.PRECISION) == 0


def test_an_answer_of_another_user_does_not_count() -> None:
    shown = slate("ann", a=Action.LIKE, b=Action.VIEW)
    by_bob = [replace(answer, user_id=UserId("bob")) for answer in shown.feedback]
    found = of(replace(shown, feedback=by_bob))
    assert (value(found, Measure.LIKES), value(found, Measure.CLICKS)) == (0, 0)
    by_ann = [replace(answer, user_id=UserId("ann")) for answer in shown.feedback]
    found = of(replace(shown, feedback=[*by_bob, *by_ann]))
    assert (value(found, Measure.LIKES), value(found, Measure.CLICKS)) == (1, 1)


def test_nobody_shown_anything_is_no_error() -> None:
    found = of()
    assert found.verdict.state is State.EMPTY
    assert value(found, Measure.LIKES) == 0
    assert math.isinf(als(found).rates[Measure.LIKES].high)
    assert of(slate("ann", items="")).verdict.state is State.EARLY


def test_users_of_several_variants_are_left_out_and_counted() -> None:
    found = of(slate("ann"), slate("ann", "full"), slate("bob"))
    assert found.n_mixed_users == 1
    assert [one.n_users for one in found.variants] == [1, 0]


def test_a_better_variant_is_named_and_the_experiment_may_stop() -> None:
    found = of(*many("als", 300, 0.3), *many("full", 300, 0.5))
    assert found.verdict.state is State.BETTER
    assert found.verdict.may_stop
    assert found.verdict.sentence.startswith("full is better than als in likes by +0.")
    assert als(found).differences is None


def test_a_worse_variant_is_named(subtests: pytest.Subtests) -> None:
    slates = [*many("als", 300, 0.5), *many("full", 300, 0.3)]
    with subtests.test("measured against the first"):
        assert of(*slates).verdict.state is State.WORSE
    with subtests.test("measured against the named control"):
        turned = CONFIG.model_copy(update={"control": "full"})
        assert of(*slates, config=turned).verdict.state is State.BETTER


def test_equal_variants_go_on_until_the_end() -> None:
    slates = [*many("als", 200, 0.3), *many("full", 200, 0.3)]
    going = of(*slates).verdict
    assert (going.state, going.may_stop) == (State.UNDECIDED, False)
    ended = of(*slates, config=CONFIG.model_copy(update={"end": NOW})).verdict
    assert (ended.state, ended.may_stop) == (State.UNDECIDED, True)
    assert "stay with als" in ended.sentence


def test_too_few_users_decide_nothing() -> None:
    found = of(*many("als", 60, 0.0), *many("full", 60, 1.0))
    assert found.verdict.state is State.EARLY
    assert "60 users of the 100 needed" in found.verdict.sentence


def test_users_that_get_lost_spoil_every_figure() -> None:
    found = of(*many("als", 400, 0.3), *many("full", 200, 0.6))
    assert found.sample_ratio_p < 0.001
    assert found.verdict.state is State.MISMATCH
    weighted = ExperimentConfig(variants={"als": 2, "full": 1})
    found = of(*many("als", 400, 0.3), *many("full", 200, 0.6), config=weighted)
    assert found.verdict.state is State.BETTER


def test_a_variant_that_is_seldom_personal_breaks_a_guardrail() -> None:
    found = of(*many("als", 200, 0.3), *many("full", 200, 0.6, source="popular"))
    assert found.verdict.state is State.BREACHED
    assert "full: 100.0% of its slates are not personal" in found.verdict.sentence
    assert [breach.variant for breach in found.breaches] == ["full"]


def test_a_variant_that_shows_everybody_the_same_breaks_a_guardrail() -> None:
    wide = [replace_items(one, at) for at, one in enumerate(many("als", 200, 0.3))]
    found = of(*wide, *many("full", 200, 0.6))
    assert found.verdict.state is State.BREACHED
    assert "it shows 3 different items" in found.verdict.sentence


def replace_items(one: AnsweredSlate, at: int) -> AnsweredSlate:
    items = tuple(ItemId(str(at % 50 + place)) for place in range(3))
    return replace(one, shown=replace(one.shown, item_ids=items))


@pytest.mark.parametrize(
    ("of_full", "said"),
    [
        (Serving(500, failed=0.1, p95_s=0.004), "10.0% of its requests fail"),
        (Serving(500, failed=0.0, p95_s=0.04), "take up to 40.0 ms"),
    ],
)
def test_a_variant_that_fails_or_is_slow_breaks_a_guardrail(of_full: Serving, said: str) -> None:
    slates = [*many("als", 200, 0.3), *many("full", 200, 0.6)]
    serving = {"als": Serving(500, failed=0.0, p95_s=0.004), "full": of_full}
    found = report("summer", CONFIG, slates, NOW, serving)
    assert said in found.verdict.sentence
    assert not report("summer", CONFIG, slates, NOW, {"full": of_full}).breaches


def test_the_best_of_several_is_named_and_the_chance_of_an_error_shared_out() -> None:
    three = ExperimentConfig(variants={"als": 1, "full": 1, "ease": 1}, k=3)
    slates = [*many("als", 300, 0.3), *many("full", 300, 0.5), *many("ease", 300, 0.7)]
    found = of(*slates, config=three)
    assert found.verdict.sentence.startswith("ease is better than als")
    [alone] = [one.differences for one in of(*slates).variants if one.differences]
    shared = found.variants[1].differences
    assert shared is not None
    assert shared[Measure.LIKES].always_low < alone[Measure.LIKES].always_low


def test_slates_of_a_variant_that_is_no_part_of_it_any_more_are_passed_over() -> None:
    assert [one.n_users for one in of(slate("ann", "gone"), slate("bob")).variants] == [1, 0]
