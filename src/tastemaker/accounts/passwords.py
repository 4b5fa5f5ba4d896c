"""Passwords: kept as argon2id hashes, checked without telling whether the name exists."""

import threading
from functools import cached_property

from pwdlib import PasswordHash
from pwdlib.exceptions import UnknownHashError
from pwdlib.hashers.argon2 import Argon2Hasher

from tastemaker.core.errors import RequestInvalid, StoreUnavailable

MIN_PASSWORD_LENGTH = 8
"""No configuration allows less."""

MAX_PASSWORD_LENGTH = 1_024
_MAX_AT_ONCE = 2


class Passwords:
    """hasher: by default argon2's own costs, 64 MiB a check, so that few run at the same time."""

    def __init__(self, min_length: int, hasher: Argon2Hasher | None = None) -> None:
        self._min_length = min_length
        self._hasher = PasswordHash((hasher or Argon2Hasher(),))
        self._turn = threading.BoundedSemaphore(_MAX_AT_ONCE)

    def hashed(self, password: str) -> str:
        """Raises RequestInvalid for one that is too short or too long."""
        if not self._min_length <= len(password) <= MAX_PASSWORD_LENGTH:
            raise RequestInvalid(
                f"The password has {len(password)} characters",
                where="body.password",
                next_step=f"Use {self._min_length} to {MAX_PASSWORD_LENGTH} characters.",
            )
        with self._turn:
            return self._hasher.hash(_encodable(password))

    def fits(self, password: str, password_hash: str | None) -> bool:
        """None, for a name that does not exist, takes as long as a wrong password.

        Raises StoreUnavailable where what is stored is no hash.
        """
        with self._turn:
            try:
                fits = self._hasher.verify(_encodable(password), password_hash or self._nobodys)
            except UnknownHashError as error:
                raise StoreUnavailable(
                    "The stored password cannot be read",
                    where="accounts.password_hash",
                    next_step="Restore the database from a backup.",
                ) from error
        return fits and password_hash is not None

    @cached_property
    def _nobodys(self) -> str:
        return self._hasher.hash("")


def _encodable(password: str) -> bytes:
    # JSON may carry halves of characters that UTF-8 has no form for.
    return password[: MAX_PASSWORD_LENGTH + 1].encode("utf-8", "surrogatepass")
