"""The live chart in a real browser: it streams into one node and loses nothing on the way."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, WebSocket, expect
from streamlit.testing.v1 import AppTest

from dissociation.core.validation import InvalidValue
from dissociation.web.chart import Axis, FigureSpec, TraceStyle, live_chart

from .helpers import Server, set_frozen, wait_for_rerun

APP = "tests/browser/element_app.py"
# Only a theme with both sections follows the system's dark mode; see test_dark_and_light.
THEME = {"theme.light.primaryColor": "#0072b2", "theme.dark.primaryColor": "#56b4e9"}

PLOT = ".live-chart-plot"
TEXT = ".live-chart-text"
BUTTON = ".live-chart-head button"
RUNS = ".st-key-runs"
LOG = ".st-key-log"

# Plotly's mode bar puts buttons inside the plot, which as a whole is one picture with a text.
KNOWN_VIOLATIONS = {("nested-interactive", PLOT)}

# Counts plot nodes that come and go, and the animation frames in which a drawn plot was blank.
WATCH = """
window.seen = {added: 0, removed: 0, drawn: 0, blank: 0, stale: 0, texts: [], said: []};
const plots = (nodes) => [...nodes].filter((node) => node.nodeType === 1).flatMap((node) => [
  ...node.querySelectorAll('.live-chart-plot'), node.matches('.live-chart-plot') ? node : [],
].flat());
new MutationObserver((records) => {
  for (const record of records) {
    seen.added += plots(record.addedNodes).length;
    seen.removed += plots(record.removedNodes).length;
    if (record.target.matches?.('.live-chart-announcement')) {
      seen.said.push(record.target.textContent);
    }
  }
}).observe(document, {childList: true, subtree: true});
const look = () => {
  const curves = document.querySelectorAll('.js-plotly-plot .scatterlayer .trace path.js-line');
  const visible = [...curves].filter((path) => path.getAttribute('d')?.length > 20).length;
  if (visible) seen.drawn += 1;
  else if (seen.drawn) seen.blank += 1;
  if (document.querySelector('.live-chart-stale')) seen.stale += 1;
  const text = document.querySelector('.live-chart-text')?.textContent;
  if (text !== seen.texts.at(-1)) seen.texts.push(text);
  requestAnimationFrame(look);
};
requestAnimationFrame(look);
"""


@pytest.fixture(scope="module")
def server(serve: Callable[..., Server]) -> Server:
    return serve(APP, options=THEME)


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    """Scripts that look at it from its first moment are added to it."""
    return new_page(unused=True)


@pytest.fixture
def chart(page: Page, server: Server, request: pytest.FixtureRequest) -> Chart:
    return Chart(page, server, request.node.name)


class Chart:
    """The page of the element app as a visitor handles it."""

    def __init__(self, page: Page, server: Server, name: str):
        self.page = page
        self.server = server
        # Another one if the test is tried again: jobs stay with the server.
        self.job = f"{re.sub(r'[^a-zA-Z0-9]', '-', name)}-{secrets.token_hex(4)}"
        page.add_init_script(WATCH)

    def open(self, query: str = "") -> None:
        """Opens the page and waits for the first curve."""
        self.server.open(self.page, f"/?job={self.job}&{query}")
        self.page.wait_for_function("seen.drawn > 0")
        self.page.evaluate(f"document.querySelector('{PLOT}').mark = 'first'")

    def text(self, words: str | re.Pattern[str]) -> None:
        expect(self.page.locator(TEXT)).to_contain_text(words)

    def events(self, words: str) -> None:
        expect(self.page.locator(LOG)).to_contain_text(words)

    def sockets(self) -> list[WebSocket]:
        """Collects, from now on, the connections to the job's route."""
        opened: list[WebSocket] = []

        def note(socket: WebSocket) -> None:
            if "/api/jobs/" in socket.url:
                opened.append(socket)

        self.page.on("websocket", note)
        return opened

    def rerun(self) -> None:
        """Moves the unrelated slider, which runs the whole script."""
        before = self.page.locator(RUNS).text_content() or ""
        self.page.get_by_role("slider").press("ArrowRight")
        wait_for_rerun(self.page, RUNS, before)

    def same_node(self) -> None:
        """Asserts that nothing was remounted and that no frame was blank."""
        assert self.plot("mark") == "first"
        seen = self.page.evaluate("seen")
        assert (seen["added"], seen["removed"], seen["blank"]) == (1, 0, 0), seen

    def plot(self, expression: str) -> Any:
        """Evaluates a property of the Plotly node."""
        return self.page.evaluate(f"document.querySelector('{PLOT}').{expression}")

    def ranges(self) -> list[float]:
        return [self.plot(f"layout.{axis}axis.range[{end}]") for axis in "xy" for end in (0, 1)]


@pytest.mark.browser
def test_one_node_and_no_blank_frame_through_stream_rerun_and_next_job(chart: Chart) -> None:
    chart.open("seconds=3")
    place = chart.page.locator(PLOT).bounding_box()
    chart.rerun()
    chart.text("Done: 10,000 images")
    chart.events("finished")
    expect(chart.page.locator(BUTTON)).to_be_hidden()
    expect(chart.page.locator("progress")).to_be_hidden()
    assert chart.page.locator(PLOT).bounding_box() == place, "the header moved the plot"
    chart.page.get_by_role("button", name="Another job").click()
    chart.text(re.compile("Waiting|Training|Measuring"))
    chart.text("Done: 10,000 images")
    expect(chart.page.locator(LOG)).to_have_text("events: finished finished")
    chart.same_node()
    seen = chart.page.evaluate("seen")
    assert seen["stale"] > 0, "the old curve waits, dimmed, for the first one of the next job"
    # One announcement a state, not one a snapshot.
    assert seen["said"][-1].startswith("Done") and len(seen["said"]) <= 8, seen["said"]


@pytest.mark.browser
def test_zoom_and_hidden_trace_survive_updates_and_a_rerun(chart: Chart) -> None:
    hidden = "_fullData.filter((t) => t.visible === 'legendonly').map((t) => t.uid).sort()"
    chart.open("seconds=2")
    chart.page.locator(".legendtoggle").nth(1).click()
    chart.page.wait_for_function(f"document.querySelector('{PLOT}').{hidden}.length > 0")
    mouse = chart.page.mouse
    mouse.move(400, 280)
    mouse.down()
    for step in range(6):  # slower than the stream draws
        mouse.move(430 + 30 * step, 300 + 15 * step)
        chart.page.wait_for_timeout(60)
    mouse.up()
    chart.page.wait_for_function(f"document.querySelector('{PLOT}').layout.xaxis.range[1] < -0.5")
    zoomed = chart.ranges()
    assert zoomed[0] > -2.9
    chart.rerun()
    chart.text("Done")
    chart.events("finished")
    assert chart.ranges() == zoomed
    # The band goes with its line.
    assert chart.plot(hidden)[:2] == ["band-expand", "line-expand"]
    chart.same_node()
    mouse.dblclick(600, 300)
    chart.page.wait_for_function(f"document.querySelector('{PLOT}').layout.xaxis.range[1] === 0")
    assert chart.ranges() == [-3, 0, -2, 0]


@pytest.mark.browser
def test_dark_and_light_on_the_same_node(chart: Chart) -> None:
    chart.open("seconds=0.5")
    chart.text("Done")
    # The script has run again because the job is over; the theme's change is then alone.
    chart.events("finished")
    set_frozen(chart.page)
    assert chart.plot("layout.paper_bgcolor") == "#FFFFFF"
    chart.page.emulate_media(color_scheme="dark")
    # While Plotly draws anew there is, for a moment, no layout.
    color = f"document.querySelector('{PLOT}').layout?.paper_bgcolor"
    chart.page.wait_for_function(f"{color} && {color} !== '#FFFFFF'")
    style = f"getComputedStyle(document.querySelector('{PLOT}'))"
    for key, variable in (
        ("paper_bgcolor", "--st-background-color"),
        ("font.color", "--st-text-color"),
    ):
        assert chart.plot(f"layout.{key}") == chart.page.evaluate(
            f"{style}.getPropertyValue('{variable}').trim()"
        )
    chart.page.emulate_media(color_scheme="light")
    chart.page.wait_for_function(f"{color} === '#FFFFFF'")
    chart.same_node()


@pytest.mark.browser
def test_reconnects_after_the_server_dropped_the_socket(chart: Chart) -> None:
    sockets = chart.sockets()
    chart.open("seconds=1.5&drop=1")
    chart.text("Done: 10,000 images")
    chart.events("finished")
    assert "Connection lost, trying again…" in chart.page.evaluate("seen.texts")
    assert len(sockets) == 2
    chart.same_node()


@pytest.mark.browser
def test_reconnects_at_once_when_the_network_is_back(chart: Chart) -> None:
    # Makes the chart's own wait one of 50 seconds, and leaves Streamlit's dice alone.
    chart.page.add_init_script("""
        const dice = Math.random;
        Math.random = () => Error().stack.includes('live_chart.js') ? 100 : dice();
    """)
    chart.open("seconds=2&drop=1")
    chart.text("Connection lost, trying again…")
    chart.page.evaluate("window.dispatchEvent(new Event('online'))")
    chart.text(re.compile("Measuring|Done"))


@pytest.mark.browser
def test_a_job_the_server_does_not_know_is_lost_and_replaced(chart: Chart) -> None:
    chart.open("seconds=1&lost=1")
    chart.events("lost")
    chart.text("Done")
    expect(chart.page.locator(LOG)).to_have_text("events: lost finished")


@pytest.mark.browser
def test_failed_run_can_be_tried_again(chart: Chart) -> None:
    chart.open("seconds=0.6&ending=failed")
    chart.text("The run stopped: the noise scale left the range of 32-bit numbers.")
    chart.events("finished")
    chart.page.wait_for_timeout(700)  # presses right after a change of label are ignored
    chart.page.get_by_role("button", name="Try again").click()
    chart.text("Done")
    expect(chart.page.locator(LOG)).to_have_text("events: finished retry finished")
    chart.same_node()


@pytest.mark.browser
def test_keyboard_reaches_cancel_and_then_try_again(chart: Chart) -> None:
    chart.open("seconds=15")
    page = chart.page
    focused = "document.activeElement.textContent"
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate(focused) == "Cancel":
            break
    assert page.evaluate(focused) == "Cancel"
    page.keyboard.press("Enter")
    chart.text("Cancelled after")
    chart.events("cancel")
    assert page.evaluate(focused) == "Try again", "the focus stays on the button"
    page.keyboard.press("Enter")
    assert "retry" not in (page.locator(LOG).text_content() or "")  # the end of a double press
    page.wait_for_timeout(700)
    page.keyboard.press("Enter")
    chart.events("retry")
    chart.same_node()


@pytest.mark.browser
def test_without_routes_the_script_pushes_into_the_same_node(chart: Chart) -> None:
    sockets = chart.sockets()
    chart.open("seconds=1&push=1")
    chart.text("Done: 10,000 images")
    chart.same_node()
    assert not sockets


@pytest.mark.browser
def test_removed_chart_hangs_up_and_can_come_back(chart: Chart) -> None:
    sockets = chart.sockets()
    chart.open("seconds=6")
    chart.page.get_by_text("Chart", exact=True).click()
    expect(chart.page.locator(PLOT)).to_have_count(0)
    chart.page.wait_for_timeout(200)
    assert len(sockets) == 1 and sockets[0].is_closed()
    chart.page.get_by_text("Chart", exact=True).click()
    chart.page.wait_for_selector(f"{PLOT} path.js-line")


@pytest.mark.browser
def test_zeros_on_a_log_axis_are_marked_and_answer_to_hover(chart: Chart) -> None:
    chart.open("seconds=0.5&zeros=1")
    chart.text("Done")
    zeros = chart.plot("data.filter((t) => t.uid.startsWith('zero')).map((t) => t.y)")
    assert all(len(ys) == 11 and set(ys) == {0.01} for ys in zeros)
    values = chart.plot("data.filter((t) => !t.uid.startsWith('zero')).flatMap((t) => t.y)")
    assert all(value is None or value >= 0.01 for value in values)
    box = chart.page.locator(f"{PLOT} .xy .nsewdrag, {PLOT} .nsewdrag").first.bounding_box()
    assert box is not None
    chart.page.mouse.move(box["x"] + 0.1 * box["width"], box["y"] + box["height"] - 3)
    label = chart.page.locator(f"{PLOT} .hoverlayer")
    expect(label).to_contain_text("0.00203  ·  7 seeds, 10,000 images")
    expect(label).to_contain_text("As trained  0% (0%–1.2%)")


@pytest.mark.browser
def test_other_axes_on_the_same_node(chart: Chart) -> None:
    chart.open("seconds=0.5")
    chart.text("Done")
    chart.page.get_by_text("Linear axes").click()
    chart.page.wait_for_function(f"document.querySelector('{PLOT}').layout.xaxis.type === 'linear'")
    assert chart.ranges() == [0, 1, 0, 1]
    mouse = chart.page.mouse
    mouse.move(400, 280)
    mouse.down()
    mouse.move(600, 400, steps=4)
    mouse.up()
    chart.page.wait_for_function(f"document.querySelector('{PLOT}').layout.xaxis.range[1] < 0.9")
    mouse.dblclick(600, 300)
    chart.page.wait_for_function(f"document.querySelector('{PLOT}').layout.xaxis.range[1] === 1")
    assert chart.ranges() == [0, 1, 0, 1]
    chart.same_node()


@pytest.mark.browser
def test_a_library_that_does_not_load_is_told_and_can_be_retried(
    chart: Chart, console_errors: list[str]
) -> None:
    chart.page.route("**/api/plotly.min.js*", lambda route: route.abort())
    chart.server.open(chart.page, f"/?job={chart.job}&seconds=0.5")
    expect(chart.page.get_by_role("alert")).to_contain_text("The chart could not be loaded.")
    chart.page.unroute("**/api/plotly.min.js*")
    chart.page.get_by_role("button", name="Load again").click()
    chart.page.wait_for_selector(f"{PLOT} path.js-line")
    assert len(console_errors) == 1 and "ERR_FAILED" in console_errors.pop()


@pytest.mark.browser
def test_phone(server: Server, new_page: Callable[..., Page]) -> None:
    page = new_page(
        unused=True, viewport={"width": 390, "height": 800}, has_touch=True, is_mobile=True
    )
    chart = Chart(page, server, "phone")
    chart.open("seconds=0.8")
    chart.text("Done")
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    for part in (PLOT, f"{PLOT} .legend", f"{PLOT} .modebar", ".live-chart-head"):
        box = page.locator(part).first.bounding_box()
        assert box is not None and box["x"] >= 0 and box["x"] + box["width"] <= 390, part
    assert chart.plot("layout.height") == 360
    assert chart.plot("layout.dragmode") is False, "a swipe over the chart scrolls the page"


@pytest.mark.browser
def test_base_path(page: Page, serve: Callable[..., Server]) -> None:
    chart = Chart(page, serve(APP, options={**THEME, "server.baseUrlPath": "lab"}), "base")
    chart.open("seconds=0.8")
    chart.events("finished")
    chart.text("Done")


@pytest.mark.browser
def test_accessibility(chart: Chart) -> None:
    chart.open("seconds=12")
    plot = chart.page.get_by_role("img", name="Error against noise, four conditions")
    expect(plot).to_have_class(re.compile("js-plotly-plot"))
    expect(chart.page.get_by_role("progressbar", name="Progress")).to_be_visible()
    expect(chart.page.locator(".live-chart [aria-live=polite]")).to_have_count(1)
    for moment in ("Measuring", "Cancelled"):
        chart.text(moment)
        result = Axe().run(chart.page, context=".live-chart")
        found = {
            (violation["id"], node["target"][0])
            for violation in result.response["violations"]
            if violation["impact"] in ("serious", "critical")
            for node in violation["nodes"]
        }
        assert found <= KNOWN_VIOLATIONS
        if moment == "Measuring":
            chart.page.get_by_role("button", name="Cancel").click()
    set_frozen(chart.page)


# ---- the Python side, without a browser


STYLE = TraceStyle("a", "A", "#0072B2", "solid", "circle")


@pytest.mark.parametrize(
    "build",
    [
        lambda: Axis("x", 1, 1),
        lambda: Axis("x", 0, 1, log=True),
        lambda: TraceStyle("a", "A", "red", "solid", "circle"),
        lambda: FigureSpec(Axis("x", 0, 1), Axis("y", 0, 1), (STYLE, STYLE), "a"),
    ],
)
def test_impossible_figures_are_refused(build: Callable[[], object]) -> None:
    with pytest.raises(InvalidValue):
        build()


def test_nan_is_refused_before_it_reaches_a_browser() -> None:
    figure = FigureSpec(Axis("x", 0, 1), Axis("y", 0, 1), (STYLE,), "a")
    with pytest.raises(ValueError, match="JSON"):
        live_chart(figure, {"progress": float("nan")}, address=None, key="a", alt="a")


def test_the_element_is_known_to_every_apptest() -> None:
    def script() -> None:
        import streamlit as st

        from dissociation.web.chart import Axis, FigureSpec, live_chart

        figure = FigureSpec(Axis("x", 0, 1), Axis("y", 0, 1), (), "a")
        snapshot = {"version": 0, "state": "queued", "message": "", "progress": 0, "traces": []}
        events = live_chart(figure, snapshot, address="/api/jobs/a", key="a", alt="a")
        st.text(str(any(events)))

    for _ in range(2):  # each has a runtime of its own, later than the import
        app = AppTest.from_function(script).run()
        assert not app.exception
        assert app.text[0].value == "False"
