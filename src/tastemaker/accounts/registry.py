"""Making, changing and erasing accounts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from tastemaker.accounts.config import AccountsConfig
from tastemaker.accounts.names import clean_name, name_key
from tastemaker.accounts.passwords import Passwords
from tastemaker.core.account import MAX_FAVOURITE_GENRES, Account, Language
from tastemaker.core.clock import Clock
from tastemaker.core.errors import Conflict, Forbidden, RequestInvalid, WrongPassword
from tastemaker.core.ids import AccountId
from tastemaker.store.accounts import AccountStore


@dataclass(frozen=True, slots=True)
class Registry:
    """new_id: a fresh text of at most 32 characters at each call that nobody can guess, because
    an account's user id opens its recommendations."""

    store: AccountStore
    passwords: Passwords
    config: AccountsConfig
    clock: Clock
    new_id: Callable[[], str]

    def register(self, name: str, password: str, language: Language) -> Account:
        """Raises Forbidden (closed), RequestInvalid and Conflict (name taken)."""
        if not self.config.registration_open:
            raise Forbidden(
                "Registration is closed",
                where="accounts.registration_open",
                next_step="Ask the operator for an account.",
            )
        return self.add(name, password, language, is_admin=False)

    def add(self, name: str, password: str, language: Language, *, is_admin: bool) -> Account:
        """The same where registration is closed."""
        account = Account(
            account_id=AccountId(self.new_id()),
            name=clean_name(name),
            language=language,
            favourite_genres=(),
            is_admin=is_admin,
            created_at=self.clock(),
        )
        password_hash = self.passwords.hashed(password)
        if not self.store.add(account, name_key(account.name), password_hash):
            raise _taken(account.name)
        return account

    def change(
        self,
        account: Account,
        *,
        name: str | None = None,
        language: Language | None = None,
        favourite_genres: Sequence[str] | None = None,
        is_admin: bool | None = None,
    ) -> Account:
        """None leaves as it is. Raises RequestInvalid and Conflict (name taken)."""
        genres = account.favourite_genres if favourite_genres is None else favourite_genres
        if len(set(genres)) != len(genres) or len(genres) > MAX_FAVOURITE_GENRES:
            raise RequestInvalid(
                "The favourite genres repeat or are too many",
                where="body.favourite_genres",
                next_step=f"Choose up to {MAX_FAVOURITE_GENRES} different ones.",
            )
        changed = replace(
            account,
            name=account.name if name is None else clean_name(name),
            language=language or account.language,
            favourite_genres=tuple(genres),
            is_admin=account.is_admin if is_admin is None else is_admin,
        )
        if not self.store.replace(changed, name_key(changed.name)):
            raise _taken(changed.name)
        return changed

    def change_password(self, account: Account, old: str, new: str) -> None:
        """Raises WrongPassword and RequestInvalid."""
        self.check_password(account, old)
        self.store.set_password(account.account_id, self.passwords.hashed(new))

    def check_password(self, account: Account, password: str) -> None:
        """Raises WrongPassword."""
        credentials = self.store.of_id(account.account_id)
        known = None if credentials is None else credentials.password_hash
        if not self.passwords.fits(password, known):
            raise WrongPassword("The password is wrong", where="body", next_step="Try again.")


def make_admin(registry: Registry, name: str, ask_password: Callable[[], str]) -> Account:
    """Gives the account of this name the rights of an operator; makes it where there is none.

    ask_password: called for a new account only. Raises RequestInvalid.
    """
    credentials = registry.store.of_name(name_key(clean_name(name)))
    if credentials is not None:
        return registry.change(credentials.account, is_admin=True)
    return registry.add(name, ask_password(), Language.ENGLISH, is_admin=True)


def _taken(name: str) -> Conflict:
    return Conflict(
        f"The name '{name}' is taken", where="body.name", next_step="Choose another one."
    )
