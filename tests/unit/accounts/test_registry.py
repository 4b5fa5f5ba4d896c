import pytest

from tastemaker.accounts.registry import make_admin
from tastemaker.core.account import Language
from tastemaker.core.errors import Conflict, RequestInvalid, WrongPassword
from tests.unit.accounts.conftest import People

PASSWORD = "correct horse"


def test_a_name_is_taken_whatever_its_case_width_or_spaces(people: People) -> None:
    people.registry.register("Zoë  K", PASSWORD, Language.ENGLISH)
    for same in ("zoë k", "ZOË K", " Zoë\tK ", "Ｚoë K", "Zo\u0065\u0308 K", "Zoë\u202e K"):
        with pytest.raises(Conflict, match="taken"):
            people.registry.register(same, PASSWORD, Language.ENGLISH)


@pytest.mark.parametrize("name", ["", "   ", "\u202e\u200b", "x" * 41, "\ud800"])
def test_a_name_nobody_can_read_is_refused(people: People, name: str) -> None:
    with pytest.raises(RequestInvalid, match="name"):
        people.registry.register(name, PASSWORD, Language.ENGLISH)


@pytest.mark.parametrize("name", ["Анна", "🦊 лис", "مريم", "<script>alert(1)</script>", "O'Neil"])
def test_a_name_may_be_of_any_script_and_is_kept_as_it_is(people: People, name: str) -> None:
    account = people.registry.register(name, PASSWORD, Language.RUSSIAN)
    found = people.registry.store.of_id(account.account_id)
    assert found is not None
    assert found.account == account
    assert found.account.name == name


@pytest.mark.parametrize("password", ["", "short", "x" * 1_025])
def test_a_password_too_short_or_too_long_is_refused(people: People, password: str) -> None:
    with pytest.raises(RequestInvalid, match="characters"):
        people.registry.register("Ann", password, Language.ENGLISH)


def test_the_database_never_holds_the_password(people: People) -> None:
    account = people.registry.register("Ann", PASSWORD, Language.ENGLISH)
    credentials = people.registry.store.of_id(account.account_id)
    assert credentials is not None
    assert credentials.password_hash.startswith("$argon2id$")
    assert PASSWORD not in credentials.password_hash


def test_a_changed_password_replaces_the_old_one(people: People) -> None:
    account = people.registry.register("Ann", PASSWORD, Language.ENGLISH)
    with pytest.raises(WrongPassword):
        people.registry.change_password(account, "not mine", "another one")
    people.registry.change_password(account, PASSWORD, "another one")
    with pytest.raises(WrongPassword):
        people.registry.check_password(account, PASSWORD)
    people.registry.check_password(account, "another one")


def test_up_to_three_different_favourite_genres(people: People) -> None:
    account = people.registry.register("Ann", PASSWORD, Language.ENGLISH)
    changed = people.registry.change(account, favourite_genres=["Drama", "War", "Crime"])
    assert changed.favourite_genres == ("Drama", "War", "Crime")
    for wrong in (["Drama", "Drama"], ["Drama", "War", "Crime", "Comedy"]):
        with pytest.raises(RequestInvalid, match="favourite"):
            people.registry.change(account, favourite_genres=wrong)


def test_a_new_name_must_be_free_but_may_be_ones_own(people: People) -> None:
    ann = people.registry.register("Ann", PASSWORD, Language.ENGLISH)
    people.registry.register("Bob", PASSWORD, Language.ENGLISH)
    assert people.registry.change(ann, name="ANN").name == "ANN"
    with pytest.raises(Conflict, match="taken"):
        people.registry.change(ann, name="bob")


def test_the_first_admin_is_made_by_command_with_a_password_that_is_asked(people: People) -> None:
    admin = make_admin(people.registry, "Root", lambda: PASSWORD)
    assert admin.is_admin
    people.registry.check_password(admin, PASSWORD)


def test_an_existing_account_becomes_admin_and_keeps_its_password(people: People) -> None:
    people.registry.register("Ann", PASSWORD, Language.ENGLISH)

    def never() -> str:
        raise AssertionError("asked for a password")

    admin = make_admin(people.registry, "ann", never)
    assert admin.is_admin
    people.registry.check_password(admin, PASSWORD)
