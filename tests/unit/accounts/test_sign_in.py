import pytest

from tastemaker.core.account import Account, Language
from tastemaker.core.errors import Conflict, NotFound, TooManyAttempts, WrongPassword
from tests.unit.accounts.conftest import People

PASSWORD = "correct horse"


def account(people: People, name: str) -> Account:
    return people.registry.register(name, PASSWORD, Language.ENGLISH)


def sign_in(people: People, name: str, token: str | None = None) -> str:
    device = people.sign_in.device_of(token)
    return people.sign_in.with_password(name, PASSWORD, "10.0.0.1", device)


def active(people: People, token: str) -> str | None:
    device = people.sign_in.device_of(token)
    return device.active.name if device and device.active else None


def test_signing_in_makes_a_new_token_and_the_old_one_opens_nothing(people: People) -> None:
    account(people, "Ann")
    first = sign_in(people, "Ann")
    second = sign_in(people, "ann", first)
    assert active(people, second) == "Ann"
    assert people.sign_in.device_of(first) is None


def test_several_accounts_on_one_device_and_a_switch(people: People) -> None:
    ann = account(people, "Ann")
    account(people, "Bob")
    token = sign_in(people, "Bob", sign_in(people, "Ann"))
    device = people.sign_in.device_of(token)
    assert device is not None
    assert [one.name for one in device.signed_in] == ["Ann", "Bob"]
    assert active(people, token) == "Bob"
    token = people.sign_in.switch(device, ann.account_id)
    assert active(people, token) == "Ann"


def test_only_an_account_of_the_device_can_be_switched_to(people: People) -> None:
    account(people, "Ann")
    bob = account(people, "Bob")
    device = people.sign_in.device_of(sign_in(people, "Ann"))
    assert device is not None
    with pytest.raises(NotFound):
        people.sign_in.switch(device, bob.account_id)


def test_signing_out_hands_over_to_the_other_account(people: People) -> None:
    account(people, "Ann")
    account(people, "Bob")
    token = sign_in(people, "Bob", sign_in(people, "Ann"))
    for left in ("Ann", None):
        device = people.sign_in.device_of(token)
        assert device is not None
        assert device.active is not None
        people.sign_in.out(device, device.active)
        assert active(people, token) == left


def test_signing_out_everywhere_leaves_the_other_accounts_of_the_devices(people: People) -> None:
    ann = account(people, "Ann")
    account(people, "Bob")
    here = sign_in(people, "Ann")
    there = sign_in(people, "Bob", sign_in(people, "Ann"))
    people.sign_in.out_everywhere(ann)
    assert active(people, here) is None
    assert active(people, there) == "Bob"


def test_a_sign_in_expires(people: People) -> None:
    account(people, "Ann")
    token = sign_in(people, "Ann")
    people.clock.advance(days=people.config.sign_in_days - 1)
    assert active(people, token) == "Ann"
    people.clock.advance(days=1)
    assert active(people, token) is None


def test_a_wrong_password_and_an_unknown_name_are_told_alike(people: People) -> None:
    account(people, "Ann")
    messages = set()
    for name, password in (("Ann", "not the one"), ("Nobody", PASSWORD), ("", "")):
        with pytest.raises(WrongPassword) as wrong:
            people.sign_in.with_password(name, password, "10.0.0.1", None)
        messages.add(str(wrong.value))
    assert len(messages) == 1


def test_after_too_many_failures_even_the_right_password_waits(people: People) -> None:
    account(people, "Ann")
    for _ in range(people.config.max_failures):
        with pytest.raises(WrongPassword):
            people.sign_in.with_password("Ann", "guess", "10.0.0.1", None)
    with pytest.raises(TooManyAttempts) as refused:
        sign_in(people, "ANN")
    assert 1 <= refused.value.retry_after_s <= people.config.failure_window_s
    people.clock.advance(seconds=refused.value.retry_after_s)
    sign_in(people, "Ann")


def test_somebody_elses_guesses_lock_nobody_out(people: People) -> None:
    account(people, "Ann")
    for _ in range(people.config.max_failures):
        with pytest.raises(WrongPassword):
            people.sign_in.with_password("Ann", "guess", "10.6.6.6", None)
    assert active(people, sign_in(people, "Ann")) == "Ann"


def test_success_forgives_the_failures_before(people: People) -> None:
    account(people, "Ann")
    for _ in range(3):
        for _ in range(people.config.max_failures - 1):
            with pytest.raises(WrongPassword):
                people.sign_in.with_password("Ann", "guess", "10.0.0.1", None)
        sign_in(people, "Ann")


def test_a_device_holds_a_bounded_number_of_accounts(people: People) -> None:
    token = None
    for number in range(people.config.max_accounts_a_device):
        account(people, f"p{number}")
        token = sign_in(people, f"p{number}", token)
    account(people, "one more")
    with pytest.raises(Conflict, match="signed in on this device"):
        sign_in(people, "one more", token)
    assert active(people, sign_in(people, "p0", token)) == "p0"


@pytest.mark.parametrize("token", ["", "x" * 10_000, "\ud800", "' OR 1=1 --"])
def test_a_made_up_token_opens_nothing(people: People, token: str) -> None:
    assert people.sign_in.device_of(token) is None
