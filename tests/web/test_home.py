"""The home page in its three layers."""

import re

from playwright.sync_api import Page, expect

from tests.web.visitor import home_as_member, row


def test_trending_for_you_and_the_catalogue_are_there_signed_out(page: Page) -> None:
    page.goto("/")
    expect(page.get_by_role("heading", name="Trending")).to_be_in_viewport()
    expect(row(page, "Trending").get_by_role("listitem")).to_have_count(20)
    expect(page.get_by_role("heading", name="Popular films")).to_be_visible()
    expect(page.get_by_text("Sign in and this row is yours")).to_be_visible()
    expect(page.get_by_text("9,742 films")).to_be_visible()


def test_posters_keep_their_shape_and_distance(page: Page) -> None:
    page.goto("/")
    frames = page.locator("a.poster .art")
    expect(frames.nth(23)).to_be_attached()
    boxes = frames.evaluate_all("all => all.slice(0, 24).map(art => art.getBoundingClientRect())")
    assert all(abs(box["height"] / box["width"] - 1.5) < 0.01 for box in boxes)
    assert boxes[0]["x"] >= 16
    assert boxes[1]["x"] - boxes[0]["x"] - boxes[0]["width"] >= 12


def test_the_background_is_there(page: Page) -> None:
    with page.expect_response(re.compile(r"backdrop-.*\.svg")) as answered:
        page.goto("/")
    assert answered.value.ok


def test_any_user_id_has_a_row_with_reasons(page: Page) -> None:
    page.goto("/")
    page.get_by_role("button", name="User id").click()
    page.get_by_label("Any user id, such as 42").fill("42")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.get_by_role("heading", name="For user 42")).to_be_visible()
    expect(row(page, "For user 42").locator(".note").first).to_contain_text("Because of")
    expect(page).to_have_url(re.compile("for=42"))


def test_an_unknown_user_id_gets_a_clear_word_and_popular_films(page: Page) -> None:
    page.goto("/?for=nobody-at-all")
    expect(page.get_by_text("Nobody called “nobody-at-all” has watched anything")).to_be_visible()
    expect(row(page, "For user nobody-at-all").get_by_role("listitem").first).to_be_visible()


def test_me_is_the_default_for_a_member(page: Page) -> None:
    home_as_member(page)
    expect(page.get_by_role("heading", name="For you")).to_be_visible()
    expect(page.get_by_role("button", name="Me", exact=True)).to_have_attribute(
        "aria-pressed", "true"
    )
    expect(page.get_by_text("Nothing is known of your taste yet")).to_be_visible()
