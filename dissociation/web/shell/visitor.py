"""Which browser asks: a random name in a cookie that it forgets when it is closed.

What ten of its tabs ask for does not come before what others ask for first, and it has one
prediction in a class's room. The server signs the name: a browser cannot make up another.
"""

from __future__ import annotations

import secrets

import streamlit as st
from itsdangerous import BadSignature, Signer
from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dissociation.engine.asker import Asker
from dissociation.engine.job import new_holder
from dissociation.web.shell.cookies import cookie

COOKIE = "dissociation_browser"
_TAB = "visitor|tab"
#: Names live as long as what is asked for in them: until the server stops.
_SECRET = secrets.token_bytes(32)
_NAMES = Signer(_SECRET, salt="browser")


def visitor() -> Asker:
    """Who looks at this page; without a cookie of this server, a tab is a browser of its own."""
    tab = st.session_state.setdefault(_TAB, new_holder())
    return Asker(_name_in(cookie(COOKIE)) or tab, tab)


def room_ticket(code: str) -> str:
    """What this visitor's browser is known by in a room: nobody can guess it, or make one up."""
    return Signer(_SECRET, salt=f"room {code}").get_signature(visitor().browser).decode()


def _name_in(signed: str) -> str:
    try:
        return _NAMES.unsign(signed).decode()
    except BadSignature:
        return ""


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
    named = _name_in(asked.cookies.get(COOKIE, ""))
    return not named and "text/html" in asked.headers.get("accept", "")


def _cookie(*, secure: bool) -> str:
    named = Response()
    name = _NAMES.sign(new_holder()).decode()
    named.set_cookie(COOKIE, name, secure=secure, httponly=True, samesite="lax")
    return named.headers["set-cookie"]
