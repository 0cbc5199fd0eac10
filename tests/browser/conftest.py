"""Fixtures for tests in a real Chromium, through Playwright's own API.

- `serve(script, env, options)` starts a Streamlit server (once for equal arguments) and returns
  a [`Server`][tests.browser.helpers.Server]; it ends with the tests of this folder.
- `page` is a browser window as good as new. A console error or an uncaught exception in it fails
  the test; a test that provokes one removes it from `console_errors`.
- `new_page(**options)` makes further windows (`viewport`, `color_scheme`, `has_touch`, ...); with
  `unused=True` one that no other test had or will have, for whatever cannot be undone.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Mapping

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from dissociation.core.networks.network import Network, initial_network, seed_key, weights_digest
from dissociation.core.networks.training import QUICK
from dissociation.engine.library import Library
from dissociation.engine.records import History
from dissociation.engine.store import Store

from .helpers import Server, start_server
from .windows import PATIENCE_MS, Windows

CHROMIUM_ARGS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

Serve = Callable[..., Server]
NewPage = Callable[..., Page]


# Not "session": Playwright's event loop stays the running one of this thread while it is open,
# and any asyncio.run() of a later test would fail.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    executable = shutil.which("chromium") or shutil.which("chromium-browser")
    if executable is None:
        complaint = "NO CHROMIUM on the PATH: nothing in tests/browser was tested"
        if os.environ.get("CI") == "true":
            pytest.fail(complaint)
        pytest.skip(complaint)
    # Of the expectations, too: a page of a busy machine may take seconds to run anew.
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=executable, args=CHROMIUM_ARGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="package")
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serve]:
    servers: dict[tuple[object, ...], Server] = {}

    def start(
        script: str,
        env: Mapping[str, str] | None = None,
        options: Mapping[str, str] | None = None,
    ) -> Server:
        env, options = env or {}, options or {}
        wanted = (script, *sorted(env.items()), "options", *sorted(options.items()))
        if wanted not in servers:
            log = tmp_path_factory.mktemp("server") / "log.txt"
            servers[wanted] = start_server(script, log, env, options)
        return servers[wanted]

    yield start
    for server in servers.values():
        server.stop()


@pytest.fixture(scope="package")
def lab(serve: Serve, tmp_path_factory: pytest.TempPathFactory) -> Server:
    """The real lab, with a store of its own that these tests share.

    Its two quick networks are there already, untrained and small: the start page would otherwise
    train real ones behind every test that opens it.
    """
    cache = tmp_path_factory.mktemp("cache")
    store = Store(cache)
    for seed in range(2):
        network = Network(*map(np.asarray, initial_network(seed_key(seed), 16)))
        digest = weights_digest(network)
        history = History((0.0, 4.0), (2.3, 0.1), (0.9, 0.05), (10_000, 10_000), digest, 1.0)
        Library(store).save_network(QUICK, seed, network, history)
    store.close()
    return serve("app.py", {"DISSOCIATION_CACHE": str(cache)})


@pytest.fixture(scope="package")
def windows(browser: Browser) -> Iterator[Windows]:
    made = Windows(browser)
    yield made
    made.close()


@pytest.fixture
def console_errors(windows: Windows) -> list[str]:
    windows.errors.clear()
    return windows.errors


@pytest.fixture
def new_page(windows: Windows, console_errors: list[str]) -> Iterator[NewPage]:
    yield windows.open
    windows.tidy_up()
    assert not console_errors, "errors in the browser's console"


@pytest.fixture
def page(new_page: NewPage) -> Page:
    return new_page()
