"""Reviews: written by their author, read by everybody."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, delete, literal, or_, select, update

from tastemaker.core.account import USER_ID_PREFIX
from tastemaker.core.ids import AccountId, ItemId
from tastemaker.core.interaction import Action
from tastemaker.core.review import Review
from tastemaker.store.account_tables import accounts
from tastemaker.store.accounts import PICTURE_HASH
from tastemaker.store.database import Database
from tastemaker.store.instants import from_us, to_us
from tastemaker.store.interaction_table import interactions
from tastemaker.store.review_table import reviews

Place = tuple[int, str]
"""Where a page ends: created_at_us and review_id of its last review."""


class ReviewStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    def of_item(self, item_id: ItemId, n: int, after: Place | None) -> list[Review]:
        """At most n, the newest first; those behind the place where one is given."""
        newest = (reviews.c.created_at_us.desc(), reviews.c.review_id.desc())
        statement = _with_author().where(reviews.c.item_id == item_id).order_by(*newest).limit(n)
        if after is not None:
            at_us, review_id = after
            statement = statement.where(
                or_(
                    reviews.c.created_at_us < at_us,
                    (reviews.c.created_at_us == at_us) & (reviews.c.review_id < review_id),
                )
            )
        return self._read(statement)

    def of_author(self, account_id: AccountId) -> list[Review]:
        """The newest first."""
        statement = _with_author().where(reviews.c.account_id == account_id)
        return self._read(statement.order_by(reviews.c.created_at_us.desc()))

    def own(self, account_id: AccountId, item_id: ItemId) -> Review | None:
        of_both = (reviews.c.account_id == account_id) & (reviews.c.item_id == item_id)
        return next(iter(self._read(_with_author().where(of_both))), None)

    def write_within(
        self,
        connection: Connection,
        account_id: AccountId,
        item_id: ItemId,
        text: str,
        review_id: str,
        now: datetime,
    ) -> None:
        """A part of the caller's transaction. review_id: for a review that is new; the same text
        again leaves the review as it is."""
        own = (reviews.c.account_id == account_id) & (reviews.c.item_id == item_id)
        before = connection.execute(select(reviews.c.text).where(own)).scalar()
        if before is None:
            connection.execute(
                reviews.insert().values(
                    review_id=review_id,
                    account_id=account_id,
                    item_id=item_id,
                    text=text,
                    created_at_us=to_us(now),
                )
            )
        elif before != text:
            connection.execute(
                update(reviews).where(own).values(text=text, edited_at_us=to_us(now))
            )

    def remove_within(self, connection: Connection, account_id: AccountId, item_id: ItemId) -> None:
        own = (reviews.c.account_id == account_id) & (reviews.c.item_id == item_id)
        connection.execute(delete(reviews).where(own))

    def _read(self, statement: Select[Any]) -> list[Review]:
        with self._database.reading() as connection:
            return [_review(row) for row in connection.execute(statement)]


def _with_author() -> Select[Any]:
    rating = (
        select(interactions.c.value)
        .where(
            interactions.c.user_id == literal(USER_ID_PREFIX) + reviews.c.account_id,
            interactions.c.item_id == reviews.c.item_id,
            interactions.c.action == Action.RATE.value,
        )
        .order_by(interactions.c.at_us.desc(), interactions.c.row.desc())
        .limit(1)
        .scalar_subquery()
    )
    author = accounts.c.account_id == reviews.c.account_id
    columns = (reviews, accounts.c.name, PICTURE_HASH, rating.label("rating"))
    return select(*columns).join(accounts, author)


def _review(row: Row[Any]) -> Review:
    return Review(
        review_id=row.review_id,
        item_id=ItemId(row.item_id),
        account_id=AccountId(row.account_id),
        author=row.name,
        text=row.text,
        created_at=from_us(row.created_at_us),
        edited_at=None if row.edited_at_us is None else from_us(row.edited_at_us),
        rating=row.rating,
        author_picture_hash=row.picture_hash,
    )
