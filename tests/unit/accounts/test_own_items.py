from datetime import timedelta

import pytest

from tastemaker.accounts.own_items import Change, Shelf
from tastemaker.core.account import Account, Language
from tastemaker.core.errors import RequestInvalid
from tastemaker.core.ids import ItemId
from tastemaker.core.interaction import Action
from tastemaker.core.marks import MarkChange
from tests.unit.accounts.conftest import People

FILM = ItemId("1")


@pytest.fixture
def ann(people: People) -> Account:
    return people.registry.register("Ann", "correct horse", Language.ENGLISH)


def say(people: People, account: Account, change: Change, item_id: ItemId = FILM) -> None:
    people.own_items.save(account, {item_id: change})


def actions(people: People, account: Account) -> list[tuple[Action, float | None]]:
    events = people.own_items.marks.events_of(account.user_id)
    return [(event.action, event.value) for event in events]


def test_everything_of_a_card_is_saved_at_once_and_read_back(people: People, ann: Account) -> None:
    marks = MarkChange(rating=4.5, watched=True, on_watchlist=True)
    say(people, ann, Change(marks, review="  Weer zien! 🦊 مرحبا  "))
    own = people.own_items.get(ann, FILM)
    assert (own.marks.rating, own.marks.watched, own.marks.on_watchlist) == (4.5, True, True)
    assert own.review == "Weer zien! 🦊 مرحبا"
    assert all(own.is_on(shelf) for shelf in Shelf)


def test_a_double_submit_writes_once(people: People, ann: Account) -> None:
    change = Change(MarkChange(rating=3.0, watched=True), review="fine")
    say(people, ann, change)
    say(people, ann, change)
    assert actions(people, ann) == [(Action.RATE, 3.0), (Action.WATCHED, None)]
    review = people.own_items.reviews.own(ann.account_id, FILM)
    assert review is not None
    assert review.edited_at is None


def test_a_new_rating_replaces_the_old_one(people: People, ann: Account) -> None:
    say(people, ann, Change(MarkChange(rating=5.0)))
    people.clock.advance(days=1)
    say(people, ann, Change(MarkChange(rating=1.0)))
    assert actions(people, ann) == [(Action.RATE, 1.0)]


def test_everything_can_be_taken_back(people: People, ann: Account) -> None:
    say(people, ann, Change(MarkChange(rating=5.0, watched=True, on_watchlist=True), review="x"))
    undo = MarkChange(clear_rating=True, watched=False, on_watchlist=False)
    say(people, ann, Change(undo, clear_review=True))
    own = people.own_items.get(ann, FILM)
    assert not any(own.is_on(shelf) for shelf in Shelf)
    assert people.own_items.every(ann) == {}
    assert actions(people, ann) == [(Action.UNBOOKMARK, None)]


def test_an_empty_review_is_none(people: People, ann: Account) -> None:
    say(people, ann, Change(review="words"))
    say(people, ann, Change(review=" \n "))
    assert people.own_items.get(ann, FILM).review is None


def test_a_review_that_is_too_long_saves_nothing_at_all(people: People, ann: Account) -> None:
    too_long = Change(MarkChange(rating=5.0), review="x" * 1_001)
    with pytest.raises(RequestInvalid, match="1001 characters"):
        say(people, ann, too_long)
    assert people.own_items.get(ann, FILM).marks.rating is None


def test_an_edited_review_keeps_its_place_and_says_so(people: People, ann: Account) -> None:
    say(people, ann, Change(review="first"))
    people.clock.advance(hours=1)
    say(people, ann, Change(review="second"))
    review = people.own_items.reviews.own(ann.account_id, FILM)
    assert review is not None
    assert review.text == "second"
    assert review.edited_at == review.created_at + timedelta(hours=1)


def test_reviews_of_an_item_show_author_and_rating_newest_first(
    people: People, ann: Account
) -> None:
    bob = people.registry.register("Bob", "correct horse", Language.ENGLISH)
    say(people, ann, Change(MarkChange(rating=2.0), review="<script>alert(1)</script>"))
    people.clock.advance(hours=1)
    say(people, bob, Change(review="mine"))
    first = people.own_items.reviews.of_item(FILM, 1, None)
    assert [(review.author, review.rating) for review in first] == [("Bob", None)]
    place = (int(first[0].created_at.timestamp() * 1_000_000), first[0].review_id)
    rest = people.own_items.reviews.of_item(FILM, 10, place)
    assert [(one.author, one.rating, one.text) for one in rest] == [
        ("Ann", 2.0, "<script>alert(1)</script>")
    ]


def test_less_like_this_and_its_undo(people: People, ann: Account) -> None:
    marks, now = people.own_items.marks, people.clock()
    for _ in range(2):
        marks.dismiss(ann.user_id, FILM, now)
    assert actions(people, ann) == [(Action.DISMISS, None)]
    marks.allow_again(ann.user_id, FILM)
    assert actions(people, ann) == []


def test_erasure_leaves_nothing_of_the_person_and_everything_of_others(
    people: People, ann: Account
) -> None:
    bob = people.registry.register("Bob", "correct horse", Language.ENGLISH)
    for person in (ann, bob):
        say(people, person, Change(MarkChange(rating=2.0), review="text"))
    token = people.sign_in.at_once(ann, None)
    people.registry.store.erase(ann)
    assert people.registry.store.of_id(ann.account_id) is None
    assert people.own_items.marks.events_of(ann.user_id) == []
    assert people.sign_in.device_of(token).signed_in == ()  # type: ignore[union-attr]
    reviews = people.own_items.reviews.of_item(FILM, 10, None)
    assert [review.author for review in reviews] == ["Bob"]
