"""Scripts in every text that can come from outside: a real browser runs none of them."""

from __future__ import annotations

from urllib.parse import urlencode

from dissociation.address.pages import PAGES

from .helpers import set_frozen
from .tiny import no_exception

RUN = "window.hacked=1"
TEXTS = [
    f"<img src=x onerror={RUN}>",
    f"'\"><script>{RUN}</script><svg onload={RUN}>",
    f"[x](javascript:{RUN}) ![x](x'onerror='{RUN}) $\\href{{javascript:{RUN}}}{{x}}$ `<b>`",
    f"<iframe srcdoc='<script>parent.{RUN}</script>'></iframe><details open ontoggle={RUN}>",
]


def test_no_script_of_an_address_runs(lab, page):
    # Between them they have every kind of parameter; on one browser page, which loads the app once.
    for name in ("start", "robustness", "hypothesis", "sweep", "phantom"):
        table = PAGES[name]
        names = [parameter.name for parameter in table.parameters]
        query = {name: TEXTS[number % len(TEXTS)] for number, name in enumerate(names)}
        # As names, too, which the page repeats.
        query |= {text: text for text in TEXTS}
        title = "" if table.name == "start" else table.title
        lab.open(page, f"/{title}?{urlencode(query)}")
        shown = page.get_by_test_id("stAlert")
        assert shown.count() >= len(names), table.name
        assert any(text[:12] in shown.first.inner_text() for text in TEXTS)
        page.wait_for_timeout(100)
        assert page.evaluate("window.hacked") is None, table.name
        acting = f'[onerror], [onload], [ontoggle], a[href*="{RUN}"], img[src="x"]'
        assert page.locator(acting).count() == 0, table.name
        no_exception(page)


def test_the_policy_would_stop_a_script_in_the_page(lab, page, console_errors):
    lab.open(page, "/Inputs")
    page.evaluate(f"document.body.insertAdjacentHTML('beforeend', '<img src=x onerror={RUN}>')")
    page.evaluate(
        "() => { const s = document.createElement('script'); s.textContent = 'window.hacked=2';"
        " document.body.append(s); }"
    )
    page.wait_for_timeout(300)
    assert page.evaluate("window.hacked") is None
    stopped = [error for error in console_errors if "Content Security Policy" in error]
    assert len(stopped) == 2
    console_errors.clear()


def test_the_code_of_a_room_is_shown_as_it_is(lab, page):
    lab.open(page, "/")
    field = page.get_by_label("In a class? Enter the room's code")
    field.fill("<img onerror=x src>")
    field.press("Enter")
    page.get_by_text("There is no room").wait_for()
    set_frozen(page)
    assert "<IMG ONERROR=X SRC>" in page.get_by_test_id("stAlert").first.inner_text()
    assert page.locator("[onerror]").count() == 0
