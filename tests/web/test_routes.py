"""The routes on a real server: uvicorn in a thread, as Streamlit runs them."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import itertools
import json
import logging
import threading
import time
import urllib.request
from socket import SHUT_RDWR

import pytest
from labs import TINY
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from dissociation.core.experiment import Experiment
from dissociation.core.manipulations import InputNull, Scale
from dissociation.core.measures import ParameterNoise
from dissociation.core.networks.training import Recipe
from dissociation.core.predictions import PLACES
from dissociation.engine.jobs import LEASE
from dissociation.engine.rooms import host_ticket
from dissociation.web.chart import (
    SCRIPT,
    SCRIPT_PATH,
    Axis,
    FigureSpec,
    TraceStyle,
    identity,
)
from dissociation.web.chart.plotting import uid
from dissociation.web.server import launch, packed_files, room_socket, routes, sockets
from dissociation.web.shell.serving import routes_are_served
from dissociation.web.shell.snapshots import show

RECIPE = Recipe(epochs=1, batch=int(TINY["batch"]), width=int(TINY["width"]))
PATIENCE = 30


def experiments(*rewrites) -> list[Experiment]:
    measure = ParameterNoise(images=200, points=3)
    return [Experiment(measure, steps, RECIPE, seeds=1) for steps in ((), *rewrites)]


def listen(address: str, watch: str, **options) -> connect:
    return connect(f"ws://{address}/api/jobs/{watch}", open_timeout=PATIENCE, **options)


def strict(text: str | bytes) -> dict:
    """A message as a browser reads it: JSON has no NaN."""

    def refuse(word):
        raise AssertionError(f"{word} is not JSON")

    return json.loads(text, parse_constant=refuse)


def to_the_end(socket: ClientConnection) -> tuple[list[dict], int]:
    """All messages until the server closes, and its code."""
    messages = []
    try:
        while True:
            messages.append(strict(socket.recv(timeout=PATIENCE)))
    except ConnectionClosed as closed:
        assert closed.rcvd is not None
        return messages, closed.rcvd.code


def test_plotly(address):
    with urllib.request.urlopen(f"http://{address}/api/plotly.min.js?v=1") as answer:
        body = answer.read()
        headers = answer.headers
    assert body == routes.PLOTLY_JS.read_bytes() and b"plotly.js" in body[:200]
    assert headers["content-type"].startswith("text/javascript")
    assert headers["cache-control"] == "public, max-age=31536000, immutable"


def test_plotly_packed(address, monkeypatch):
    """As browsers ask for it: packed once, whoever asks, and not again on its way."""
    pack, asked = packed_files._pack, []
    monkeypatch.setattr(packed_files, "_kept", {})
    monkeypatch.setattr(packed_files, "_pack", lambda path: asked.append(path) or pack(path))
    request = urllib.request.Request(f"http://{address}/api/plotly.min.js?v=1")
    request.add_header("Accept-Encoding", "gzip, br")
    packed = []
    for _ in range(2):
        with urllib.request.urlopen(request) as answer:
            packed.append(answer.read())
            assert answer.headers["Content-Encoding"] == "gzip"
            assert answer.headers["Vary"] == "Accept-Encoding"
    assert packed[0] == packed[1]
    assert gzip.decompress(packed[0]) == routes.PLOTLY_JS.read_bytes()
    assert asked == [routes.PLOTLY_JS]


@pytest.mark.parametrize("packed", [False, True])
def test_the_script_of_the_charts(address, packed):
    """Browsers may keep it: its address changes with it."""
    request = urllib.request.Request(f"http://{address}{SCRIPT_PATH}")
    request.add_header("Accept-Encoding", "gzip" if packed else "identity")
    with urllib.request.urlopen(request) as answer:
        body, headers = answer.read(), answer.headers
    assert (gzip.decompress(body) if packed else body).decode() == SCRIPT
    assert headers["content-type"].startswith("text/javascript")
    assert headers["cache-control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize("watch", ["unknown", "a" * 500, "..", "%00", "<script>", "🦊"])
def test_unknown(address, lab, watch):
    with listen(address, watch) as socket:
        assert to_the_end(socket) == ([], routes.UNKNOWN)


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "https://evil.example:443", "null", "http://127.0.0.1", "x"]
)
def test_foreign_origin(address, lab, origin):
    watch = lab.watch_training(RECIPE, 1)
    with pytest.raises(InvalidStatus) as refused:
        listen(address, watch.id, origin=origin).__enter__()
    assert refused.value.response.status_code == 403


def test_own_origin(address, lab):
    watch = lab.watch_training(RECIPE, 1)
    with listen(address, watch.id, origin=f"http://{address}") as socket:
        assert strict(socket.recv(timeout=PATIENCE))["state"] == "queued"


def test_streams_to_the_end(address, lab):
    watch = lab.watch_curves(experiments((Scale(),), (InputNull(),)))
    keys = ["trained", "scale", "input_null"]
    axis = Axis("Axis", 0, 1)
    styles = tuple(TraceStyle(key, key, "#0072B2", "dash", "square") for key in keys)
    figure = FigureSpec(x=axis, y=axis, traces=styles, filename="figure")
    show(watch, "chart", figure, first=True)
    with listen(address, watch.id) as socket:
        first = strict(socket.recv(timeout=PATIENCE))
        assert first["state"] == "training" and first["progress"] == 0
        assert first["charts"]["chart"]["figure"] == identity(figure)
        assert first["charts"]["chart"]["blank"]
        working = threading.Thread(target=lab.jobs.drain)
        working.start()
        messages, code = to_the_end(socket)
        working.join(PATIENCE)
    assert code == 1000
    versions = [message["version"] for message in (first, *messages)]
    assert versions == sorted(set(versions))
    last = messages[-1]
    assert last["state"] == "done" and last["progress"] == 1
    assert last["message"] == "Complete: 1 network, 200 images."
    # Curves that are as in the message before are left out.
    parts = [message["charts"]["chart"] for message in messages]
    drawn = [part["traces"] for part in parts if "traces" in part]
    assert len(drawn) < len(parts) and not any("figure" in part for part in parts)
    assert all(one != other for one, other in itertools.pairwise(drawn))
    lines = [trace for trace in drawn[-1] if trace["mode"] == "lines+markers"]
    assert [trace["uid"] for trace in lines] == [uid("line", key) for key in keys]
    assert all(len(line[name]) == 3 for line in lines for name in ("x", "y", "hovertext"))


def test_what_is_finished_comes_in_one_message(address, lab):
    lab.watch_training(RECIPE, 1)
    lab.jobs.drain()
    watch = lab.watch_training(RECIPE, 1)
    with listen(address, watch.id) as socket:
        messages, code = to_the_end(socket)
    assert code == 1000 and [message["state"] for message in messages] == ["done"]


def test_everyone_hears_of_a_failure(address, lab, monkeypatch, caplog):
    from dissociation.core.validation import DamagedData
    from dissociation.engine.tasks import TrainTask

    def broken(self):
        raise DamagedData("The data file is damaged; restore it.")
        yield

    monkeypatch.setattr(TrainTask, "run", broken)
    watches = [lab.watch_training(RECIPE, 1), lab.watch_curves(experiments())]
    with contextlib.ExitStack() as sockets:
        listening = [sockets.enter_context(listen(address, watch.id)) for watch in watches]
        lab.jobs.drain()
        for socket in listening:
            messages, code = to_the_end(socket)
            assert code == 1000 and messages[-1]["state"] == "failed"
            assert messages[-1]["message"] == "The data file is damaged; restore it."


def test_a_cancelled_watch_closes(address, lab):
    watch = lab.watch_training(RECIPE, 1)
    with listen(address, watch.id) as socket:
        socket.recv(timeout=PATIENCE)
        watch.cancel()
        lab.jobs.drain()
        messages, code = to_the_end(socket)
    assert code == 1000 and messages[-1]["state"] == "cancelled"


def test_listening_keeps_a_job_alive_and_leaving_does_not(address, lab):
    now = [0.0]
    lab.jobs._clock = lambda: now[0]
    watch = lab.watch_training(RECIPE, 1)
    (job,) = watch.watched
    with listen(address, watch.id) as socket:
        socket.recv(timeout=PATIENCE)
        for _ in range(3):
            now[0] += 0.8 * LEASE
            deadline = time.monotonic() + PATIENCE
            while job.leases[watch.id] < now[0] + LEASE and time.monotonic() < deadline:
                time.sleep(0.01)
            assert lab.jobs._wanted(job)
    time.sleep(3 * routes.POLL)
    now[0] += LEASE + 1
    assert not lab.jobs._wanted(job)
    assert not lab.jobs.advance() and job.state == "cancelled"


def test_one_who_leaves_disturbs_nobody(address, lab, caplog):
    watch = lab.watch_training(RECIPE, 1)
    with listen(address, watch.id) as stays:
        for _ in range(5):
            with listen(address, watch.id) as leaves:
                leaves.recv(timeout=PATIENCE)
                # As when a laptop is shut: no closing words.
                leaves.socket.shutdown(SHUT_RDWR)
        lab.jobs.drain()
        messages, code = to_the_end(stays)
    assert code == 1000 and messages[-1]["state"] == "done"
    assert "Exception in ASGI application" not in caplog.text


def test_what_the_browser_sends_is_ignored(address, lab):
    watch = lab.watch_training(RECIPE, 1)
    with listen(address, watch.id) as socket:
        socket.send("x" * sockets.MAX_MESSAGE)
        socket.send(b"\x00\xff")
        lab.jobs.drain()
        messages, _ = to_the_end(socket)
    assert messages[-1]["state"] == "done"


def test_lifespan(lab, monkeypatch):
    logger = logging.getLogger("dissociation")
    before = list(logger.handlers), logger.level, logger.propagate
    stopped = threading.Event()
    monkeypatch.setattr(lab, "stop", stopped.set)
    rounds: list[object] = []
    monkeypatch.setattr(launch.tidying, "tidy", rounds.append)
    monkeypatch.setattr(launch.tidying, "ROUND", 0.01)

    async def live():
        assert not routes_are_served()
        async with launch.lifespan(None):
            assert routes_are_served() and not stopped.is_set()
            while len(rounds) < 2:
                await asyncio.sleep(0.01)
            assert rounds[0] is lab
        assert not routes_are_served() and stopped.is_set()

    try:
        asyncio.run(live())
    finally:
        logger.handlers[:], logger.level, logger.propagate = before
        logger.setLevel(before[1])


def room_of(address: str, code: str, ticket: str = "nobody", **options) -> connect:
    where = f"ws://{address}/api/rooms/{code}/{ticket}"
    return connect(where, open_timeout=PATIENCE, **options)


class TestRooms:
    def test_news_of_a_room(self, address, lab):
        host = lab.rooms.open("BC23", "/Robustness", "q")
        with room_of(address, "BC23", host_ticket(host)) as socket:
            first = strict(socket.recv(timeout=PATIENCE))
            assert first["count"] == 0 and first["band"] is None and not first["revealed"]
            for number in range(5):
                lab.rooms.predict("BC23", "q", f"{number:032x}", (0.5,) * PLACES)
            while (news := strict(socket.recv(timeout=PATIENCE)))["count"] < 5:
                assert news["band"] is None
            assert news["band"]["low"] == [0.5] * PLACES and news["band"]["mean"] is None
            lab.rooms.reveal("BC23", host)
            revealed = strict(socket.recv(timeout=PATIENCE))
            assert revealed["revealed"] and revealed["band"]["mean"] == [0.5] * PLACES
            lab.rooms.close("BC23", host)
            assert to_the_end(socket) == ([], room_socket.GONE)

    def test_the_band_is_not_sent_to_who_has_still_to_draw(self, address, lab):
        lab.rooms.open("BC23", "/Robustness", "q")
        with room_of(address, "BC23", "later") as socket:
            for number in range(5):
                lab.rooms.predict("BC23", "q", str(number), (0.5,) * PLACES)
            while (news := strict(socket.recv(timeout=PATIENCE)))["count"] < 5:
                assert news["band"] is None
            assert news["band"] is None
            lab.rooms.predict("BC23", "q", "later", (0.5,) * PLACES)
            assert strict(socket.recv(timeout=PATIENCE))["band"]["low"] == [0.5] * PLACES

    @pytest.mark.parametrize("code", ["XXXX", "a" * 500, "%00", "<script>"])
    def test_unknown(self, address, lab, code):
        with room_of(address, code) as socket:
            assert to_the_end(socket) == ([], room_socket.GONE)

    def test_foreign_origin(self, address, lab):
        lab.rooms.open("BC23", "/Robustness", "q")
        with pytest.raises(InvalidStatus, match="403"):
            room_of(address, "BC23", origin="http://evil.example").__enter__()
