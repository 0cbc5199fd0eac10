"""Nobody is left waiting: connections that break, and failures that several people watch."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from .helpers import Server
from .network import Network
from .test_live_chart import APP, LOG, RUNS, TEXT, THEME, Chart

LOST = "Connection lost, trying again…"


@pytest.fixture(scope="module")
def server(serve: Callable[..., Server]) -> Server:
    return serve(APP, options=THEME)


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    """Scripts that look at it from its first moment are added to it."""
    return new_page(unused=True)


@pytest.fixture
def network(server: Server) -> Iterator[Network]:
    port = urlsplit(server.url).port
    assert port is not None
    made = Network(port)
    yield made
    made.close()


@pytest.mark.browser
def test_finds_its_stream_again_when_the_network_is_back(
    network: Network, server: Server, page: Page, console_errors: list[str]
) -> None:
    chart = Chart(page, replace(server, url=network.url), "cut")
    sockets = chart.sockets()
    chart.open("seconds=9")
    runs = page.locator(RUNS).text_content() or ""
    network.cut()
    chart.text(LOST)
    page.wait_for_timeout(3_500)
    tried = len(sockets) - 1
    # Waits of half to one of 1, 2, 4 seconds: two or three, not a hammering.
    assert 1 <= tried <= 4
    # Streamlit, which connects by itself, is late: it does not hear that the job has ended.
    network.restore(barred="/_stcore/")
    page.evaluate("window.dispatchEvent(new Event('online'))")
    chart.text(re.compile("Measuring|Done"))
    expect(page.locator(TEXT)).to_contain_text("Done: 10,000 images")
    page.wait_for_timeout(1_000)
    network.restore()
    # Once it is back it is told, and runs the script: tables are up to date.
    expect(page.locator(RUNS)).not_to_have_text(runs, timeout=60_000)
    chart.same_node()
    # Streamlit says at length that it cannot reach its server; nothing else is wrong.
    known = ("ERR_", "WebSocket", "_stcore", "not responding", "when disconnected")
    assert not [error for error in console_errors if not any(word in error for word in known)]
    console_errors.clear()


@pytest.mark.browser
def test_waits_longer_each_time(
    network: Network, server: Server, page: Page, console_errors: list[str]
) -> None:
    # The chart's dice always fall on one: waits of exactly 1, 2, 4, 8, 8 ... seconds.
    page.add_init_script("""
        const dice = Math.random;
        Math.random = () => Error().stack.includes('live_chart.js') ? 1 : dice();
        window.waits = [];
        const timer = window.setTimeout;
        window.setTimeout = (what, wait, ...more) => {
          if (Error().stack.includes('closed')) window.waits.push(wait);
          return timer(what, Error().stack.includes('closed') ? wait / 20 : wait, ...more);
        };
    """)
    chart = Chart(page, replace(server, url=network.url), "back-off")
    chart.open("seconds=8")
    network.cut()
    page.wait_for_function("window.waits.filter((wait) => wait >= 1000).length >= 6")
    waits = page.evaluate("window.waits.filter((wait) => wait >= 1000)")
    assert waits[:6] == [1000, 2000, 4000, 8000, 8000, 8000]
    network.restore()
    expect(page.locator(TEXT)).to_contain_text("Done: 10,000 images", timeout=20_000)
    console_errors.clear()


@pytest.mark.browser
def test_a_sleeping_tab_connects_when_it_is_looked_at_again(
    network: Network, server: Server, page: Page, console_errors: list[str]
) -> None:
    page.add_init_script("""
        const dice = Math.random;
        Math.random = () => Error().stack.includes('live_chart.js') ? 100 : dice();
    """)
    chart = Chart(page, replace(server, url=network.url), "sleep")
    chart.open("seconds=6")
    network.cut()
    chart.text(LOST)
    network.restore()
    # Its own wait would be 50 seconds.
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.locator(TEXT)).to_contain_text("Done: 10,000 images", timeout=20_000)
    console_errors.clear()


@pytest.mark.browser
def test_a_failure_reaches_both_who_watch_and_both_can_try_again(
    server: Server, new_page: Callable[..., Page]
) -> None:
    charts = [Chart(new_page(unused=True), server, "both-fail") for _ in range(2)]
    for chart in charts:
        chart.open("seconds=6&then=2&ending=failed")
    for chart in charts:
        expect(chart.page.locator(TEXT)).to_contain_text(
            "The run stopped: the noise", timeout=15_000
        )
        chart.events("finished")
        said = chart.page.evaluate("seen.said").count(
            "The run stopped: the noise scale left the range of 32-bit numbers."
        )
        assert said == 1, "one message, said once"
    for chart in charts:
        chart.page.wait_for_timeout(700)  # presses right after a change of label are ignored
        chart.page.get_by_role("button", name="Try again").click()
    for chart in charts:
        expect(chart.page.locator(TEXT)).to_contain_text("Done: 10,000 images", timeout=15_000)
        expect(chart.page.locator(LOG)).to_have_text("events: finished retry finished")
        chart.same_node()
