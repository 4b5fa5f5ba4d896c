"""The small shop with accounts, and browsers that use it, for the tests of the storefront."""

from collections.abc import Mapping
from itertools import count
from pathlib import Path
from typing import Any

from pwdlib.hashers.argon2 import Argon2Hasher
from starlette.testclient import TestClient

from tastemaker.accounts.config import AccountsConfig
from tastemaker.accounts.passwords import Passwords
from tastemaker.api.open_storefront import open_pictures, open_storefront
from tastemaker.api.services import Services
from tastemaker.api.storefront import Storefront
from tastemaker.pictures.config import PicturesConfig
from tastemaker.store.engine import StoreConfig, open_engine

API = "/api/v1"
PASSWORD = "correct horse"
CHEAP = Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1)
"""Real argon2 at its lowest cost: the tests sign in often."""


def open_front(
    folder: Path,
    services: Services,
    accounts: AccountsConfig | None = None,
    pictures: PicturesConfig | None = None,
) -> Storefront:
    """On the database that `open_shop` made in the folder."""
    ids = count()
    config = accounts or AccountsConfig(max_failures=3, max_review_characters=500)
    return open_storefront(
        open_engine(f"sqlite:///{folder}/shop.db", StoreConfig()),
        services.catalogue,
        config,
        open_pictures(
            folder / "pictures", services.catalogue, pictures or PicturesConfig(), services.clock
        ),
        Passwords(config.min_password_length, CHEAP),
        lambda: (),
        clock=services.clock,
        new_id=lambda: f"id{next(ids)}",
        new_token=lambda: f"token{next(ids)}",
    )


class Browser:
    """Keeps cookies, and sends the token against forged writes as the pages do."""

    def __init__(self, client: TestClient) -> None:
        self.client = client
        self.csrf_token = ""

    def register(self, name: str, **more: str) -> dict[str, Any]:
        return self._signed_in("POST", "/accounts", {"name": name, "password": PASSWORD, **more})

    def sign_in(self, name: str) -> dict[str, Any]:
        return self._signed_in("POST", "/sessions", {"name": name, "password": PASSWORD})

    def switch(self, account_id: str) -> dict[str, Any]:
        return self._signed_in("PUT", "/sessions/active", {"account_id": account_id})

    def get(self, path: str) -> Any:
        answer = self.client.get(API + path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def send(self, method: str, path: str, body: Any = None, **more: Any) -> Any:
        """The answer itself, whatever its status."""
        headers = {"X-CSRF-Token": self.csrf_token, **more.pop("headers", {})}
        if body is not None:
            more["json"] = body
        return self.client.request(method, API + path, headers=headers, **more)

    def save(self, item_id: str, **change: Any) -> dict[str, Any]:
        answer = self.send("PUT", f"/me/items/{item_id}", change)
        assert answer.status_code == 200, answer.text
        state: dict[str, Any] = answer.json()
        return state

    def _signed_in(self, method: str, path: str, body: Mapping[str, str]) -> dict[str, Any]:
        answer = self.send(method, path, body)
        assert answer.status_code in (200, 201), answer.text
        me: dict[str, Any] = answer.json()
        self.csrf_token = me["csrf_token"]
        account: dict[str, Any] = me["account"]
        return account
