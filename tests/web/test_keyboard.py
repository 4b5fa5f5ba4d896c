"""The pages without a mouse."""

from playwright.sync_api import Page, Route, expect

from tests.web.visitor import become_member, row


def expect_focus_at(page: Page, label: str, at: int) -> None:
    expect(row(page, label).locator("a.poster").nth(at)).to_be_focused()


def test_a_row_is_one_tab_stop_with_arrows_inside(page: Page) -> None:
    page.goto("/")
    expect(row(page, "Trending").get_by_role("link").first).to_be_visible()
    row(page, "Trending").get_by_role("link").first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect_focus_at(page, "Trending", 2)
    page.keyboard.press("End")
    expect_focus_at(page, "Trending", 19)
    page.keyboard.press("Home")
    expect_focus_at(page, "Trending", 0)
    page.keyboard.press("Tab")
    expect(page.locator("a.poster:focus")).to_have_count(0)


def test_up_and_down_lead_between_the_rows(page: Page) -> None:
    page.goto("/")
    expect(row(page, "For you").get_by_role("link").first).to_be_visible()
    expect(row(page, "Catalogue").get_by_role("link").first).to_be_visible()
    row(page, "Trending").get_by_role("link").first.focus()
    page.keyboard.press("ArrowDown")
    expect_focus_at(page, "For you", 0)
    page.keyboard.press("ArrowDown")
    expect_focus_at(page, "Catalogue", 0)
    page.keyboard.press("ArrowUp")
    expect_focus_at(page, "For you", 0)


def test_the_grid_is_walked_in_two_directions_to_its_end(page: Page) -> None:
    page.goto("/films?genre=Western")
    grid = row(page, "Catalogue")
    expect(grid.get_by_role("link").first).to_be_visible()
    grid.get_by_role("link").first.focus()
    page.keyboard.press("ArrowDown")
    columns = int(grid.evaluate("list => getComputedStyle(list).getPropertyValue('--columns')"))
    expect_focus_at(page, "Catalogue", columns)
    for _ in range(12):
        page.keyboard.press("ArrowDown")
    item = page.locator("li:has(> a:focus)")
    expect(item).to_have_attribute("aria-posinset", str(13 * columns + 1))
    expect(item).to_be_in_viewport()


def test_keys_pressed_while_films_are_on_their_way_are_not_lost(page: Page) -> None:
    waiting: list[Route] = []
    page.goto("/films?genre=Western")
    grid = row(page, "Catalogue")
    grid.get_by_role("link").first.focus()
    page.route("**/api/v1/items?*offset=*", lambda route: waiting.append(route))
    with page.expect_request("**/api/v1/items?*offset=*"):
        page.keyboard.press("End")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    waiting.pop().continue_()
    item = page.locator("li:has(> a:focus)")
    expect(item).to_have_attribute("aria-posinset", "165")


def test_the_end_of_the_catalogue_is_one_key_away(page: Page) -> None:
    page.goto("/films?sort=title")
    grid = row(page, "Catalogue")
    grid.get_by_role("link").first.focus()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.keyboard.press("End")
    item = page.locator("li:has(> a:focus)")
    expect(item).to_have_attribute("aria-posinset", "9742")
    expect(item).to_be_in_viewport()
    assert len([url for url in asked if "/api/v1/items?" in url]) <= 2
    page.keyboard.press("Home")
    expect(item).to_have_attribute("aria-posinset", "1")


def test_the_card_is_read_first_and_walked_from_the_top_to_save(page: Page) -> None:
    page.goto("/")
    row(page, "Trending").get_by_role("link").nth(3).press("Enter")
    dialog = page.get_by_role("dialog", name="The Matrix")
    expect(dialog).to_be_focused()
    for name in ("Sign in to rate", "Sign in to save"):
        expect(dialog.get_by_role("button", name=name)).to_be_visible()
    expect(dialog.get_by_role("link", name="TMDB")).to_be_visible()
    reached = []
    for _ in range(12):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.textContent.trim()"))
    names = ["Action", "Sign in to rate", "Sign in to list it", "IMDb", "TMDB", "Sign in to save"]
    places = [reached.index(name) for name in names]
    assert places == sorted(places)


def test_question_mark_lists_the_keys_and_slash_searches(page: Page) -> None:
    page.goto("/films")
    expect(page.get_by_role("heading", name="Films")).to_be_visible()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("/")
    expect(page.get_by_role("combobox", name="Search films")).to_be_focused()


def test_the_first_tab_offers_to_skip_to_the_content(page: Page) -> None:
    page.goto("/films")
    expect(page.get_by_role("heading", name="Films")).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()


def test_a_film_is_rated_with_the_keyboard_alone(page: Page) -> None:
    become_member(page)
    page.goto("/film/1")
    stars = page.get_by_role("radio", name="half a star")
    expect(stars).to_be_visible()
    stars.focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("radio", name="1 star", exact=True)).to_be_checked()
