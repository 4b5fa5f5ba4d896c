"""The browser of this machine."""

import shutil

_NAMES = ("chromium", "chromium-browser", "google-chrome")


def chromium_path() -> str | None:
    """None where there is none."""
    return next(filter(None, map(shutil.which, _NAMES)), None)
