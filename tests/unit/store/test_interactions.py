from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from tastemaker.core.history import PastEvent
from tastemaker.core.ids import EventId, ItemId, SessionId, UserId
from tastemaker.core.interaction import Action
from tastemaker.store.interaction_table import interactions
from tastemaker.store.interactions import InteractionLog
from tastemaker.store.live_past import LivePast
from tests.unit.store.events import START, rated


def test_an_event_comes_back_as_it_went_in(log: InteractionLog) -> None:
    event = replace(rated("é1", "Ünï", 0.123456), price=9.5, session_id=SessionId("s"))
    assert log.append([event]).new == (True,)
    assert log.of_user(UserId("Ünï"), 10) == [event]


def test_the_same_event_counts_once(log: InteractionLog) -> None:
    first = log.append([rated("a"), rated("b"), rated("a")])
    again = log.append([rated("b"), rated("c")])
    assert first.new == (True, True, False)
    assert again.new == (False, True)
    assert log.count() == 3


def test_nothing_to_append_is_no_error(log: InteractionLog) -> None:
    assert log.append([]).new == ()


def test_the_latest_events_of_a_user_come_newest_last(log: InteractionLog) -> None:
    log.append([rated("late", at_s=30), rated("early", at_s=10), rated("middle", at_s=20)])
    log.append([rated("equal", at_s=30), rated("of another", "bob", at_s=40)])
    latest = log.of_user(UserId("ann"), 3)
    assert [event.event_id for event in latest] == ["middle", "late", "equal"]


def test_an_unknown_user_has_no_past(log: InteractionLog) -> None:
    assert log.of_user(UserId("nobody"), 10) == []
    assert LivePast(log, 10).past(UserId("nobody")) == []


def test_the_live_past_is_what_was_posted(log: InteractionLog) -> None:
    log.append([rated("b", at_s=2, item_id="y"), rated("a", at_s=1, item_id="x")])
    start_s = int(START.timestamp())
    assert LivePast(log, 10).past(UserId("ann")) == [
        PastEvent(ItemId("x"), Action.RATE, 4.5, start_s + 1),
        PastEvent(ItemId("y"), Action.RATE, 4.5, start_s + 2),
    ]


def test_training_reads_what_arrived_since_in_bounded_frames(log: InteractionLog) -> None:
    log.append([rated(str(number)) for number in range(5)])
    frames = list(log.since(rows_per_frame=2))
    assert [frame.height for frame in frames] == [2, 2, 1]
    everything = pl.concat(frames)
    assert everything.schema["at"] == pl.Datetime("us", "UTC")
    assert everything["at"].to_list() == [START] * 5
    third = everything["row"][2]
    assert [frame["row"].to_list() for frame in log.since(third)] == [
        everything["row"][3:].to_list()
    ]


def test_many_threads_lose_and_repeat_nothing(log: InteractionLog) -> None:
    batches = [[rated(f"{thread}-{number}") for number in range(20)] for thread in range(16)]
    with ThreadPoolExecutor(16) as pool:
        results = list(pool.map(log.append, batches + batches))
    assert sum(sum(result.new) for result in results) == 320
    assert log.count() == 320


@given(batches=st.lists(st.lists(st.sampled_from("abcdefgh"), max_size=6), max_size=6))
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_exactly_the_first_of_each_id_is_new(
    engine: Engine, log: InteractionLog, batches: Sequence[Sequence[str]]
) -> None:
    with engine.begin() as connection:
        connection.execute(interactions.delete())
    seen: set[str] = set()
    for batch in batches:
        expected = []
        for event_id in batch:
            expected.append(event_id not in seen)
            seen.add(event_id)
        result = log.append([rated(EventId(event_id)) for event_id in batch])
        assert list(result.new) == expected
