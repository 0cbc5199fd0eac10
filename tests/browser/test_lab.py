"""The real lab in a real browser: streaming, addresses, sharing, faults, accessibility.

All on a tiny recipe (width 32, one epoch), so that training and curves take seconds.
"""

from __future__ import annotations

import csv
import re
import urllib.parse

import pytest
from axe_playwright_python.sync_playwright import Axe
from curve_studies import curve_digest
from playwright.sync_api import Page, expect

from dissociation.address.links import curves_of, read_address
from dissociation.web.shell.visitor import COOKIE

from .helpers import set_frozen
from .tiny import (
    address,
    chart_comes_to,
    comparison_address,
    drawn,
    dressed,
    no_exception,
    save_export,
    wait_for_end,
)

pytestmark = pytest.mark.browser

PAGES = (
    "/",
    "/Robustness",
    "/Transfer",
    "/Inputs",
    "/Hypothesis",
    "/Sweep",
    "/Representation",
    "/Map",
    "/Phantom",
    "/Linear",
    "/Causes",
    "/Bridge",
)
#: What Streamlit and Plotly bring themselves: (rule, part of the element's HTML).
KNOWN_VIOLATIONS = (("nested-interactive", "live-chart-plot"),)


def tag_and_watch(page: Page) -> None:
    """Marks the plot node and counts plot nodes that come and go from now on."""
    drawn(page)
    page.evaluate(
        """() => {
            document.querySelector('.js-plotly-plot').theFirst = true;
            window.remounts = 0; window.blanks = 0;
            new MutationObserver((changes) => {
                for (const change of changes)
                    for (const node of [...change.addedNodes, ...change.removedNodes])
                        if (node.classList?.contains('js-plotly-plot')
                            || node.querySelector?.('.js-plotly-plot')) window.remounts += 1;
            }).observe(document.body, {childList: true, subtree: true});
            setInterval(() => {
                const lines = document.querySelectorAll('.js-plotly-plot .scatterlayer .trace');
                if (lines.length === 0) window.blanks += 1;
            }, 20);
        }"""
    )


def unchanged(page: Page) -> bool:
    return page.evaluate(
        "() => document.querySelector('.js-plotly-plot').theFirst === true"
        " && window.remounts === 0 && window.blanks === 0"
    )


def test_streams_into_one_node_from_training_to_the_last_image(lab, page):
    lab.open(page, address("/Robustness", show="scale,duplicate", key="1"))
    tag_and_watch(page)
    wait_for_end(page)
    assert unchanged(page)
    expect(page.get_by_text("Same function?")).to_be_visible()
    expect(page.get_by_text("0 of 10,000 predictions changed").first).to_be_visible()
    expect(page.get_by_text("computed now")).to_be_visible()
    no_exception(page)


def test_a_stored_experiment_is_complete_at_once(lab, page, new_page):
    where = address("/Robustness", show="scale", key="2")
    lab.open(page, where)
    wait_for_end(page)
    later = new_page()
    lab.open(later, where)
    # While a page runs again, Streamlit may show a text that stays beside its successor.
    expect(later.get_by_text("from the store").first).to_be_visible()
    expect(later.locator("progress")).not_to_be_visible()


def test_two_browsers_one_job(lab, new_page):
    where = address("/Robustness", show="scale,nuisance", nuisance="16", key="3")
    first, second = new_page(), new_page()
    first.goto(lab.url + where)
    second.goto(lab.url + where)
    wait_for_end(first)
    wait_for_end(second)
    conditions, _ = curves_of(read_address(where)[0])
    asked = {curve_digest(condition.experiment, 0) for condition in conditions}
    # Of these curves alone: jobs of other tests live on for a moment when their page has gone.
    started = re.findall(r'event="job started" kind=curve digest=(\w+)', lab.log.read_text())
    assert len([digest for digest in started if digest in asked]) == 1, started
    # Each has a name of its own, which no script sees.
    cookies = [c for page in (first, second) for c in page.context.cookies()]
    named = [cookie for cookie in cookies if cookie["name"] == COOKIE]
    assert len({cookie["value"] for cookie in named}) == 2
    assert all(cookie["httpOnly"] for cookie in named)


def test_zoom_is_kept_while_the_strength_changes(lab, page):
    lab.open(page, address("/Robustness", show="scale", key="4"))
    wait_for_end(page)
    tag_and_watch(page)
    box = page.locator(".js-plotly-plot .nsewdrag").bounding_box()
    page.mouse.move(box["x"] + 0.4 * box["width"], box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.8 * box["width"], box["y"] + 200, steps=6)
    page.mouse.up()
    ranges = "() => document.querySelector('.js-plotly-plot').layout.xaxis.range"
    chart_comes_to(page, "layout.xaxis.range[0] > -3")
    zoomed = page.evaluate(ranges)
    slider = page.get_by_role("slider", name=re.compile("factor"))
    slider.focus()
    slider.press("ArrowRight")
    expect(page.get_by_text("α = 30").first).to_be_visible()
    page.wait_for_function("() => new URLSearchParams(location.search).get('scale') === '30'")
    wait_for_end(page)
    assert page.evaluate(ranges) == zoomed
    assert unchanged(page)


def test_address_sets_controls_and_controls_set_address(lab, page):
    lab.open(page, address("/Robustness", show="balance", balance="0.5", key="5"))
    expect(page.get_by_text("t = 0.5").first).to_be_visible()
    pill = page.get_by_role("button", name="Permuted")
    pill.click()
    page.wait_for_function(
        "() => new URLSearchParams(location.search).get('show') === 'permute,balance'"
        " || new URLSearchParams(location.search).get('show') === 'balance,permute'"
    )
    query = urllib.parse.parse_qs(urllib.parse.urlsplit(page.url).query)
    assert query["width"] == ["32"] and query["key"] == ["5"]
    page.go_back()
    page.go_forward()
    set_frozen(page)
    no_exception(page)


def test_a_bad_address_is_met_with_a_kind_word(lab, page):
    script = "<script>window.hacked=1</script>"
    lab.open(page, address("/Robustness", show="scale", scale="1e308", nonsense=script))
    expect(page.get_by_text("scale = 1e+308 cannot be used")).to_be_visible()
    expect(page.get_by_text("nonsense")).to_be_visible()
    assert page.evaluate("() => window.hacked") is None
    no_exception(page)
    wait_for_end(page)


def test_cancel_and_try_again(lab, page):
    lab.open(page, address("/Robustness", show="scale", key="6", draws="64", points="60"))
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_text(re.compile("[Cc]ancelled")).first).to_be_visible()
    # The button takes no second half of a double click for a new order.
    page.wait_for_timeout(800)
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("button", name="Cancel")).to_be_visible()


def test_a_control_never_waits_for_the_running_job(lab, page):
    many = {"draws": "64", "points": "60", "seeds": "3"}  # a minute and more
    lab.open(page, address("/Robustness", show="scale", key="7", **many))
    drawn(page)
    slider = page.get_by_role("slider", name=re.compile("factor"))
    slider.focus()
    slider.press("ArrowLeft")
    expect(page.get_by_text("α = 15").first).to_be_visible(timeout=3_000)
    chart_comes_to(page, "data.some((t) => t.name?.includes('15') && t.x?.length > 2)", 20_000)


def test_download_holds_the_curves(lab, page):
    lab.open(page, address("/Robustness", show="scale", key="2"))
    wait_for_end(page)
    with page.expect_download() as waiting:
        page.get_by_role("link", name="CSV").click()
    assert waiting.value.suggested_filename == "dissociation-parameter-noise.csv"
    with open(waiting.value.path(), encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    networks = {(row["condition"], row["network"]) for row in rows}
    assert len(rows) == 12 * len(networks)
    assert {row["condition"] for row in rows} == {"Trained", "Scaled (α = 20)"}
    assert all(0 <= float(row["error"]) <= 1 for row in rows)
    assert all(int(row["predictions"]) % 10_000 == 0 for row in rows)


def test_the_chart_taken_home_draws_itself(lab, page, new_page, tmp_path):
    lab.open(page, address("/Robustness", show="scale", key="2"))
    wait_for_end(page)
    path = tmp_path / "report.html"
    save_export(page, "Report to print", path)
    home = new_page()
    home.goto(path.as_uri())
    drawn(home)
    names = home.evaluate("() => document.querySelector('#charts > div').data.map((t) => t.name)")
    assert {"Trained", "Scaled (α = 20)"} <= set(names)
    expect(home.get_by_text("0 of 10,000 predictions changed").first).to_be_visible()


def test_pictures(lab, page):
    lab.open(page, address("/Robustness", show="scale", key="2"))
    wait_for_end(page)
    page.locator(".js-plotly-plot").hover()
    with page.expect_download() as waiting:
        page.locator('.modebar-btn[data-title*="SVG"]').click()
    assert waiting.value.suggested_filename.endswith(".svg")
    with open(waiting.value.path(), encoding="utf-8") as file:
        assert file.read(200).lstrip().startswith("<svg")


def test_copied_link_shows_the_same(lab, new_page):
    page = new_page(permissions=["clipboard-read", "clipboard-write"])
    lab.open(page, address("/Robustness", show="scale", key="2", tour="2"))
    slider = page.get_by_role("slider", name=re.compile("factor"))
    slider.focus()
    slider.press("ArrowRight")
    page.wait_for_function("() => new URLSearchParams(location.search).get('scale') === '30'")
    set_frozen(page)
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_text("Copied.")).to_be_visible()
    copied = page.evaluate("() => navigator.clipboard.readText()")
    query = urllib.parse.parse_qs(urllib.parse.urlsplit(copied).query)
    assert query["v"] == ["1"] and query["scale"] == ["30"] and "tour" not in query
    other = new_page()
    other.goto(copied)
    expect(other.get_by_text("α = 30").first).to_be_visible()


def test_back_undoes_a_pin(lab, page):
    lab.open(page, address("/Robustness", show="scale", key="2"))
    wait_for_end(page)
    page.get_by_role("button", name="Pin a curve as A").click()
    page.get_by_role("button", name=re.compile("Scaled .* = 20")).click()
    page.wait_for_function("() => new URLSearchParams(location.search).has('pin')")
    expect(page.get_by_role("button", name="Unpin")).to_be_visible()
    page.go_back()
    page.wait_for_function("() => !new URLSearchParams(location.search).has('pin')")
    expect(page.get_by_role("button", name="Unpin")).to_be_hidden()
    page.go_forward()
    expect(page.get_by_role("button", name="Unpin")).to_be_visible()
    no_exception(page)


def at(page: Page, name: str, value: str) -> None:
    """Waits until the address says so."""
    page.wait_for_function(
        "([name, value]) => new URLSearchParams(location.search).get(name) === value",
        arg=[name, value],
    )


def test_a_burst_of_keys_is_one_entry_of_the_history(lab, page):
    lab.open(page, address("/Robustness", show="scale", key="2"))
    expect(page.get_by_role("button", name="Copy link")).to_be_visible()
    before = page.evaluate("() => history.length")
    page.get_by_role("slider", name=re.compile("factor")).focus()
    # The address follows in the midst of it.
    for last in ("30", "70", "150"):
        page.keyboard.press("ArrowRight")
        at(page, "scale", last)
        page.keyboard.press("ArrowRight")
    at(page, "scale", "200")
    assert page.evaluate("() => history.length") == before + 1
    # What is done next is another entry.
    page.get_by_role("button", name="Permuted").click()
    at(page, "show", "scale,permute")
    page.go_back()
    at(page, "show", "scale")
    assert "scale=200" in page.url
    page.go_back()
    page.wait_for_function("() => !new URLSearchParams(location.search).has('scale')")
    expect(page.get_by_text("α = 20").first).to_be_visible()
    no_exception(page)


def test_the_tour_is_where_the_address_says(lab, page):
    lab.open(page, "/Robustness?tour=3")
    for step in ("4", "5"):
        page.get_by_role("link", name="Next").click()
        expect(page.get_by_text(f"{step} of 6")).to_be_visible()
        at(page, "tour", step)
    page.reload()
    expect(page.get_by_text("5 of 6")).to_be_visible()
    page.go_back()
    expect(page.get_by_text("4 of 6")).to_be_visible()


def test_locked_for_a_class(lab, page):
    lab.open(page, address("/Robustness", show="scale", key="2", lock="scale", hide="measure"))
    slider = page.get_by_role("slider", name=re.compile("factor"))
    expect(slider).to_be_disabled()
    expect(page.get_by_text("Noise on", exact=True)).to_have_count(0)


def test_lecture_view_is_larger_and_accessible(lab, new_page):
    page = new_page(viewport={"width": 1280, "height": 800})
    lab.open(page, address("/Robustness", show="scale", key="2", view="lecture"))
    drawn(page)
    wait_for_end(page)
    chart_comes_to(page, "layout.font.size >= 22")
    dressed(page)
    found = Axe().run(page).response["violations"]
    serious = [v["id"] for v in found if v["impact"] in ("serious", "critical")]
    assert set(serious) <= {rule for rule, _ in KNOWN_VIOLATIONS}


def test_transfer_streams_budgets(lab, page):
    lab.open(page, address("/Transfer", show="scale", points="3", images="600"))
    tag_and_watch(page)
    wait_for_end(page)
    assert unchanged(page)
    no_exception(page)


#: Addresses of pages in states that other tests use, too.
WHERE_TO_LOOK = {
    "/Robustness": address("/Robustness", show="scale", key="2"),
    "/Transfer": address("/Transfer", show="scale", points="3", images="600"),
    "/Hypothesis": address("/Hypothesis"),
    "/Sweep": address("/Sweep", strengths="1,10,50", key="2"),
    "/Representation": comparison_address("/Representation", rewrite="nuisance", nuisance="16"),
    "/Map": comparison_address("/Map", show="rescale", landmarks="1"),
    "/Phantom": comparison_address("/Phantom", draws="1", **{"phantom.layer": "1"}),
    "/Causes": comparison_address("/Causes", rewrite="nuisance", nuisance="16", draws="1"),
    "/Bridge": comparison_address("/Bridge", compute="all", show="balance"),
}


def serious_violations(page: Page) -> list[tuple[str, str]]:
    return [
        (violation["id"], node["html"][:160])
        for violation in Axe().run(page).response["violations"]
        if violation["impact"] in ("serious", "critical")
        for node in violation["nodes"]
        if not any(
            violation["id"] == rule and part in node["html"] for rule, part in KNOWN_VIOLATIONS
        )
    ]


@pytest.mark.parametrize("where", PAGES)
def test_accessible_in_light_and_dark_and_on_a_phone(lab, new_page, where):
    page = new_page(color_scheme="light", has_touch=True)
    lab.open(page, WHERE_TO_LOOK.get(where, where))
    page.wait_for_selector("h1")
    # While it follows a job, Streamlit fades what it is about to replace.
    if where not in ("/", "/Inputs"):
        wait_for_end(page)
    dressed(page)
    assert not serious_violations(page)
    # Colours fade from one theme to the other; half way no contrast is the page's own.
    page.add_style_tag(content="*, ::before, ::after { transition: none !important; }")
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(
        "() => getComputedStyle(document.querySelector('.stApp')).backgroundColor"
        " !== 'rgb(255, 255, 255)'"
    )
    set_frozen(page)
    assert not serious_violations(page)
    page.set_viewport_size({"width": 390, "height": 844})
    # Large charts take a moment to be drawn anew.
    page.wait_for_function(
        "() => { const main = document.querySelector('[data-testid=stMain]');"
        " return main.scrollWidth <= main.clientWidth; }"
    )


def test_error_axis_is_logarithmic_or_linear(lab, page):
    lab.open(page, address("/Robustness", show="scale", key="2", axis="linear"))
    drawn(page)
    chart_comes_to(page, "layout.yaxis.type === 'linear'")
    lab.open(page, address("/Robustness", show="scale", key="2"))
    drawn(page)
    chart_comes_to(page, "layout.yaxis.type === 'log'")


def test_a_declined_tour_is_not_offered_again(lab, page):
    lab.open(page)
    page.get_by_role("button", name="Not now").click()
    expect(page.get_by_text("Take the tour")).to_have_count(0)
    page.wait_for_function("() => document.cookie.includes('dissociation_tour=declined')")
    lab.open(page)
    expect(page.get_by_role("heading", name="1. Train two networks")).to_be_visible()
    expect(page.get_by_text("Take the tour")).to_have_count(0)
