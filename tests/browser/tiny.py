"""Pages of the real lab with a recipe that is trained and measured in seconds."""

from __future__ import annotations

import re
import urllib.parse
from pathlib import Path

from playwright.sync_api import Page, expect

from .helpers import set_frozen

TINY = {"recipe": "custom", "width": "32", "epochs": "1", "seeds": "1", "points": "12"}
#: Not while checks or theory are still to come, after which the page runs once more.
DONE = re.compile(r"^Complete: (?!.*; (verifying the function|refining the theory)\.)")


def address(page: str, **values: str) -> str:
    return f"{page}?{urllib.parse.urlencode({**TINY, **values})}"


def comparison_address(page: str, **values: str) -> str:
    """Of the pages that compare two networks, which know no numbers of networks and points."""
    tiny = {name: TINY[name] for name in ("recipe", "width", "epochs")}
    return f"{page}?{urllib.parse.urlencode({**tiny, **values})}"


def wait_for_end(page: Page, timeout: float = 90_000) -> None:
    expect(page.get_by_text(DONE).first).to_be_visible(timeout=timeout)
    set_frozen(page)


def dressed(page: Page) -> None:
    """Waits until the page has its own style and nothing is stale and half transparent.

    Streamlit loads the element that brings the style by itself, on a busy machine seconds after
    the texts, which stand there in its default greys until then.
    """
    set_frozen(page)
    page.wait_for_function(
        """() => [...document.querySelectorAll('style')].some(
                (style) => style.textContent.includes('.lab-swatch'))
            && [...document.querySelectorAll('[data-testid="stElementContainer"]')].every(
                (element) => element.dataset.stale !== 'true'
                    && getComputedStyle(element).opacity === '1')"""
    )


def no_exception(page: Page) -> None:
    expect(page.get_by_test_id("stException")).to_have_count(0)


def drawn(page: Page) -> None:
    page.wait_for_selector(".js-plotly-plot .scatterlayer .trace .points path", timeout=60_000)


def chart_comes_to(page: Page, condition: str, timeout: float | None = None) -> None:
    """Waits until `condition`, of the first chart's `data` and `layout`, holds.

    While a page changes its chart there may be none, so nothing is read from it just once.
    """
    page.wait_for_function(
        "() => { const chart = document.querySelector('.js-plotly-plot'); if (!chart?.data)"
        f" return false; const {{data, layout}} = chart; return {condition}; }}",
        timeout=timeout,
    )


def save_export(page: Page, link: str, path: Path) -> None:
    """Saves the file behind one of the links under a chart."""
    with page.expect_download() as waiting:
        page.get_by_role("link", name=link).click()
    waiting.value.save_as(path)
