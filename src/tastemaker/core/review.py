"""What one person wrote about one item."""

from dataclasses import dataclass
from datetime import datetime

from tastemaker.core.ids import AccountId, ItemId


@dataclass(frozen=True, slots=True)
class Review:
    """author: the account's name. rating: the author's, in stars. edited_at: of the last edit.
    author_picture_hash: None where the author has no picture."""

    review_id: str
    item_id: ItemId
    account_id: AccountId
    author: str
    text: str
    created_at: datetime
    edited_at: datetime | None
    rating: float | None
    author_picture_hash: str | None = None
