"""A person with an account, who is one more user to the recommender."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tastemaker.core.ids import AccountId, UserId

USER_ID_PREFIX = "a:"
"""Before an account's id it makes a user id that no data set with ids of its own has."""

MAX_FAVOURITE_GENRES = 3


class Language(StrEnum):
    ENGLISH = "en"
    RUSSIAN = "ru"


@dataclass(frozen=True, slots=True)
class Account:
    """picture_hash: of the picture the person chose; None where there is none."""

    account_id: AccountId
    name: str
    language: Language
    favourite_genres: tuple[str, ...]
    is_admin: bool
    created_at: datetime
    picture_hash: str | None = None

    @property
    def user_id(self) -> UserId:
        return UserId(USER_ID_PREFIX + self.account_id)
