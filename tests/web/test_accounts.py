"""Several people on one device."""

from playwright.sync_api import Page, expect

from tests.web.visitor import PASSWORD, become_member, home_as_member, rate, sign_in


def add_account(page: Page, current: str) -> str:
    page.get_by_role("button", name=f"Account of {current}").click()
    page.get_by_role("button", name="Switch account").click()
    page.get_by_role("button", name="Add account").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Create an account").click()
    name = f"{current} the second"
    dialog.get_by_label("Name").fill(name)
    dialog.get_by_label("Password", exact=True).fill(PASSWORD)
    dialog.locator("button.primary").click()
    expect(page.get_by_role("button", name=f"Account of {name}")).to_be_visible()
    return name


def test_a_password_that_is_too_short_stays_where_it_was_typed(page: Page) -> None:
    page.goto("/?account=register")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("somebody")
    password = dialog.get_by_label("Password", exact=True)
    password.press_sequentially("short")
    password.press("Enter")
    expect(dialog.locator("input:invalid")).to_have_attribute("name", "password")
    expect(password).to_be_focused()
    expect(password).to_have_value("short")


def test_add_an_account_switch_and_sign_out_of_one(page: Page) -> None:
    first = become_member(page)
    page.goto("/films")
    second = add_account(page, first)
    page.get_by_role("button", name=f"Account of {second}").click()
    switch = page.get_by_role("button", name="Switch account")
    switch.click()
    expect(switch).to_have_attribute("aria-expanded", "true")
    page.get_by_role("button", name=first, exact=True).click()
    expect(page.get_by_role("button", name=f"Account of {first}", exact=True)).to_be_visible()
    page.get_by_role("button", name=f"Account of {first}", exact=True).click()
    page.get_by_role("button", name="Sign out", exact=True).click()
    expect(page.get_by_role("button", name=f"Account of {second}")).to_be_visible()


def test_the_switch_closes_again_and_esc_closes_the_menu(page: Page) -> None:
    name = become_member(page)
    page.goto("/films")
    circle = page.get_by_role("button", name=f"Account of {name}")
    circle.click()
    switch = page.get_by_role("button", name="Switch account")
    switch.click()
    expect(page.get_by_role("button", name="Add account")).to_be_visible()
    switch.click()
    expect(page.get_by_role("button", name="Add account")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(switch).to_have_count(0)
    expect(circle).to_be_focused()


def test_another_tab_follows_the_switch(page: Page) -> None:
    first = home_as_member(page)
    other = page.context.new_page()
    other.goto("/")
    expect(other.get_by_role("button", name=f"Account of {first}")).to_be_visible()
    second = add_account(page, first)
    expect(other.get_by_role("button", name=f"Account of {second}")).to_be_visible()


def test_two_people_do_not_see_each_others_ratings(page: Page) -> None:
    first = become_member(page)
    page.goto("/film/1")
    rate(page.locator("main"), 4.5)
    expect(page.get_by_role("radio", name="4.5 stars", exact=True)).to_be_checked()
    add_account(page, first)
    expect(page.get_by_role("radio", name="4.5 stars", exact=True)).not_to_be_checked()


def test_signing_in_again_after_signing_out(page: Page) -> None:
    name = become_member(page)
    page.goto("/films")
    page.get_by_role("button", name=f"Account of {name}").click()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("banner").get_by_role("button", name="Sign in").click()
    sign_in(page, name)
    expect(page.get_by_role("button", name=f"Account of {name}")).to_be_visible()
