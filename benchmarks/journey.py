"""What a visitor waits for: a fresh server, a real browser, a clock.

Starts the lab with an empty store (and no compiled programs), opens the start page in Chromium and
notes when what can be seen; then again with everything stored. Figures are printed and returned.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).parents[1]
POINTS = "document.querySelectorAll('.js-plotly-plot')[{chart}]?.data"
HAS_POINTS = (
    "() => (" + POINTS + " ?? []).some((trace) => trace.mode && (trace.x?.length ?? 0) >= {least})"
)
TRAINING, INPUT, PARAMETER = 0, 1, 2
MINUTES = 300_000


@contextmanager
def server(cache: Path, script: str = "app.py") -> Iterator[tuple[str, subprocess.Popen]]:
    """The lab, or another script, on a free port of the loopback interface, healthy."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", script, "--server.port", str(port)]
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, "DISSOCIATION_CACHE": str(cache)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(600):
            try:
                urllib.request.urlopen(url + "/_stcore/health", timeout=1)
                break
            except OSError:
                time.sleep(0.05)
        yield url, process
    finally:
        process.terminate()
        process.wait(timeout=20)


def _peak(process: subprocess.Popen) -> float:
    status = Path(f"/proc/{process.pid}/status")
    if status.exists():
        for line in status.read_text().splitlines():
            if line.startswith("VmHWM"):
                return int(line.split()[1]) / 2**20
    return psutil.Process(process.pid).memory_info().rss / 2**30


def _points(page: Page, chart: int, least: int = 2) -> None:
    condition = HAS_POINTS.replace("{chart}", str(chart)).replace("{least}", str(least))
    page.wait_for_function(condition, timeout=MINUTES, polling=20)


def complete(page: Page, count: int, timeout: float = MINUTES) -> None:
    """Waits until that many charts say they are complete."""
    page.wait_for_function(
        "(count) => [...document.querySelectorAll('.live-chart-text')]"
        ".filter((node) => node.textContent.startsWith('Complete:')).length >= count",
        arg=count,
        timeout=timeout,
        polling=50,
    )


def journey() -> list[tuple[str, float, str]]:
    """Measures a first and a second visit. **Returns:** (what, seconds or GiB, bound) rows."""
    rows: list[tuple[str, float, str]] = []
    chromium = shutil.which("chromium")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        cache = Path(folder)
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        with server(cache) as (url, process):
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            begin = time.perf_counter()

            def note(what: str, bound: str) -> None:
                rows.append((what, time.perf_counter() - begin, bound))

            page.goto(url)
            page.wait_for_selector("h1")
            note("first visit: page usable after the server is up", "3 s")
            _points(page, TRAINING)
            note("first visit: first training points", "6 s")
            page.wait_for_function(
                "() => [1, 2].some((chart) => (document.querySelectorAll('.js-plotly-plot')"
                "[chart]?.data ?? []).some((t) => t.mode && (t.x?.length ?? 0) >= 2))",
                timeout=MINUTES,
                polling=20,
            )
            note("first visit: first robustness points, training included", "25 s")
            complete(page, 2)
            note("first visit: whole noise figure, training included", "")
            rows.append(("peak memory of the server, GiB", _peak(process), "2.5 GiB"))
            page.close()
        _forget_curves(cache)
        with server(cache) as (url, _):
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            begin = time.perf_counter()
            page.goto(url)
            page.wait_for_selector("h1")
            _points(page, INPUT)
            rows.append(
                ("networks stored: first points, fresh process", time.perf_counter() - begin, "")
            )
            complete(page, 2)
            rows.append(
                ("networks stored: whole noise figure", time.perf_counter() - begin, "45 s")
            )
            _change_of_strength(page, url, rows)
            begin = time.perf_counter()
            page.goto(url)
            _points(page, PARAMETER, 40)
            complete(page, 2)
            rows.append(("a stored experiment, page included", time.perf_counter() - begin, ""))
            page.close()
        browser.close()
    return rows


def _forget_curves(cache: Path) -> None:
    shutil.rmtree(cache / "curves")


def _change_of_strength(page: Page, url: str, rows: list[tuple[str, float, str]]) -> None:
    page.goto(url + "/Robustness?show=scale")
    complete(page, 1)
    page.wait_for_timeout(1_000)
    slider = page.get_by_role("slider", name="α (factor)")
    slider.focus()
    for key, label, what, bound in (
        ("ArrowRight", "30", "networks stored: first points after a change of strength", "1 s"),
        ("ArrowLeft", "20", "a stored experiment after a change of strength", "0.5 s"),
    ):
        begin = time.perf_counter()
        slider.press(key)
        page.wait_for_function(
            "(label) => document.querySelector('.js-plotly-plot').data.some("
            "(t) => t.mode && t.name?.includes('α = ' + label) && (t.x?.length ?? 0) >= 2)",
            arg=label,
            timeout=MINUTES,
            polling=10,
        )
        rows.append((what, time.perf_counter() - begin, bound))
        if label == "30":
            complete(page, 1)
            page.wait_for_timeout(1_000)
