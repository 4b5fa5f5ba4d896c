"""A slow or failing server: the page says so and recovers."""

from playwright.sync_api import Page, Route, expect

from tests.web.visitor import home_as_member, open_card, rate, row, stars


def test_a_failing_row_says_so_and_comes_back(page: Page) -> None:
    page.route("**/api/v1/popular*", lambda route: route.abort())
    page.goto("/")
    expect(page.get_by_text("The server does not answer").first).to_be_visible()
    page.unroute("**/api/v1/popular*")
    page.get_by_role("button", name="Try again").first.click()
    expect(row(page, "Trending").get_by_role("link").first).to_be_visible()


def test_an_error_of_the_server_is_told_in_its_words(page: Page) -> None:
    def fail(route: Route) -> None:
        route.fulfill(status=500, json={"title": "Internal error", "detail": "A wire broke"})

    page.route("**/api/v1/items?*", fail)
    page.goto("/films")
    expect(page.get_by_text("A wire broke")).to_be_visible()
    page.unroute("**/api/v1/items?*")
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_text("9,742 films")).to_be_visible()


def test_a_rating_that_is_not_accepted_is_put_back(page: Page) -> None:
    home_as_member(page)
    dialog = open_card(page)
    page.route("**/api/v1/me/items/*", lambda route: route.abort())
    stars(dialog, 5).click()
    expect(page.get_by_text("The server does not answer").first).to_be_visible()
    expect(dialog.get_by_role("radio", name="5 stars", exact=True)).not_to_be_checked()
    page.unroute("**/api/v1/me/items/*")
    rate(dialog, 5)
    expect(dialog.get_by_role("button", name="Take the rating back")).to_be_visible()


def test_a_slow_answer_leaves_the_page_of_use_and_moves_nothing(page: Page) -> None:
    waiting: list[Route] = []
    page.route("**/api/v1/popular*", lambda route: waiting.append(route))
    with page.expect_request("**/api/v1/popular?k=30"):  # the second row's: both wait now
        page.goto("/")
    expect(page.get_by_text("9,742 films")).to_be_visible()
    heading = page.get_by_role("heading", name="Catalogue")
    before_y = heading.evaluate("heading => heading.getBoundingClientRect().y")
    for route in waiting:
        route.continue_()
    for label in ("Trending", "For you"):
        expect(row(page, label).get_by_role("link").first).to_be_visible()
    after_y = heading.evaluate("heading => heading.getBoundingClientRect().y")
    assert abs(after_y - before_y) <= 120


def test_a_slate_cut_short_is_not_taken_for_an_unknown_person(page: Page) -> None:
    def cut_short(route: Route) -> None:
        answer = route.fetch().json()
        route.fulfill(json=answer | {"source": "popular", "is_cut_short": True})

    page.route("**/api/v1/recommendations/42?*", cut_short)
    page.goto("/?for=42")
    expect(page.get_by_text("The recommendations took too long")).to_be_visible()
    page.unroute("**/api/v1/recommendations/42?*")
    page.get_by_role("button", name="Try again").click()
    expect(row(page, "For user 42").locator(".note").first).to_contain_text("Because of")
    expect(page.get_by_text("The recommendations took too long")).to_have_count(0)


def test_too_many_tries_say_how_long_to_wait(page: Page) -> None:
    def refuse(route: Route) -> None:
        route.fulfill(status=429, headers={"Retry-After": "30"}, json={"detail": "slow down"})

    page.route("**/api/v1/sessions", refuse)
    page.goto("/films?account=sign-in")
    page.get_by_label("Name").fill("Anna")
    page.get_by_label("Password", exact=True).fill("whatever it was")
    page.get_by_role("dialog").locator("button.primary").click()
    expect(page.get_by_text("Wait 30 seconds")).to_be_visible()
