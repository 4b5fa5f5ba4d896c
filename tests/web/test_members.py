"""First minutes, profile, import and export, together, languages, the end of an account."""

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.web.visitor import PASSWORD, become_member, home_as_member, rate, row, sign_up


def test_the_first_minutes_end_in_a_personal_row(page: Page) -> None:
    page.goto("/")
    sign_up(page)
    page.wait_for_url("**/welcome")
    for genre in ("Drama", "Comedy", "War"):
        page.get_by_role("button", name=genre, exact=True).click()
        expect(page.get_by_role("button", name=genre, exact=True)).to_have_attribute(
            "aria-pressed", "true"
        )
    expect(page.get_by_role("button", name="Horror")).to_have_attribute("aria-disabled", "true")
    rate(page.locator("main"), 4.5)
    expect(page.get_by_role("heading", name="Chosen for you")).to_be_visible()
    page.get_by_role("link", name="Done: take me home").click()
    expect(row(page, "For you").locator(".note").first).to_contain_text("Because of")


def test_the_profile_shows_the_taste_and_where_it_comes_from(page: Page) -> None:
    become_member(page)
    page.goto("/film/1")
    rate(page.locator("main"), 5)
    expect(page.get_by_role("radio", name="5 stars", exact=True)).to_be_checked()
    page.goto("/profile?tab=taste")
    expect(page.get_by_text("Animation")).to_be_visible()
    expect(page.get_by_role("listitem").filter(has_text="Toy Story")).to_contain_text("rated 5")


def test_ratings_are_brought_along_after_a_dry_run(page: Page, tmp_path: Path) -> None:
    file = tmp_path / "ratings.csv"
    file.write_text(
        "Date,Name,Year,Letterboxd URI,Rating\n2024-01-01,Toy Story,1995,x,4.5\n"
        "2024-01-02,A Film Nobody Has,2001,x,3\n"
    )
    become_member(page)
    page.goto("/profile?tab=carry")
    page.get_by_label("CSV file or zip").set_input_files(file)
    page.get_by_role("button", name="See what would happen").click()
    expect(page.get_by_text("1 film found")).to_be_visible()
    expect(page.get_by_text("1 film not in this catalogue")).to_be_visible()
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_text("1 film imported")).to_be_visible()
    with page.expect_download() as downloaded:
        page.get_by_role("link", name="Export", exact=True).click()
    assert downloaded.value.suggested_filename == "tastemaker.zip"
    page.goto("/profile")
    expect(page.locator("[data-film='1']")).to_contain_text("★ 4.5")


def test_everything_is_deleted_on_request(page: Page) -> None:
    name = become_member(page)
    page.goto("/profile?tab=settings")
    page.get_by_role("button", name="Delete everything").click()
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Delete everything for good").click()
    expect(page.get_by_role("banner").get_by_role("button", name="Sign in")).to_be_visible()
    page.get_by_role("banner").get_by_role("button", name="Sign in").click()
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("dialog").locator("button.primary").click()
    expect(page.get_by_role("alert")).not_to_be_empty()


def test_one_row_for_several_people(page: Page) -> None:
    home_as_member(page)
    page.goto("/together")
    expect(page.get_by_text("Choose at least one person")).to_be_visible()
    page.get_by_label("User ids, separated by commas").fill("1, 42")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(row(page, "For all of you").get_by_role("link").first).to_be_visible()
    expect(page).to_have_url(re.compile("user_id=1&user_id=42"))


def test_the_pages_speak_russian_with_its_plurals(page: Page) -> None:
    page.goto("/films")
    page.get_by_label("Language").select_option("ru")
    expect(page.get_by_role("heading", name="Фильмы")).to_be_visible()
    expect(page.get_by_role("status").filter(has_text="742 фильма")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "ru")
    page.reload()
    expect(page.get_by_role("heading", name="Фильмы")).to_be_visible()
