"""Scripted jobs for the tests of the live chart: what they publish depends on time alone."""

from __future__ import annotations

import asyncio
import math
import random
import time
from typing import Any

import streamlit as st
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket

from dissociation.web.chart import SCRIPT, FigureSpec
from dissociation.web.chart.plots import drawn
from dissociation.web.chart.plotting_library import PLOTLY_JS

STEPS = 20
POINTS = 40
X = [10 ** (-3 + 3 * i / (POINTS - 1)) for i in range(POINTS)]
MIDPOINTS = {"trained": 0.25, "expand": 0.13, "shrink": 0.07, "rotate": 0.035}
ZERO_BELOW = 0.006
JOBS: dict[str, Job] = {}
#: What the page shows, by the keys of its charts.
FIGURES: dict[str, FigureSpec] = {}


class Job:
    """Queued, training, running and then `ending`, over `seconds`."""

    def __init__(self, seconds: float, ending: str, drop: bool, zeros: bool):
        self.began = time.monotonic()
        self.seconds = seconds
        self.ending = ending
        self.dropping = drop  # closes one connection half way
        self.zeros = zeros
        self.cancelled_at: int | None = None

    @property
    def step(self) -> int:
        if self.cancelled_at is not None:
            return self.cancelled_at
        return min(STEPS, int(STEPS * (time.monotonic() - self.began) / self.seconds))

    @property
    def state(self) -> str:
        if self.cancelled_at is not None:
            return "cancelled"
        if self.step >= STEPS:
            return self.ending
        return "queued" if self.step < 1 else "training" if self.step < 2 else "running"

    def cancel(self) -> None:
        if self.state in ("queued", "training", "running"):
            self.cancelled_at = self.step

    def state_and_traces(self) -> tuple[dict, list[dict]]:
        step, state = self.step, self.state
        seeds, images = 2 + step // 4, min(10_000, 512 * step)
        detail = f"{seeds} seeds, {images:,} images"
        keys = [] if step < 2 else list(MIDPOINTS)[: 3 if step < 5 else 4]
        messages = {
            "queued": "Waiting: one run is ahead of this one",
            "training": "Training 2 of 8 networks",
            "running": f"Measuring: {images:,} of 10,000 images, {seeds} seeds so far",
            "done": f"Done: {images:,} images, {seeds} seeds",
            "failed": "The run stopped: the noise scale left the range of 32-bit numbers.",
            "cancelled": f"Cancelled after {images:,} images",
        }
        said = {
            "version": step + (1 if state == "cancelled" else 0),
            "state": state,
            "message": messages[state],
            "progress": step / STEPS,
        }
        return said, [self._trace(key, step, detail) for key in keys]

    def snapshot(self, figure: FigureSpec) -> dict:
        state, traces = self.state_and_traces()
        return {**state, **drawn(figure, traces)}

    def _trace(self, key: str, step: int, detail: str) -> dict:
        rng = random.Random(f"{key} {step}")
        half = 0.25 / math.sqrt(step)
        y, low, high = [], [], []
        for x in X:
            clean = 0.02 + 0.88 / (1 + (MIDPOINTS[key] / x) ** 2.2)
            value = min(0.97, clean * math.exp(rng.gauss(0, half / 5)))
            if self.zeros and x < ZERO_BELOW:
                y.append(0.0)
                low.append(0.0)
                high.append(0.012)
                continue
            y.append(round(value, 5))
            low.append(round(value * math.exp(-half), 5))
            high.append(round(min(1.0, value * math.exp(half)), 5))
        return {"key": key, "x": X, "y": y, "low": low, "high": high, "detail": detail}


def start(name: str, **how: Any) -> Job:
    """Returns the job of that name, begun now if it is new."""
    if name not in JOBS:
        JOBS[name] = Job(**how)
    return JOBS[name]


async def _stream(socket: WebSocket) -> None:
    await socket.accept()
    job = JOBS.get(socket.path_params["name"])
    if job is None:
        await socket.close(4404)
        return
    sent = None
    while sent is None or sent["state"] in ("queued", "training", "running"):
        if job.dropping and job.step >= STEPS // 2:
            job.dropping = False
            await socket.close(1011)
            return
        state, traces = job.state_and_traces()
        if sent is None or state["version"] != sent["version"]:
            charts = {key: drawn(figure, traces) for key, figure in FIGURES.items()}
            await socket.send_json({**state, "charts": charts})
            sent = state
        await asyncio.sleep(0.03)
    await socket.close()


async def _plotly(request: Request) -> FileResponse:
    return FileResponse(PLOTLY_JS, media_type="text/javascript")


async def _script(request: Request) -> Response:
    return Response(SCRIPT, media_type="text/javascript")


def routes() -> list[BaseRoute]:
    """The routes of the real lab, below the base path if the server has one."""
    base = "/" + st.get_option("server.baseUrlPath").strip("/")
    # Not a Mount: it would answer for every other path below the base too, with 404.
    return [
        WebSocketRoute(f"{base}/api/jobs/{{name}}".replace("//", "/"), _stream),
        Route(f"{base}/api/plotly.min.js".replace("//", "/"), _plotly),
        Route(f"{base}/api/live_chart.js".replace("//", "/"), _script),
    ]
