"""Merging keeps every event once, whatever is added in whatever order."""

from datetime import UTC, datetime, timedelta

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from tastemaker.core.item import ItemKind
from tastemaker.ingest.frames import INTERACTIONS_SCHEMA, SAME_EVENT
from tastemaker.ingest.items import bare_items
from tastemaker.ingest.merge import merge_interactions, merge_items, version_of

_NEW = {name: kind for name, kind in INTERACTIONS_SCHEMA.items() if name != "row"}
_START = datetime(2020, 1, 1, tzinfo=UTC)


def frame(events: list[tuple[str, str, str, int | None]]) -> pl.DataFrame:
    rows = [
        (user, item, action, None, None, None if at is None else _START + timedelta(seconds=at))
        for user, item, action, at in events
    ]
    return pl.DataFrame(rows, _NEW, orient="row")


letters = st.sampled_from("ab")
frames = st.lists(
    st.tuples(letters, letters, letters, st.sampled_from([None, 1, 2])), max_size=12
).map(frame)


def events(table: pl.DataFrame) -> list[tuple[object, ...]]:
    return table.select(SAME_EVENT).rows()


@given(frames)
def test_the_same_thing_twice_is_the_same_thing_once(added: pl.DataFrame) -> None:
    once = merge_interactions(None, added)
    assert merge_interactions(once, added).equals(once)
    assert len(set(events(once))) == len(once)


@given(frames, frames)
def test_order_changes_the_order_only(one: pl.DataFrame, other: pl.DataFrame) -> None:
    forth = merge_interactions(merge_interactions(None, one), other)
    back = merge_interactions(merge_interactions(None, other), one)
    assert set(events(forth)) == set(events(back)) == {*events(one), *events(other)}


@given(frames, frames, frames)
def test_grouping_changes_nothing(
    one: pl.DataFrame, two: pl.DataFrame, three: pl.DataFrame
) -> None:
    left = merge_interactions(merge_interactions(merge_interactions(None, one), two), three)
    later = merge_interactions(merge_interactions(None, two), three).drop("row")
    assert left.equals(merge_interactions(merge_interactions(None, one), later))


@given(frames, frames)
def test_what_was_there_stays_in_front(one: pl.DataFrame, other: pl.DataFrame) -> None:
    before = merge_interactions(None, one)
    after = merge_interactions(before, other)
    assert after.head(len(before)).equals(before)
    assert after["row"].to_list() == list(range(len(after)))


@given(st.lists(letters, unique=True), st.lists(letters, unique=True))
def test_an_item_is_as_it_was_described_last(one: list[str], other: list[str]) -> None:
    first, second = (
        bare_items(pl.Series(ids, dtype=pl.String), ItemKind.MOVIE).with_columns(
            title=pl.lit(title)
        )
        for ids, title in ((one, "old"), (other, "new"))
    )
    merged = merge_items(first, second)
    ids = [*one, *(item for item in other if item not in one)]
    assert merged["item_id"].to_list() == ids
    assert merged["title"].to_list() == ["new" if item in other else "old" for item in ids]


def test_a_version_is_named_by_what_it_is_made_of() -> None:
    assert version_of(None, "a") == version_of(None, "a")
    assert len({version_of(None, "a"), version_of(None, "b"), version_of("a", "b")}) == 3
