"""Which browser asks: the name it is given, and what a page makes of it."""

from __future__ import annotations

import asyncio

import pytest
from labs import Visit
from starlette.datastructures import Headers
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import Message

from dissociation.engine.asker import Asker
from dissociation.web.shell.visitor import COOKIE, NamedBrowsers, room_ticket

PAGE = HTMLResponse("<p>A page.")
FORGED = ["mine", "mine.signature", "<script>", "x" * 4_000]
BROWSER = "text/html,application/xhtml+xml,*/*;q=0.8"


def given(
    answer: Response, cookie: str = "", scheme: str = "http", accept: str = BROWSER
) -> list[str]:
    """Cookies with which an answer arrives at a browser that has sent one."""
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "http.request"}

    headers = [(b"accept", accept.encode()), (b"cookie", cookie.encode())]
    scope = {"type": "http", "method": "GET", "scheme": scheme, "path": "/", "headers": headers}
    asyncio.run(NamedBrowsers(answer)(scope, receive, send))
    return Headers(raw=sent[0]["headers"]).getlist("set-cookie")


def test_a_browser_gets_a_name_with_its_first_page():
    names = [given(PAGE)[0].split(";")[0] for _ in range(2)]
    assert all(name.startswith(f"{COOKIE}=") for name in names)
    assert names[0] != names[1] and len(names[0]) > 30


def test_no_script_reads_it_and_it_is_gone_with_the_browser():
    (cookie,) = given(PAGE)
    assert "httponly" in cookie.lower() and "samesite=lax" in cookie.lower()
    assert "max-age" not in cookie.lower() and "expires" not in cookie.lower()
    assert "secure" not in cookie.lower()
    assert "secure" in given(PAGE, scheme="https")[0].lower()


def test_it_keeps_the_name_that_it_has():
    name = given(PAGE)[0].split(";")[0]
    assert given(PAGE, f"other=1; {name}") == []


@pytest.mark.parametrize("name", FORGED)
def test_a_name_that_it_made_up_is_replaced(name):
    assert len(given(PAGE, f"other=1; {COOKIE}={name}")) == 1


def test_a_page_that_the_browser_has_already_names_it_too():
    assert len(given(Response(status_code=304))) == 1


def test_who_asks_for_no_page_is_not_named():
    assert given(JSONResponse({}), accept="*/*") == []


def remember(monkeypatch, value: str) -> None:
    """What the browser of a test sends."""
    monkeypatch.setattr("dissociation.web.shell.visitor.cookie", {COOKIE: value}.__getitem__)


@pytest.mark.parametrize("name", ["", "given", *FORGED])
def test_a_page_asks_for_its_browser(lab, monkeypatch, name):
    if name == "given":
        name = given(PAGE)[0].split(";")[0].partition("=")[2]
    remember(monkeypatch, name)
    askers: list[Asker] = []
    asked_by = lab.asked_by
    monkeypatch.setattr(lab, "asked_by", lambda asker: askers.append(asker) or asked_by(asker))
    Visit("transfer")
    first = askers[-1]
    Visit("transfer")
    second = askers[-1]
    assert first.tab != second.tab
    assert len(first.browser) <= 64
    # Without a cookie of this server a tab is a browser of its own.
    known = name not in ("", *FORGED)
    assert (first.browser == second.browser) == known
    assert (first.browser == first.tab) == (not known)
    assert not known or name.startswith(first.browser)


def test_a_ticket_is_of_one_browser_and_one_room(monkeypatch):
    session: dict = {}
    monkeypatch.setattr("dissociation.web.shell.visitor.st.session_state", session)
    browsers = [given(PAGE)[0].split(";")[0].partition("=")[2] for _ in range(2)]
    tickets = []
    for browser in browsers:
        remember(monkeypatch, browser)
        tickets += [room_ticket("BC23"), room_ticket("DF45")]
        assert room_ticket("BC23") == tickets[-2]
        # Nothing that the browser can read leads from one to the other.
        assert not any(ticket in browser for ticket in tickets)
    assert len(set(tickets)) == 4 and all(len(ticket) >= 27 for ticket in tickets)
    # Whoever keeps no cookie, or brings one of its own, has one for each tab.
    for forged in ("", browsers[0] + "x", *FORGED):
        remember(monkeypatch, forged)
        session.clear()
        assert room_ticket("BC23") not in tickets
