"""Which browser asks: a random name in a cookie that it forgets when it is closed.

Only so that what ten of its tabs ask for does not come before what others ask for first.
"""

from __future__ import annotations

import streamlit as st
from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dissociation.dashboard.cookies import cookie
from dissociation.engine.asker import Asker
from dissociation.engine.job import new_holder

COOKIE, _LONGEST = "dissociation_browser", 64
_TAB = "visitor|tab"


def visitor() -> Asker:
    """Who looks at this page; without a cookie, a tab is a browser of its own."""
    tab = st.session_state.setdefault(_TAB, new_holder())
    return Asker(cookie(COOKIE)[:_LONGEST] or tab, tab)


class NamedBrowsers:
    """Gives each browser that fetches a page a name, unless it has one."""

    def __init__(self, app: ASGIApp):
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See the ASGI specification."""
        new = scope["type"] == "http" and _asks_for_page(HTTPConnection(scope))

        async def send_with_name(message: Message) -> None:
            if message["type"] == "http.response.start":
                secure = scope["scheme"] == "https"
                MutableHeaders(scope=message).append("set-cookie", _cookie(secure=secure))
            await send(message)

        await self.app(scope, receive, send_with_name if new else send)


def _asks_for_page(asked: HTTPConnection) -> bool:
    # The answer need not say that it is one: that the browser has it already, it says without.
    return COOKIE not in asked.cookies and "text/html" in asked.headers.get("accept", "")


def _cookie(*, secure: bool) -> str:
    named = Response()
    named.set_cookie(COOKIE, new_holder(), secure=secure, httponly=True, samesite="lax")
    return named.headers["set-cookie"]
