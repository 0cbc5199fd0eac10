"""Browser windows that tests use one after another.

A process that has had Streamlit's pages and Plotly before shows the next one in half the time. So
windows are kept, and tidied up between tests: blank, without cookies or storage, as large and as
light as they were, with as much motion.
"""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Error, Page

PATIENCE_MS = 30_000
# Streamlit first looks for its own endpoints below the page's path.
EXPECTED_404 = re.compile(r"/[A-Z]\w+/_stcore/(health|host-config)")
FORGET = "() => { localStorage.clear(); sessionStorage.clear(); }"


@dataclass(frozen=True)
class _Window:
    context: BrowserContext
    page: Page
    options: Mapping[str, Any]
    unused: bool

    def tidy_up(self) -> None:
        with contextlib.suppress(Error):
            self.page.evaluate(FORGET)
        self.page.unroute_all(behavior="ignoreErrors")
        self.page.goto("about:blank")
        self.page.set_viewport_size(self.options["viewport"])
        self.page.emulate_media(
            color_scheme=self.options.get("color_scheme", "light"),
            reduced_motion=self.options.get("reduced_motion", "null"),
        )
        self.context.clear_cookies()


class Windows:
    """Makes windows, keeps them, and notes what their consoles and scripts complain of."""

    def __init__(self, browser: Browser):
        self.errors: list[str] = []
        self._browser = browser
        self._free: dict[str, list[_Window]] = {}
        self._open: list[_Window] = []

    def open(self, *, unused: bool = False, **options: Any) -> Page:
        """A window with these options of a browser context."""
        options = {"viewport": {"width": 1200, "height": 900}, **options}
        free = [] if unused else self._free.get(_name(options), [])
        window = free.pop() if free else self._make(options, unused)
        self._open.append(window)
        return window.page

    def _make(self, options: Mapping[str, Any], unused: bool) -> _Window:
        context = self._browser.new_context(**options)
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.on("console", self._note)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        return _Window(context, page, options, unused)

    def _note(self, message: ConsoleMessage) -> None:
        text = f"{message.text} ({message.location.get('url', '')})"
        if message.type == "error" and not EXPECTED_404.search(text):
            self.errors.append(text)

    def tidy_up(self) -> None:
        """Takes back all windows of a test."""
        for window in self._open:
            if not window.unused:
                with contextlib.suppress(Error):
                    window.tidy_up()
                    self._free.setdefault(_name(window.options), []).append(window)
                    continue
            window.context.close()
        self._open.clear()

    def close(self) -> None:
        """Closes all windows."""
        for windows in self._free.values():
            for window in windows:
                window.context.close()


def _name(options: Mapping[str, Any]) -> str:
    return json.dumps(options, sort_keys=True)
