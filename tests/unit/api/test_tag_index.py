import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tastemaker.api.tag_index import TagIndex

TAG = st.text("abc", min_size=1, max_size=2)


def test_tags_are_found_whatever_their_case_and_counted_commonest_first() -> None:
    tags = TagIndex(["Pixar, toys", None, "pixar", ""])
    assert tags.having("PIXAR").tolist() == [True, False, True, False]
    assert tags.having("pix").tolist() == [False] * 4
    assert tags.counts(np.ones(4, np.bool_), 10) == {"pixar": 2, "toys": 1}
    assert tags.counts(np.array([False, True, True, True]), 10) == {"pixar": 1}


def test_a_catalogue_without_tags_has_none() -> None:
    for texts in ([], [None, ""]):
        tags = TagIndex(texts)
        assert not tags.having("pixar").any()
        assert tags.counts(np.ones(len(texts), np.bool_), 10) == {}


@settings(deadline=None)
@given(st.lists(st.sets(TAG), max_size=8), st.data())
def test_counts_are_of_the_matching_items_alone(items: list[set[str]], data: st.DataObject) -> None:
    matching = data.draw(st.lists(st.booleans(), min_size=len(items), max_size=len(items)))
    tags = TagIndex([", ".join(sorted(item)) for item in items])
    counted = tags.counts(np.array(matching, np.bool_), 100)
    chosen = [item for item, is_in in zip(items, matching, strict=True) if is_in]
    assert counted == {
        tag: sum(tag in item for item in chosen) for tag in {t for item in chosen for t in item}
    }
    for tag in counted:
        assert tags.having(tag).tolist() == [tag in item for item in items]
