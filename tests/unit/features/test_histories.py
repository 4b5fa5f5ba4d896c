"""Every user's events come back as they were, from files that may be damaged."""

from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tastemaker.core.errors import FileUnreadable
from tastemaker.core.history import PastEvent
from tastemaker.core.ids import ItemId, UserId
from tastemaker.core.interaction import Action
from tastemaker.features.histories import Histories
from tastemaker.features.text_column import TextColumn
from tests.unit.features.frames import Event, interactions

ids = st.text(st.characters(codec="utf-8"), min_size=1, max_size=4)
events = st.lists(
    st.tuples(
        ids,
        ids,
        st.sampled_from(list(Action)),
        st.sampled_from([None, 0.5, 3.0]),
        st.sampled_from([None, 1, 2]),
    ),
    min_size=1,
    max_size=30,
)


@given(events)
def test_saved_and_loaded_every_past_is_what_happened(
    tmp_path_factory: pytest.TempPathFactory, listed: list[Event]
) -> None:
    folder = tmp_path_factory.mktemp("histories")
    Histories.build(interactions(listed)).save(folder)
    histories = Histories.load(folder)
    in_time = sorted(listed, key=lambda event: event[4] or 0)
    assert histories.n_events == len(listed)
    assert histories.n_users == len({user for user, *_ in listed})
    for wanted in {user for user, *_ in listed}:
        assert wanted in histories
        assert histories.past(UserId(wanted)) == [
            PastEvent(ItemId(item), action, value, at_s or 0)
            for user, item, action, value, at_s in in_time
            if user == wanted
        ]


@given(st.lists(ids, unique=True), ids)
def test_a_text_is_found_exactly_where_it_is(texts: list[str], wanted: str) -> None:
    ordered = pl.Series(texts, dtype=pl.String).sort()
    column = TextColumn.of(ordered)
    assert list(column.texts()) == ordered.to_list()
    place = column.find(wanted)
    assert place == (ordered.to_list().index(wanted) if wanted in texts else None)


def test_a_user_nobody_has_seen() -> None:
    histories = Histories.build(interactions([("u", "i", Action.LIKE, None, 1)]))
    for stranger in ("", "nobody", "\ud800"):
        assert stranger not in histories
        assert histories.past(UserId(stranger)) == []


@pytest.mark.parametrize("name", ["user_ids", "user_ids_ends", "item_ids", "starts", "item"])
@pytest.mark.parametrize("damage", ["missing", "cut", "other"])
def test_damaged_files_are_noticed(tmp_path: Path, name: str, damage: str) -> None:
    listed: list[Event] = [(f"u{at}", f"i{at}", Action.LIKE, None, 1) for at in range(50)]
    Histories.build(interactions(listed)).save(tmp_path)
    path = tmp_path / f"{name}.npy"
    if damage == "missing":
        path.unlink()
    elif damage == "cut":
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    else:
        other = tmp_path / "other"
        other.mkdir()
        Histories.build(interactions(listed[:3])).save(other)
        path.write_bytes((other / path.name).read_bytes())
    with pytest.raises(FileUnreadable, match="tastemaker preprocess"):
        Histories.load(tmp_path)
