"""Guessing passwords is slow: too many failures, and the next try has to wait."""

import hashlib
import math
from datetime import datetime, timedelta

from tastemaker.accounts.config import AccountsConfig
from tastemaker.core.errors import TooManyAttempts
from tastemaker.store.sign_in_failures import SignInFailureStore


class Throttle:
    def __init__(self, failures: SignInFailureStore, config: AccountsConfig) -> None:
        self._failures = failures
        self._window = timedelta(seconds=config.failure_window_s)
        self._max_failures = config.max_failures
        self._max_of_address = config.max_failures_an_address
        self._max_registrations = config.max_registrations_an_address

    def check_sign_in(self, name_key: str, address: str, now: datetime) -> None:
        """Raises TooManyAttempts. Counted by address too, so that nobody can lock out others."""
        limits = {
            _key("name", name_key, address): self._max_failures,
            _key("address", address): self._max_of_address,
        }
        self._check(limits, now, "There were too many failed sign-ins")

    def sign_in_failed(self, name_key: str, address: str, now: datetime) -> None:
        keys = [_key("name", name_key, address), _key("address", address)]
        self._failures.add(keys, now, now - self._window)

    def signed_in(self, name_key: str, address: str) -> None:
        """The failures before are forgiven."""
        self._failures.clear([_key("name", name_key, address)])

    def check_registration(self, address: str, now: datetime) -> None:
        """Raises TooManyAttempts."""
        limits = {_key("registration", address): self._max_registrations}
        self._check(limits, now, "Too many accounts were made from this address")

    def registered(self, address: str, now: datetime) -> None:
        self._failures.add([_key("registration", address)], now, now - self._window)

    def _check(self, limits: dict[str, int], now: datetime, what: str) -> None:
        for key, (n_failures, first_at) in self._failures.since(
            list(limits), now - self._window
        ).items():
            if n_failures >= limits[key]:
                wait_s = max(1, math.ceil((first_at + self._window - now).total_seconds()))
                raise TooManyAttempts(
                    what, retry_after_s=wait_s, next_step=f"Try again in {wait_s} seconds."
                )


def _key(*parts: str) -> str:
    return hashlib.sha256("\x00".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
