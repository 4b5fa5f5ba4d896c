"""The visitor as answers show them."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field

from tastemaker.accounts.names import initial
from tastemaker.accounts.tokens import csrf_token
from tastemaker.api.picture_address import picture_address
from tastemaker.core.account import Account, Language


class AccountAnswer(BaseModel):
    account_id: str
    user_id: str = Field(description="The same person to the recommender.")
    name: str
    initial: str
    picture: str | None = Field(description="Its address; None where the initial stands for it.")
    language: Language
    favourite_genres: list[str]
    is_admin: bool
    created_at: datetime


class MeAnswer(BaseModel):
    signed_in: bool
    csrf_token: str | None = Field(
        default=None, description="To be sent with every write as X-CSRF-Token."
    )
    account: AccountAnswer | None = None


def me_answer(account: Account | None, token: str | None) -> MeAnswer:
    return MeAnswer(
        signed_in=account is not None,
        csrf_token=None if token is None else csrf_token(token),
        account=None if account is None else account_answer(account),
    )


def account_answer(account: Account) -> AccountAnswer:
    return AccountAnswer(
        account_id=account.account_id,
        user_id=account.user_id,
        name=account.name,
        initial=initial(account.name),
        picture=picture_address(account.name, account.picture_hash),
        language=account.language,
        favourite_genres=list(account.favourite_genres),
        is_admin=account.is_admin,
        created_at=account.created_at,
    )


ME_EXAMPLE: dict[str, Any] = {
    "signed_in": True,
    "csrf_token": "5f0c",
    "account": {
        "account_id": "8d3f",
        "user_id": "a:8d3f",
        "name": "Anna",
        "initial": "A",
        "picture": None,
        "language": "en",
        "favourite_genres": ["Drama"],
        "is_admin": False,
        "created_at": "2026-01-01T12:00:00Z",
    },
}


def example(content: dict[str, Any], status: int = 200) -> dict[int | str, dict[str, Any]]:
    """The description of an answer for OpenAPI."""
    return {status: {"content": {"application/json": {"example": content}}}}
