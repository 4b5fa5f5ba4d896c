"""When a page has shown all that it will show by itself."""

from playwright.sync_api import Page, expect

_SHELF = ("main :is(ul a.poster, .none)",)
_LAST_TO_COME = {
    "/": (
        ".trending a.poster",
        "section[aria-labelledby='for-you'] a.poster",
        "#catalogue a.poster",
    ),
    "/films": ("main a.poster",),
    "/film/1": ("article h1", ".similar a.poster"),
    "/welcome": ("main ul li",),
    "/profile?tab=rated": _SHELF,
    "/profile?tab=reviewed": _SHELF,
    "/profile?tab=watchlist": _SHELF,
    "/profile?tab=watched": _SHELF,
    "/profile?tab=taste": ("main .share",),
    "/profile?tab=carry": ("main form",),
    "/profile?tab=settings": ("main form",),
}


def open_complete(page: Page, path: str) -> None:
    """Visits path and waits for what comes last there; in a dialog, for that."""
    page.goto(path)
    if "?film" in path or "?account" in path or "?help" in path:
        expect(page.get_by_role("dialog").get_by_role("button").first).to_be_visible()
    for selector in _LAST_TO_COME.get(path, ("main h1",)):
        expect(page.locator(selector).first).to_be_visible()
