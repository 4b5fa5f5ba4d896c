"""No version of the past or the present has trained on what the jury is asked about."""

from collections.abc import Sequence
from pathlib import Path

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from tastemaker.core.weights import FeedbackWeights
from tastemaker.train.jury import JuryConfig, hold_out, jury_of
from tastemaker.train.material import gather
from tastemaker.wire.places import event_log, ingested_dataset
from tests.unit.train.rated import rated, ratings
from tests.unit.train.small_home import home_with

WEIGHTS = FeedbackWeights()
EVERYBODY_OF_HALF = JuryConfig(share_of_users=0.5, n_newest=3)
Event = tuple[str, str, float, int]

events_of = st.lists(
    st.tuples(
        st.sampled_from([f"u{number}" for number in range(6)]),
        st.sampled_from([f"i{number}" for number in range(30)]),
        st.just(4.0),
    ),
    max_size=120,
)


def in_order(events: Sequence[tuple[str, str, float]]) -> list[Event]:
    return [(user, item, stars, 1_000 + at) for at, (user, item, stars) in enumerate(events)]


def pairs(frame: pl.DataFrame) -> set[tuple[str, str]]:
    return set(frame.select("user_id", "item_id").rows())


@given(events_of, events_of)
def test_what_is_held_out_later_was_never_trained_on_before(
    before: list[tuple[str, str, float]], since: list[tuple[str, str, float]]
) -> None:
    everything = in_order([*before, *since])
    earlier = hold_out(rated(everything[: len(before)]), WEIGHTS, EVERYBODY_OF_HALF)
    later = hold_out(rated(everything), WEIGHTS, EVERYBODY_OF_HALF)
    assert not pairs(later.newest) & pairs(earlier.rest)


@given(events_of)
def test_every_event_is_on_one_side(events: list[tuple[str, str, float]]) -> None:
    given_events = rated(in_order(events))
    held = hold_out(given_events, WEIGHTS, EVERYBODY_OF_HALF)
    assert len(held.rest) + len(held.newest) == len(given_events)
    assert not pairs(held.rest) & pairs(held.newest)


def test_nobody_gives_more_than_a_fifth_of_their_items() -> None:
    held = hold_out(ratings(100, 60, per_user=12), WEIGHTS, JuryConfig(share_of_users=0.5))
    of_each = held.newest.group_by("user_id").len()["len"]
    assert of_each.to_list() == [2] * len(of_each)
    assert 20 < len(of_each) < 80


def test_more_people_never_bring_somebody_into_the_jury() -> None:
    people = pl.Series([f"person {number}" for number in range(500)])
    few = JuryConfig(share_of_users=0.5, max_users=20)
    grown = set(jury_of(people, few))
    for n_people in (50, 100, 300):
        outside_before = set(people[:n_people]) - set(jury_of(people[:n_people], few))
        assert not grown & outside_before


def test_a_share_of_nobody_holds_nothing_out() -> None:
    given_events = ratings(20, 30, per_user=10)
    held = hold_out(given_events, WEIGHTS, JuryConfig(share_of_users=0))
    assert held.rest.equals(given_events)
    assert held.newest.is_empty()


def test_asked_first_are_those_whose_held_out_events_are_the_newest(tmp_path: Path) -> None:
    """Not those whose other events are."""
    lines = ["user_id,item_id,value,at"]
    for user in range(40):
        came_back = user % 2
        before_s, after_s = (1_000, 9_000) if came_back else (5_000, 6_000)
        for item in range(10):
            at_s = before_s + item if item < 8 else after_s + item
            lines.append(f"{'back' if came_back else 'gone'}{user},i{(user + item) % 20},5,{at_s}")
    settings = home_with(tmp_path, "\n".join(lines) + "\n")
    with event_log(settings) as log:
        jury = JuryConfig(share_of_users=0.5)
        material = gather(ingested_dataset(settings), log, WEIGHTS, jury)
    n_back = sum(str(user).startswith("back") for user in material.jury.user_ids)
    assert 0 < n_back < material.jury.n_cases
    newest = material.newest(n_back)
    assert all(str(user).startswith("back") for user in newest.user_ids)
    assert newest.n_cases == n_back == len(newest.request_at_s)
    assert material.newest(1_000).n_cases == material.jury.n_cases
