"""Pictures of every page at three widths: python -m tests.web.screenshots [FOLDER]."""

import sys
import tempfile
from contextlib import AbstractContextManager
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.flow.server import RunningServer, running
from tests.web.browsers import chromium_path
from tests.web.settings import write_settings
from tests.web.visitor import home_as_member, open_card, rate

SIZES = ((390, 844), (1280, 800), (1920, 1080))
SIGNED_OUT = {
    "home": "/",
    "films": "/films?genre=Sci-Fi&sort=rating&min_ratings=50",
    "film": "/film/2571",
    "card": "/?film=2571",
    "sign-in": "/films?account=sign-in",
    "no-film": "/film/none",
    "no-page": "/none",
    "nothing-found": "/films?year_from=1880&year_to=1881",
}
SIGNED_IN = {
    "member-home": "/",
    "member-card": "/?film=2571",
    "welcome": "/welcome",
    "ratings": "/profile",
    "watchlist-empty": "/profile?tab=watchlist",
    "taste": "/profile?tab=taste",
    "carry": "/profile?tab=carry",
    "settings": "/profile?tab=settings",
    "together": "/together?user_id=1&user_id=42",
}


def take(page: Page, pages: dict[str, str], folder: Path) -> None:
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        for name, path in pages.items():
            page.goto(path)
            page.wait_for_load_state("networkidle")
            page.screenshot(path=folder / f"{name}-{width}.png", animations="disabled")


def _server(folder: Path) -> AbstractContextManager[RunningServer]:
    write_settings(folder)
    return running(folder / "home")


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as temporary,
        _server(Path(temporary)) as server,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=["--no-sandbox"])
        page = browser.new_page(
            base_url=server.address, color_scheme="dark", reduced_motion="reduce", locale="en-US"
        )
        take(page, SIGNED_OUT, folder)
        home_as_member(page)
        for at in (0, 3, 4):
            rate(open_card(page, at), 4.5)
            page.keyboard.press("Escape")
        take(page, SIGNED_IN, folder)
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "var/screenshots"))
