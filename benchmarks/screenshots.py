"""Retakes the pictures of the README from the running lab: `make screenshots`."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from benchmarks.journey import MINUTES, ROOT, complete, server

FOLDER = ROOT / "docs"
PAGES = (
    ("start", "/", 2),
    ("robustness", "/Robustness", 1),
    ("transfer", "/Transfer", 1),
    ("inputs", "/Inputs", 0),
)


def _whole(page: Page, charts: int) -> None:
    page.wait_for_selector("h1")
    complete(page, charts, 3 * MINUTES)
    page.wait_for_timeout(3_000)
    height = page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight")
    page.set_viewport_size({"width": 1280, "height": min(int(height), 2_200)})
    page.wait_for_timeout(1_500)


def main() -> None:
    """Takes one picture a page; only of the pages named on the command line, if any are."""
    wanted = sys.argv[1:] or [name for name, _, _ in PAGES]
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        with server(Path(folder)) as (url, _):
            for name, where, charts in PAGES:
                if name not in wanted:
                    continue
                page = browser.new_page(viewport={"width": 1280, "height": 900})
                page.goto(url + where)
                _whole(page, charts)
                page.screenshot(path=FOLDER / f"{name}.png")
                page.close()
        browser.close()


if __name__ == "__main__":
    main()
