"""A visitor without a browser: Streamlit's protocol and the lab's sockets, with a clock.

Does what a browser does and a load test would miss otherwise: opens the session's WebSocket, runs
the page for its address, follows every chart's socket to the end, runs the page again when a chart
is finished, and runs fragments as often as the page asks for it.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode, urlsplit
from urllib.request import Request, urlopen

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

PATIENCE = 120.0
#: As in live_chart.js.
COMPANY, EACH = 4, 0.12
ACTIVE = ("queued", "training", "running")


class Trouble(Exception):
    """The page showed an error, or did not come."""


class Chart:
    """What a visitor has seen of one chart, of one address.

    - `first`: seconds until it had any points; `each`: until every line of it had, those that are
      stored and those that are not; `ended`: until nothing more was to come.
    """

    def __init__(self, asked: float, data: dict[str, Any]):
        self.asked = asked
        self.lines = {trace["key"] for trace in data["figure"]["traces"]}
        self.key: str = data["key"]
        self.address: str | None = data["address"]
        self.first: float | None = None
        self.each: float | None = None
        self.ended: float | None = None
        self.state, self.company = "", 1
        self.messages: list[str] = []
        self.hear(data["snapshot"])

    def hear(self, snapshot: dict[str, Any]) -> None:
        """Takes a snapshot, from the page or by socket."""
        now = time.perf_counter() - self.asked
        self.state, self.company = snapshot["state"], snapshot.get("company", 1)
        self.messages.append(snapshot["message"])
        drawn = set() if snapshot.get("blank", True) else self.lines
        if self.first is None and drawn:
            self.first = now
        if self.each is None and drawn >= self.lines:
            self.each = now
        if self.ended is None and self.state not in ACTIVE:
            self.ended = now


def browser_cookie(base: str) -> str:
    """The cookie by which the lab knows a browser, as it gives one with a page."""
    page = urlopen(Request(base, headers={"Accept": "text/html"}))
    return page.headers["set-cookie"].partition(";")[0]


class Visitor:
    """One visitor of the lab at `base`, such as `http://127.0.0.1:8501`.

    **Arguments:**

    - `cookie`: of a browser, see [`browser_cookie`][]; visitors of one are its tabs.
    """

    def __init__(self, base: str, cookie: str = ""):
        self._cookie = {"Cookie": cookie} if cookie else {}
        self.address = urlsplit(base).netloc
        self.charts: dict[str, Chart] = {}
        self.sliders: dict[str, Any] = {}
        self.errors: list[str] = []
        self.runs = 0
        self.raw_query = ""  # instead of values
        self._states: dict[str, WidgetState] = {}
        self._page, self._query = "", ""
        self._asked = 0.0
        self._answered: float | None = None
        self._figures: dict[str, Any] = {}
        self._run_ended = asyncio.Event()
        self._tasks: list[asyncio.Task] = []
        self._fragments: dict[str, asyncio.Task] = {}
        self._followed: set[str] = set()
        self._socket: ClientConnection | None = None

    async def __aenter__(self) -> Visitor:
        url = f"ws://{self.address}/_stcore/stream"
        origin: Any = f"http://{self.address}"
        self._socket = await connect(
            url,
            subprotocols=["streamlit"],  # type: ignore[list-item]
            origin=origin,
            additional_headers=self._cookie,
            max_size=None,
            open_timeout=PATIENCE,
            ping_interval=None,
        )
        self._listening = asyncio.create_task(self._listen())
        self._tasks.append(self._listening)
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in (*self._tasks, *self._fragments.values()):
            task.cancel()
        await asyncio.gather(*self._tasks, *self._fragments.values(), return_exceptions=True)
        assert self._socket is not None
        await self._socket.close()

    async def open(self, page: str, **values: str) -> float:
        """Opens a page. **Returns:** seconds until its script had run."""
        self._page, self._query = page, self.raw_query or urlencode(values)
        self._states.clear()
        self.charts.clear()
        return await self._run()

    async def move(self, label: str, share: float) -> tuple[float, float]:
        """Moves a slider to a share of its way.

        **Returns:** seconds until a chart asks the new question (a browser dims the old curve
        then), and until the page had run to its end.
        """
        slider = next(found for name, found in self.sliders.items() if label in name)
        state = WidgetState(id=slider.id)
        if slider.options:
            place = min(int(share * len(slider.options)), len(slider.options) - 1)
            state.string_array_value.data.append(slider.options[place])
        else:
            steps = round(share * (slider.max - slider.min) / slider.step)
            state.double_array_value.data.append(slider.min + steps * slider.step)
        self._states[slider.id] = state
        self._answered = None
        ran = await self._run()
        return ran if self._answered is None else self._answered, ran

    async def _run(self) -> float:
        self._asked = time.perf_counter()
        self._run_ended.clear()
        await self._send()
        ended = asyncio.create_task(self._run_ended.wait())
        await asyncio.wait(
            {ended, self._listening}, timeout=PATIENCE, return_when=asyncio.FIRST_COMPLETED
        )
        if not ended.done():
            ended.cancel()
            if self._listening.done():
                self._listening.result()
            raise Trouble(f"{self._page}: the page did not run to its end")
        return time.perf_counter() - self._asked

    async def _send(self, fragment: str = "", *, automatic: bool = False) -> None:
        message = BackMsg()
        run = message.rerun_script
        run.query_string, run.page_name = self._query, self._page
        run.fragment_id, run.is_auto_rerun = fragment, automatic
        run.widget_states.widgets.extend(self._states.values())
        assert self._socket is not None
        await self._socket.send(message.SerializeToString())

    async def _listen(self) -> None:
        assert self._socket is not None
        announced: set[str] = set()
        async for raw in self._socket:
            message = ForwardMsg.FromString(raw)  # type: ignore[arg-type]
            kind = message.WhichOneof("type")
            if kind == "delta" and message.delta.WhichOneof("type") == "new_element":
                self._see(message.delta.new_element)
            elif kind == "auto_rerun":
                again = message.auto_rerun
                self._stop(again.fragment_id)
                self._fragments[again.fragment_id] = asyncio.create_task(
                    self._repeat(again.fragment_id, again.interval)
                )
                announced.add(again.fragment_id)
            elif kind == "script_finished":
                if message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY:
                    self.runs += 1
                    self._run_ended.set()
                    for fragment in set(self._fragments) - announced:
                        self._stop(fragment)
                    announced.clear()

    def _see(self, element: Any) -> None:
        kind = element.WhichOneof("type")
        if kind == "exception":
            self.errors.append(element.exception.message)
        elif kind == "alert" and element.alert.format == 1:
            self.errors.append(element.alert.body)
        elif kind == "slider":
            self.sliders[element.slider.label] = element.slider
        elif kind == "bidi_component" and "live_chart" in element.bidi_component.component_name:
            self._see_chart(element.bidi_component)

    def _see_chart(self, element: Any) -> None:
        data = json.loads(element.json or element.mixed.json)
        if self._answered is None and self._figures.get(element.id) != data["figure"]:
            self._answered = time.perf_counter() - self._asked
        self._figures[element.id] = data["figure"]
        known = self.charts.get(element.id)
        if known is not None and known.address == data["address"]:
            known.hear(data["snapshot"])
            return
        chart = Chart(self._asked, data)
        if data["address"] is None and known is not None and known.ended is not None:
            return  # the finished chart, as the page shows it when it has run again
        self.charts[element.id] = chart
        address = chart.address
        if address is not None and chart.state in ACTIVE and address not in self._followed:
            self._followed.add(address)
            self._tasks.append(asyncio.create_task(self._follow(address)))

    def _following(self, address: str) -> list[Chart]:
        return [chart for chart in self.charts.values() if chart.address == address]

    async def _follow(self, address: str) -> None:
        origin: Any = f"http://{self.address}"
        url = f"ws://{self.address}{address}"
        # As in feed.js: what is left out of a message is as in the one before.
        parts: dict[str, dict[str, Any]] = {}
        with contextlib.suppress(ConnectionClosed):
            async with connect(url, origin=origin, max_size=None, open_timeout=PATIENCE) as socket:
                async for raw in socket:
                    news = json.loads(raw)
                    for key, part in news["charts"].items():
                        parts[key] = {**parts.get(key, {}), **part}
                    for chart in self._following(address):
                        chart.hear({**news, **parts.get(chart.key, {})})
        ended = [chart for chart in self._following(address) if chart.ended is not None]
        if ended:
            # As the chart does in a browser: it has the page run again, one of a class at a time.
            if ended[0].company > COMPANY:
                await asyncio.sleep(random.uniform(0, ended[0].company * EACH))
            await self._send()

    async def _repeat(self, fragment: str, interval: float) -> None:
        while True:
            await asyncio.sleep(interval)
            await self._send(fragment, automatic=True)

    def _stop(self, fragment: str) -> None:
        if (task := self._fragments.pop(fragment, None)) is not None:
            task.cancel()

    async def until(self, enough: Callable[[Chart], bool], timeout: float = PATIENCE) -> None:
        """Waits until every chart of the page has come that far. **Raises:** [`Trouble`][]."""
        deadline = time.perf_counter() + timeout
        while not (self.charts and all(map(enough, self.charts.values()))):
            if self.errors:
                raise Trouble(self.errors[-1])
            if time.perf_counter() > deadline:
                states = [(c.state, c.messages[-1:]) for c in self.charts.values()]
                raise Trouble(f"{self._page}: nothing came in {timeout:.0f} s, {states}")
            await asyncio.sleep(0.01)

    async def first_points(self, timeout: float = PATIENCE) -> float:
        """Seconds from the request to the first points of the slowest chart."""
        await self.until(lambda chart: chart.first is not None, timeout)
        return max(chart.first or 0.0 for chart in self.charts.values())

    async def points_of_each(self) -> float:
        """Seconds from the request until every line of every chart has points."""
        await self.until(lambda chart: chart.each is not None)
        return max(chart.each or 0.0 for chart in self.charts.values())

    async def complete(self, timeout: float = PATIENCE) -> float:
        """Seconds from the request to the end of the slowest chart."""
        await self.until(lambda chart: chart.ended is not None, timeout)
        return max(chart.ended or 0.0 for chart in self.charts.values())
