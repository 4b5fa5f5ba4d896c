"""The card over the page and the page of a film."""

import json
import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.web.visitor import expect_focus_on, film_of_card, open_card, row, wait_until

POSTER_FILLS_THE_LEFT = """() => {
    const dialog = document.querySelector('dialog').getBoundingClientRect();
    const art = document.querySelector('dialog .art').getBoundingClientRect();
    return Math.abs(art.height - dialog.height) < 4 && art.width > dialog.width / 3;
}"""


def test_the_card_has_its_own_address_and_back_closes_it(page: Page) -> None:
    page.goto("/")
    open_card(page, 2)
    film = film_of_card(page)
    page.go_back()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page).not_to_have_url(re.compile("film="))
    expect_focus_on(page, film)
    page.go_forward()
    expect(page.get_by_role("dialog")).to_be_visible()


@pytest.mark.parametrize("way", ["Escape", "button", "backdrop"])
def test_the_card_closes_and_the_focus_returns(page: Page, way: str) -> None:
    page.goto("/")
    dialog = open_card(page, 1)
    film = film_of_card(page)
    if way == "Escape":
        page.keyboard.press("Escape")
    elif way == "button":
        dialog.get_by_role("button", name="Close").click()
    else:
        page.mouse.click(5, 400)
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect_focus_on(page, film)


def test_the_poster_fills_the_left_over_the_whole_height(page: Page) -> None:
    page.goto("/")
    open_card(page)
    wait_until(page, POSTER_FILLS_THE_LEFT)


def test_the_card_leads_out_and_to_the_full_page(page: Page) -> None:
    page.goto("/")
    dialog = open_card(page)
    for name, address in (("IMDb", "imdb.com/title/tt"), ("TMDB", "themoviedb.org/movie/")):
        link = dialog.get_by_role("link", name=name)
        expect(link).to_have_attribute("href", re.compile(re.escape(address)))
    with page.context.expect_page() as opened:
        dialog.get_by_role("link", name="Full page").click()
    full = opened.value
    expect(full.get_by_role("heading", level=1)).to_be_visible()
    expect(full.get_by_role("heading", name="Reviews")).to_be_visible()
    expect(row(full, "Similar films").locator(".note").first).to_contain_text("Like")


def test_a_shared_address_of_a_card_opens_it_and_closing_stays(page: Page) -> None:
    page.goto("/?film=1")
    expect(page.get_by_role("dialog", name="Toy Story")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page).to_have_url("/")


@pytest.mark.parametrize("path", ["/?film=no-such", "/film/no-such", "/film/a%2Fb%25"])
def test_a_film_that_does_not_exist_gets_a_clear_word(page: Page, path: str) -> None:
    page.goto(path)
    expect(page.get_by_role("heading", name="There is no such film")).to_be_visible()


def test_a_script_in_a_title_is_a_title(page: Page) -> None:
    title = "<img src=x onerror=\"document.title='taken'\"><script>document.title='taken'</script>"

    def rename(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(
            response=answer, body=answer.text().replace("Toy Story", json.dumps(title)[1:-1])
        )

    page.route("**/api/v1/items/1", rename)
    page.route("**/api/v1/items?*", rename)
    page.goto("/films?q=toy+story")
    first = page.locator("main [data-film='1']")
    expect(first).to_contain_text(title)
    first.click()
    expect(page.get_by_role("dialog").get_by_role("heading", name=title)).to_be_visible()
    page.goto("/film/1")
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    assert page.title() != "taken"


def test_a_page_that_does_not_exist_says_so(page: Page) -> None:
    answer = page.goto("/nothing-here")
    assert answer is not None
    assert answer.status == 404
    expect(page.get_by_role("heading", name="There is no such page")).to_be_visible()


def test_the_page_comes_back_where_it_was(page: Page) -> None:
    page.goto("/films")
    expect(page.get_by_role("list", name="Catalogue").get_by_role("link").first).to_be_visible()
    page.evaluate("scrollTo(0, 2400)")
    page.goto("/film/1")
    page.get_by_role("link", name="Animation", exact=True).click()
    expect(page.get_by_role("heading", name="Films")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", name="Toy Story", level=1)).to_be_visible()
