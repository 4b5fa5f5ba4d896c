"""Signing in on a device, switching between its accounts, signing out."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from tastemaker.accounts.config import AccountsConfig
from tastemaker.accounts.names import name_key
from tastemaker.accounts.passwords import Passwords
from tastemaker.accounts.throttle import Throttle
from tastemaker.accounts.tokens import token_hash
from tastemaker.core.account import Account
from tastemaker.core.clock import Clock
from tastemaker.core.errors import Conflict, NotFound, WrongPassword
from tastemaker.core.ids import AccountId
from tastemaker.store.accounts import AccountStore
from tastemaker.store.devices import Device, DeviceStore


@dataclass(frozen=True, slots=True)
class SignIn:
    """new_token: a fresh secret at each call. new_id: a fresh text of at most 32 characters."""

    accounts: AccountStore
    devices: DeviceStore
    passwords: Passwords
    throttle: Throttle
    config: AccountsConfig
    clock: Clock
    new_token: Callable[[], str]
    new_id: Callable[[], str]

    def device_of(self, token: str | None) -> Device | None:
        """The device whose cookie holds the token; None for a wrong, old or missing one."""
        return None if token is None else self.devices.find(token_hash(token), self.clock())

    def with_password(self, name: str, password: str, address: str, device: Device | None) -> str:
        """The token of the device from now on, on which the account is signed in and active.

        address: where the request comes from. Raises WrongPassword, TooManyAttempts and Conflict
        (too many accounts on the device).
        """
        with self.guarded(name, address):
            credentials = self.accounts.of_name(name_key(name))
            known = None if credentials is None else credentials.password_hash
            if not self.passwords.fits(password, known) or credentials is None:
                raise WrongPassword(
                    "The name or the password is wrong",
                    where="body",
                    next_step="Try again, or make an account.",
                )
        return self.at_once(credentials.account, device)

    @contextmanager
    def guarded(self, name: str, address: str) -> Iterator[None]:
        """Around a check of this account's password: a WrongPassword in it counts as a failure.

        Raises TooManyAttempts where there were too many.
        """
        key = name_key(name)
        self.throttle.check_sign_in(key, address, self.clock())
        try:
            yield
        except WrongPassword:
            self.throttle.sign_in_failed(key, address, self.clock())
            raise
        self.throttle.signed_in(key, address)

    def at_once(self, account: Account, device: Device | None) -> str:
        """The same without a password, for an account that has just been made."""
        here = () if device is None else device.signed_in
        others = [one for one in here if one.account_id != account.account_id]
        if len(others) >= self.config.max_accounts_a_device:
            raise Conflict(
                f"{len(others)} accounts are signed in on this device",
                next_step="Sign one of them out first.",
            )
        token, now = self.new_token(), self.clock()
        self.devices.sign_in(
            device.device_id if device else self.new_id(),
            token_hash(token),
            account.account_id,
            now,
            now + timedelta(days=self.config.sign_in_days),
        )
        return token

    def switch(self, device: Device, account_id: AccountId) -> str:
        """The token of the device from now on. Raises NotFound: not signed in there."""
        if all(one.account_id != account_id for one in device.signed_in):
            raise NotFound(
                "This account is not signed in on this device",
                where="body.account_id",
                next_step="Sign in with its password.",
            )
        token = self.new_token()
        self.devices.activate(device.device_id, account_id, token_hash(token))
        return token

    def out(self, device: Device, account: Account) -> None:
        """Another account of the device becomes the active one."""
        self.devices.sign_out(device.device_id, account.account_id, self.clock())

    def all_out(self, device: Device) -> None:
        """Every account of this device."""
        self.devices.forget(device.device_id)

    def out_everywhere(self, account: Account, but_on: Device | None = None) -> None:
        """One account on every device but one."""
        self.devices.sign_out_everywhere(
            account.account_id, None if but_on is None else but_on.device_id
        )
