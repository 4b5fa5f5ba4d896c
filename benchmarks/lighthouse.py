"""What Lighthouse says of the pages on a phone: the median of three runs a route.

Lighthouse is installed by npm beside its lock on first use; the browser is the system's Chromium.
"""

import json
import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.table import Row
from benchmarks.web import CHROMIUM, served

ROUTES = ("/", "/films", "/film/1", "/together", "/profile", "/welcome", "/operate")
N_RUNS = 3
RUN_LIMIT_S = 180
_FOLDER = Path(__file__).parent / "web_lighthouse"
_COMMAND = _FOLDER / "node_modules/lighthouse/cli/index.js"


def rows(_: Path) -> Iterator[Row]:
    if not _COMMAND.exists():
        subprocess.run(["npm", "ci", "--loglevel", "error"], cwd=_FOLDER, check=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        served(Path(folder) / "home", "movielens-small") as address,
    ):
        for route in ROUTES:
            reports = [_report(address + route, Path(folder)) for _ in range(N_RUNS)]
            yield from _rows_of(route, reports)


def _report(url: str, folder: Path) -> dict[str, Any]:
    path = folder / "report.json"
    subprocess.run(
        [
            *("node", str(_COMMAND), url, "--quiet", "--output=json", f"--output-path={path}"),
            "--only-categories=performance,accessibility",
            "--chrome-flags=--headless=new --no-sandbox",
        ],
        env={**os.environ, "CHROME_PATH": CHROMIUM},
        check=True,
        timeout=RUN_LIMIT_S,
    )
    report: dict[str, Any] = json.loads(path.read_text())
    return report


def _rows_of(route: str, reports: list[dict[str, Any]]) -> Iterator[Row]:
    def score(category: str) -> float:
        return 100 * median(float(one["categories"][category]["score"]) for one in reports)

    def audit(name: str) -> float:
        return median(float(one["audits"][name]["numericValue"]) for one in reports)

    yield Row(f"{route} performance", f"{score('performance'):.0f}", ">= 95")
    yield Row(f"{route} accessibility", f"{score('accessibility'):.0f}", "100")
    yield Row(
        f"{route} largest paint", f"{audit('largest-contentful-paint') / 1000:.1f} s", "<= 1.8 s"
    )
    yield Row(f"{route} blocking time", f"{audit('total-blocking-time'):.0f} ms", "<= 100 ms")
    yield Row(f"{route} layout shift", f"{audit('cumulative-layout-shift'):.3f}", "<= 0.02")
