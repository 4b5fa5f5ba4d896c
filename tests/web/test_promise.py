"""The visible promise: a rating changes the row behind the card, without a reload."""

from playwright.sync_api import Locator, Page, expect

from tests.web.visitor import film_of_card, home_as_member, open_card, rate, row, saved

# A mark is there for a moment only: a slow machine may look too late.
NOTICE_MARKS = """() => {
    const look = () => {
        const marked = document.querySelector('a.poster.new') !== null;
        if (marked) document.documentElement.classList.add('marked');
    };
    const options = { subtree: true, childList: true, attributeFilter: ['class'] };
    new MutationObserver(look).observe(document.body, options);
}"""


def films_of(films: Locator) -> list[str]:
    ids: list[str] = films.locator("a.poster").evaluate_all(
        "links => links.map(link => link.dataset.film)"
    )
    return ids


def test_a_rating_in_the_card_changes_the_row_at_once(page: Page) -> None:
    page.clock.install()
    home_as_member(page)
    before = films_of(row(page, "For you"))[:6]
    dialog = open_card(page, 3)
    page.evaluate(NOTICE_MARKS)
    rate(dialog, 5)
    expect(page.locator("html.marked")).to_be_attached()
    page.keyboard.press("Escape")
    for_you = row(page, "For you")
    expect(for_you.locator(".note").first).to_contain_text("Because of")
    assert films_of(for_you)[:6] != before
    page.clock.fast_forward(3_000)
    expect(page.locator("a.poster.new")).to_have_count(0)


def test_what_was_rated_is_shown_everywhere_and_stays(page: Page) -> None:
    home_as_member(page)
    dialog = open_card(page, 0)
    rate(dialog, 3.5)
    with saved(page):
        dialog.get_by_role("button", name="Watchlist").click()
    expect(dialog.get_by_role("button", name="Watchlist")).to_have_attribute("aria-pressed", "true")
    film = film_of_card(page)
    page.goto(f"/film/{film}")
    expect(page.get_by_role("radio", name="3.5 stars", exact=True)).to_be_checked()
    page.goto("/profile?tab=watchlist")
    expect(page.locator(f"[data-film='{film}']")).to_be_visible()
    page.goto("/profile?tab=rated")
    expect(page.locator(f"[data-film='{film}']")).to_contain_text("★ 3.5")


def test_a_rating_can_be_taken_back(page: Page) -> None:
    home_as_member(page)
    dialog = open_card(page, 0)
    rate(dialog, 4)
    dialog.get_by_role("button", name="Take the rating back").click()
    expect(dialog.get_by_role("radio", name="4 stars", exact=True)).not_to_be_checked()
    page.keyboard.press("Escape")
    expect(page.get_by_text("Nothing is known of your taste yet")).to_be_visible()


def test_what_is_done_with_a_film_of_the_row_names_its_slate(page: Page) -> None:
    home_as_member(page)
    dialog = open_card(page, 0)
    with page.expect_response("**/api/v1/me/recommendations*") as answered:
        rate(dialog, 5)
    session = answered.value.json()["session_id"]
    page.keyboard.press("Escape")
    expect(row(page, "For you").locator(".note").first).to_contain_text("Because of")
    with page.expect_request("**/api/v1/me/opened") as opened:
        row(page, "For you").get_by_role("link").first.click()
    film = film_of_card(page)
    assert opened.value.post_data_json == {"item_id": film, "session_id": session}
    with page.expect_request(lambda request: request.method == "PUT") as rated:
        rate(page.get_by_role("dialog"), 4)
    assert rated.value.post_data_json == {"rating": 4, "session_id": session}


def test_a_look_alone_does_not_make_the_row_personal(page: Page) -> None:
    home_as_member(page)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    row(page, "For you").get_by_role("link").first.click()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.reload()
    expect(page.get_by_text("Nothing is known of your taste yet")).to_be_attached()
    assert not [url for url in asked if url.endswith("/me/opened")]


def test_less_like_this_at_the_poster_by_mouse_and_by_key(page: Page) -> None:
    home_as_member(page)
    rate(open_card(page, 3), 5)
    page.keyboard.press("Escape")
    for_you = row(page, "For you")
    expect(for_you.locator(".note").first).to_contain_text("Because of")
    by_mouse, by_key = films_of(for_you)[:2]
    item = for_you.get_by_role("listitem").first
    item.hover()
    item.get_by_role("button", name="Less like this").click()
    expect(for_you.locator(f"[data-film='{by_mouse}']")).to_have_count(0)
    for_you.locator(f"[data-film='{by_key}']").focus()
    page.keyboard.press("Delete")
    expect(for_you.locator(f"[data-film='{by_key}']")).to_have_count(0)
    page.get_by_role("button", name="Undo").last.click()
    expect(for_you.locator(f"[data-film='{by_key}']")).to_have_count(1)


def test_less_like_this_takes_a_film_away_and_undo_brings_it_back(page: Page) -> None:
    home_as_member(page)
    rate(open_card(page, 3), 5)
    page.keyboard.press("Escape")
    for_you = row(page, "For you")
    expect(for_you.locator(".note").first).to_contain_text("Because of")
    first = for_you.locator("a.poster").first
    film = first.get_attribute("data-film")
    first.click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("heading", name="Why this film")).to_be_visible()
    expect(dialog.get_by_text("of the reason").first).to_be_visible()
    dialog.get_by_role("button", name="Less like this").click()
    page.keyboard.press("Escape")
    expect(for_you.locator(f"[data-film='{film}']")).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(for_you.locator(f"[data-film='{film}']")).to_have_count(1)
