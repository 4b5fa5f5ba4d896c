"""What the pages weigh and how fast they feel, in the system's Chromium.

The grid is measured on 90,000 generated films with the processor slowed four times. The server,
the browser and this program share the machine.
"""

import csv
import gzip
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import numpy as np
from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.table import Row
from tastemaker.api.pages import BUILT_PAGES
from tastemaker.config import DEFAULT_VARIANTS

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
N_FILMS = 90_000
N_RATED = 2_000
N_PEOPLE = 200
N_CLICKS = 30
SLOWER = 4
START_LIMIT_S = 300
GENRES = ("Action", "Comedy", "Crime", "Drama", "Horror", "Romance", "Sci-Fi", "War")
COUNT_FRAMES = """async () => {
    const took = [];
    let most = 0, before = performance.now();
    const list = document.querySelector('ul[data-row][aria-label=Catalogue]');
    for (let frame = 0; frame < 240; frame += 1) {
        scrollBy(0, 180);
        await new Promise(requestAnimationFrame);
        took.push(performance.now() - before);
        before = performance.now();
        most = Math.max(most, list.querySelectorAll('*').length);
    }
    return { took, most };
}"""
CLICK_TO_ROW = """(star) => new Promise((done) => {
    const row = document.querySelector('section[aria-labelledby=for-you] ul');
    const began = performance.now();
    const seen = new MutationObserver(() => requestAnimationFrame(() => {
        seen.disconnect();
        done(performance.now() - began);
    }));
    seen.observe(row, { childList: true, subtree: true });
    star.click();
})"""


def rows(_: Path) -> Iterator[Row]:
    yield from sizes()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        with served(Path(folder) / "small", "movielens-small") as address:
            yield _row_of_posters(address)
            yield _click_to_row(browser, address)
        with served(Path(folder) / "large", str(generated(Path(folder) / "films"))) as address:
            yield from _grid(browser, address)
        browser.close()


def sizes() -> Iterator[Row]:
    """Of the first page, filters included, and of everything that people may fetch."""
    assets = BUILT_PAGES / "assets"
    shell = (BUILT_PAGES / "index.html").read_text()
    weights = {path.name[:-3]: path.stat().st_size for path in assets.glob("*.gz")}
    for kind, bound in ((".js", "<= 40 KB"), (".css", "<= 10 KB")):
        of_kind = {name: size for name, size in weights.items() if name.endswith(kind)}
        first = sum(s for n, s in of_kind.items() if n in shell or n.startswith("FilterPanel"))
        operators = sum(size for name, size in of_kind.items() if name.startswith("Operate"))
        yield Row(f"{kind} of the home page, gzip", _kb(first), bound)
        yield Row(f"{kind} of all later pages and dialogs", _kb(sum(of_kind.values()) - first))
        yield Row(f"{kind} of the operators' page alone", _kb(operators), "<= 90 KB")


def generated(folder: Path) -> Path:
    """MovieLens files of made-up films, of which few are rated."""
    folder.mkdir()
    rng = np.random.default_rng(0)
    with (folder / "movies.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("movieId", "title", "genres"))
        for film in range(1, N_FILMS + 1):
            genres = "|".join(sorted(rng.choice(GENRES, 2, replace=False)))
            writer.writerow((film, f"Film number {film} ({1950 + film % 70})", genres))
    with (folder / "ratings.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("userId", "movieId", "rating", "timestamp"))
        for user in range(1, N_PEOPLE + 1):
            for film in rng.choice(N_RATED, 20, replace=False):
                writer.writerow((user, film + 1, 4.0, 1_500_000_000 + int(film)))
    return folder


def _row_of_posters(address: str) -> Row:
    with urlopen(f"{address}/api/v1/popular?k=100") as answer:
        weight = len(gzip.compress(answer.read()))
    return Row("a row of 100 posters, JSON, gzip", _kb(weight), "<= 6 KB")


def _click_to_row(browser: Browser, address: str) -> Row:
    page = browser.new_page(base_url=address, viewport={"width": 1280, "height": 800})
    page.request.post(
        "/api/v1/accounts",
        data=json.dumps({"name": "Someone", "password": "a long password"}),
        headers={"Content-Type": "application/json"},
    )
    page.goto("/")
    page.wait_for_selector("section[aria-labelledby=for-you] a.poster")
    films = page.locator("section.trending a.poster").evaluate_all(
        "links => links.map(link => link.dataset.film)"
    )
    took_ms = [_one_click_ms(page, films[n % len(films)], 5 - n % 3) for n in range(N_CLICKS)]
    page.context.close()
    p50, p95 = np.percentile(took_ms, [50, 95])
    return Row(
        "click on a rating to the changed row, p50 / p95",
        f"{p50:.0f} / {p95:.0f} ms",
        "p95 <= 300 ms",
    )


def _one_click_ms(page: Page, film: str, stars: int) -> float:
    page.locator(f"section.trending a.poster[data-film='{film}']").click()
    star = page.wait_for_selector(f"dialog input[value='{stars}']", state="attached")
    took_ms: float = page.evaluate(CLICK_TO_ROW, star)
    page.keyboard.press("Escape")
    page.wait_for_selector("dialog", state="detached")
    return took_ms


def _grid(browser: Browser, address: str) -> Iterator[Row]:
    page = browser.new_page(base_url=address, viewport={"width": 1280, "height": 800})
    page.goto("/films")
    page.wait_for_selector("ul[data-row] a.poster")
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    counted: dict[str, Any] = page.evaluate(COUNT_FRAMES)
    p95 = np.percentile(counted["took"], 95)
    yield Row("grid of 90,000 films, frame p95, CPU 4x slower", f"{p95:.0f} ms", "<= 34 ms")
    yield Row("grid of 90,000 films, nodes at most", f"{counted['most']}", "<= 500")
    page.context.close()


@contextmanager
def served(home: Path, data: str) -> Iterator[str]:
    """One quick model: what is measured are the pages."""
    home.mkdir()
    (home / "tastemaker.toml").write_text(
        "".join(
            f"[variants.{name}]\nranking = false\n"
            f'models = ["{"popular" if name == "popular" else "transitions"}"]\n'
            for name in DEFAULT_VARIANTS
        )
    )
    command = [sys.executable, "-m", "tastemaker", "up", "--port", "0", "--data", data]
    with (
        (home / "log").open("w") as log,
        subprocess.Popen(
            [*command, "--home", str(home / "home")],
            cwd=home,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        ) as process,
    ):
        try:
            yield _announced(process)
        finally:
            process.terminate()


def _announced(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    deadline_s = time.monotonic() + START_LIMIT_S
    for line in process.stdout:
        if "answers at" in line:
            return next(word for word in line.split() if word.startswith("http"))
        if time.monotonic() > deadline_s:
            break
    raise RuntimeError("The server did not start; see its log beside its home.")


def _kb(n_bytes: int) -> str:
    return f"{n_bytes / 1000:.1f} KB"
