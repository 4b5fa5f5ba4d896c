"""The browser of this machine."""

import os
import shutil

from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize

TIMEOUT_MS = 60_000
SLOWER_BY = float(os.environ.get("TASTEMAKER_TEST_SLOW_PAGES", "1"))
_NAMES = ("chromium", "chromium-browser", "google-chrome")
_DESKTOP = ViewportSize(width=1280, height=800)


def chromium_path() -> str | None:
    """None where there is none."""
    return next(filter(None, map(shutil.which, _NAMES)), None)


def new_visit(browser: Browser, address: str) -> BrowserContext:
    """A person who was never here. TASTEMAKER_TEST_SLOW_PAGES=6 slows their processor six times."""
    context = browser.new_context(base_url=address, viewport=_DESKTOP, locale="en-US")
    context.set_default_timeout(TIMEOUT_MS)
    if SLOWER_BY > 1:
        context.on("page", _slow_down)
    return context


def _slow_down(page: Page) -> None:
    session = page.context.new_cdp_session(page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER_BY})
