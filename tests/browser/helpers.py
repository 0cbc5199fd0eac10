"""A Streamlit server of its own and the few waits that browser tests need."""

from __future__ import annotations

import itertools
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Locator, Page

ROOT = Path(__file__).parents[2]
START_SECONDS = 30


@dataclass(frozen=True)
class Server:
    """A running `streamlit run`; `log` holds everything it has printed."""

    url: str
    log: Path
    process: subprocess.Popen[bytes]

    def open(self, page: Page, path: str = "/") -> None:
        """Loads `path` (with its query) in `page` and waits until the script has run."""
        page.goto(self.url + path)
        set_frozen(page)

    def stop(self) -> None:
        """Ends this process, and only this one."""
        self.process.terminate()
        try:
            self.process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def start_server(
    script: str, log: Path, env: Mapping[str, str], options: Mapping[str, str]
) -> Server:
    """Starts `script` (a path from the root of the repository) and waits until it is healthy."""
    port = free_port()
    settings = {
        "server.port": str(port),
        "server.address": "127.0.0.1",
        "server.headless": "true",
        "server.fileWatcherType": "none",
        "browser.gatherUsageStats": "false",
        **options,
    }
    command = [sys.executable, "-m", "streamlit", "run", script]
    for name, value in settings.items():
        command += [f"--{name}", value]
    paths = [str(ROOT), os.environ.get("PYTHONPATH", "")]
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths)), **env},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    base = settings.get("server.baseUrlPath", "").strip("/")
    url = f"http://127.0.0.1:{port}" + (f"/{base}" if base else "")
    server = Server(url, log, process)
    try:
        wait_until_healthy(server)
    except BaseException:
        server.stop()
        raise
    return server


def set_frozen(page: Page) -> None:
    """Waits until the script of the page has run to its end."""
    page.wait_for_selector(
        '[data-testid="stApp"][data-test-script-state="notRunning"]', state="attached"
    )


def wait_for_rerun(page: Page, counter: str, before: str) -> None:
    """Waits until the text at selector `counter` is no longer `before`, then for the script."""
    page.wait_for_function(
        "([selector, before]) => document.querySelector(selector)?.textContent !== before",
        arg=[counter, before],
    )
    set_frozen(page)


class Finger:
    """A finger on a page of its own, through the browser's own protocol."""

    def __init__(self, page: Page):
        self.page = page
        self._protocol = page.context.new_cdp_session(page)

    def _touch(self, kind: str, *places: tuple[float, float]) -> None:
        points = [{"x": x, "y": y} for x, y in places]
        self._protocol.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    def drag(self, *way: tuple[float, float], steps: int = 8) -> float:
        """Along a way of straight pieces. **Returns:** by how many pixels the page scrolled."""
        before = self.scrolled()
        self._touch("touchStart", way[0])
        for (x, y), (to_x, to_y) in itertools.pairwise(way):
            for step in range(1, steps + 1):
                share = step / steps
                self._touch("touchMove", (x + share * (to_x - x), y + share * (to_y - y)))
                self.page.wait_for_timeout(10)
        self._touch("touchEnd")
        self.page.wait_for_timeout(100)
        return self.scrolled() - before

    def tap(self, x: float, y: float) -> None:
        """A short touch."""
        self._touch("touchStart", (x, y))
        self.page.wait_for_timeout(40)
        self._touch("touchEnd")

    def scrolled(self) -> float:
        """How far down the page is, in pixels."""
        return float(self.page.get_by_test_id("stMain").evaluate("(main) => main.scrollTop"))


def brought_to_middle(there: Locator) -> dict[str, float]:
    """The box of something that now is in the middle of the window."""
    there.evaluate("(node) => node.scrollIntoView({block: 'center'})")
    there.page.wait_for_timeout(100)
    box = there.bounding_box()
    assert box is not None
    middle = {"middle_x": box["x"] + box["width"] / 2, "middle_y": box["y"] + box["height"] / 2}
    return {**box, **middle}


def free_port() -> int:
    """A port of the loopback that nobody listens to."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_healthy(server: Server) -> None:
    """Waits for the server. **Raises:** `RuntimeError` with the end of its log."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if server.process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(server.url + "/_stcore/health", timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    tail = server.log.read_text(errors="replace")[-3000:]
    raise RuntimeError(f"the server at {server.url} did not start:\n{tail}")
