"""What an account says about items: rating, watched, watchlist and review, saved together."""

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from tastemaker.accounts.config import AccountsConfig
from tastemaker.core.account import Account
from tastemaker.core.clock import Clock
from tastemaker.core.errors import RequestInvalid
from tastemaker.core.ids import ItemId
from tastemaker.core.marks import MarkChange, Marks
from tastemaker.store.database import Database
from tastemaker.store.marks import MarkStore
from tastemaker.store.reviews import ReviewStore


class Shelf(StrEnum):
    """The lists of a profile."""

    RATED = "rated"
    WATCHED = "watched"
    WATCHLIST = "watchlist"
    REVIEWED = "reviewed"


@dataclass(frozen=True, slots=True)
class OwnItem:
    """at: when something was last said about the item; None where nothing was."""

    item_id: ItemId
    marks: Marks = field(default_factory=Marks)
    review: str | None = None
    at: datetime | None = None

    def is_on(self, shelf: Shelf) -> bool:
        return {
            Shelf.RATED: self.marks.rating is not None,
            Shelf.WATCHED: self.marks.watched,
            Shelf.WATCHLIST: self.marks.on_watchlist,
            Shelf.REVIEWED: self.review is not None,
        }[shelf]


@dataclass(frozen=True, slots=True)
class Change:
    """review: the new text. at: when it happened, for marks that are new; None: now."""

    marks: MarkChange = field(default_factory=MarkChange)
    review: str | None = None
    clear_review: bool = False
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class OwnItems:
    """new_id: a fresh text of at most 32 characters at each call."""

    database: Database
    marks: MarkStore
    reviews: ReviewStore
    config: AccountsConfig
    clock: Clock
    new_id: Callable[[], str]

    def get(self, account: Account, item_id: ItemId) -> OwnItem:
        marks = self.marks.of_item(account.user_id, item_id)
        review = self.reviews.own(account.account_id, item_id)
        if review is None:
            return OwnItem(item_id, marks, None, marks.at)
        return OwnItem(item_id, marks, review.text, _later(marks.at, review.created_at))

    def every(self, account: Account) -> dict[ItemId, OwnItem]:
        """All the account says something about, the latest word first."""
        marks = self.marks.of_user(account.user_id)
        reviews = {review.item_id: review for review in self.reviews.of_author(account.account_id)}
        found = {item_id: OwnItem(item_id, said, None, said.at) for item_id, said in marks.items()}
        for item_id, review in reviews.items():
            said = marks.get(item_id, Marks())
            at = _later(said.at, review.created_at)
            found[item_id] = OwnItem(item_id, said, review.text, at)
        speaking = [own for own in found.values() if any(own.is_on(shelf) for shelf in Shelf)]
        speaking.sort(key=lambda own: (own.at or self.clock(), own.item_id), reverse=True)
        return {own.item_id: own for own in speaking}

    def save(self, account: Account, changes: Mapping[ItemId, Change]) -> int:
        """All or nothing; the same again changes nothing. Returns for how many items the marks
        changed. Raises RequestInvalid: a review is too long."""
        for change in changes.values():
            self._check_review(change.review)
        now = self.clock()
        marks = {item_id: (change.marks, change.at or now) for item_id, change in changes.items()}
        with self.database.writing() as connection:
            n_changed = self.marks.save_within(connection, account.user_id, marks)
            for item_id, change in changes.items():
                text = _clean(change.review or "")
                if text:
                    self.reviews.write_within(
                        connection, account.account_id, item_id, text, self.new_id(), now
                    )
                elif change.clear_review or change.review is not None:
                    self.reviews.remove_within(connection, account.account_id, item_id)
        return n_changed

    def _check_review(self, text: str | None) -> None:
        if text is not None and len(text) > self.config.max_review_characters:
            raise RequestInvalid(
                f"The review has {len(text)} characters",
                where="body.review",
                next_step=f"Shorten it to {self.config.max_review_characters}.",
            )


def _clean(text: str) -> str:
    """Without control characters but line breaks and tabs, and without space around."""
    kept = (sign for sign in text if sign in "\n\t" or unicodedata.category(sign) != "Cc")
    return "".join(kept).strip()


def _later(marked_at: datetime | None, written_at: datetime) -> datetime:
    return written_at if marked_at is None else max(marked_at, written_at)
