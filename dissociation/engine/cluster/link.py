"""The connection to the scheduler, kept on a thread of its own: it may wait where a page must not.

Whatever is wrong with the cluster is found here within a few seconds. Units that are out are then
given back, and the lab does without until the scheduler answers again.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import functools
import logging
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

from dissociation.engine.cluster.remote_batch import FAILURE, RESULT, SAID, RemoteBatch, Unit
from dissociation.engine.cluster.weights import SentWeights

log = logging.getLogger(__name__)
#: Seconds between two looks at the scheduler, and between two attempts to reach it.
PULSE, AGAIN = 0.5, 5.0
#: What visitors are told; the address is not their business.
SILENT = "The cluster of this lab does not answer. It computes by itself for the time being."
EMPTY = "The cluster of this lab has no workers. It computes by itself for the time being."


class Link:
    """One connection, made anew whenever it breaks.

    - `status_message`: why the cluster cannot be used, in a sentence; empty while it can.
    - `reason`: of the trouble, in Dask's words, for whoever runs the lab.
    - `complaint`: that it can be used, but last failed at something; empty when it did not.

    **Arguments:**

    - `address`: of the scheduler; `patience`: seconds that it may be silent or without workers.
    """

    def __init__(self, address: str, patience: float):
        self.address = address
        self.status_message = self.reason = self.warning = ""
        self._patience = patience
        self._settled = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._usable = asyncio.Event()
        self._client: Any = None
        self._weights: SentWeights | None = None
        self._out: set[asyncio.Task] = set()
        self._connecting = self._loop.create_task(self._stay_connected())
        self._thread = threading.Thread(target=self._live, name="cluster", daemon=True)
        self._thread.start()

    def settled(self, timeout: float) -> bool:
        """Waits until it is known whether the cluster can be used. **Returns:** whether it is."""
        return self._settled.wait(timeout)

    def send(self, units: Sequence[Unit], batch: RemoteBatch) -> Callable[[], None]:
        """Sends units; what comes of them is delivered to the batch.

        **Returns:** takes back those that are still out.
        """
        submitted = self._submit(units, batch)
        try:
            sent = asyncio.run_coroutine_threadsafe(submitted, self._loop)
        except RuntimeError:
            # The connection has ended for good.
            submitted.close()
            batch.end()
            return lambda: None
        return functools.partial(_cancel, sent)

    def stop(self) -> None:
        """Closes the connection."""
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._connecting.cancel)
        self._thread.join(timeout=10)

    def _live(self) -> None:
        try:
            with contextlib.suppress(asyncio.CancelledError):
                self._loop.run_until_complete(self._connecting)
        except Exception:
            log.exception("the connection to %s ended", self.address)
            self._lose(SILENT)
        finally:
            self._loop.run_until_complete(self._land())
            self._loop.close()

    async def _stay_connected(self) -> None:
        import dask
        from distributed import Client

        # A network is larger than what Dask expects in a graph; it is sent once.
        dask.config.set({"distributed.admin.large-graph-warning-threshold": "1 GiB"})
        while True:
            begin = time.monotonic()
            client = Client(
                self.address,
                asynchronous=True,
                set_as_default=False,
                timeout=self._patience,
                name="dissociation",
            )
            try:
                await client
                self._client, self._weights = client, SentWeights(client)
                await self._follow(client)
            except Exception as problem:
                # Dask lets through whatever TLS, sockets and other versions raise.
                log.debug("no connection to %s", self.address, exc_info=True)
                self.reason = " ".join(str(problem).split())[:200] or type(problem).__name__
                self._lose(SILENT)
            finally:
                self._client = self._weights = None
                with contextlib.suppress(Exception):
                    await client.close(timeout=PULSE)
            await asyncio.sleep(max(PULSE, AGAIN - (time.monotonic() - begin)))

    async def _follow(self, client: Any) -> None:
        seen = time.monotonic()
        while True:
            if client.status != "running":
                raise ConnectionError("the connection broke")
            found = await asyncio.wait_for(client.scheduler.identity(n_workers=0), self._patience)
            now = time.monotonic()
            if found["n_workers"]:
                seen = now
                self._gain(found["n_workers"])
            elif now - seen > self._patience:
                self.reason = "no workers"
                self._lose(EMPTY)
            await asyncio.sleep(PULSE)

    def _gain(self, workers: int) -> None:
        if not self._usable.is_set():
            log.info("computing on the cluster at %s (workers: %d)", self.address, workers)
        self.status_message = self.reason = ""
        self._usable.set()
        self._settled.set()

    def _lose(self, trouble: str) -> None:
        if trouble != self.status_message:
            log.warning("%s (%s: %s)", trouble, self.address, self.reason)
        self.status_message = trouble
        self._usable.clear()
        self._settled.set()
        self._recall_all()

    async def _land(self) -> None:
        self._recall_all()
        await asyncio.gather(*self._out, return_exceptions=True)
        await self._loop.shutdown_asyncgens()

    def _recall_all(self) -> None:
        for task in self._out:
            task.cancel()

    async def _submit(self, units: Sequence[Unit], batch: RemoteBatch) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._out.add(task)
        try:
            if not self.status_message:
                await self._usable.wait()
                async with asyncio.TaskGroup() as group:
                    for number, unit in enumerate(units):
                        group.create_task(self._follow_unit(number, unit, batch))
        except Exception:
            log.exception("units could not be sent to %s", self.address)
        finally:
            self._out.discard(task)
            batch.end()

    async def _follow_unit(self, number: int, unit: Unit, batch: RemoteBatch) -> None:
        client, weights = self._client, self._weights
        if client is None or weights is None:
            return
        arguments = unit.arguments
        if unit.pack is not None:
            arguments = (*arguments, weights.send(unit.weights, unit.pack))
        if unit.topic:
            client.subscribe_topic(unit.topic, functools.partial(_said, batch, number))
        future = client.submit(unit.work, *arguments, key=unit.key, priority=unit.priority)
        try:
            result = await future
        except concurrent.futures.CancelledError:
            # The connection broke, which is told elsewhere; the lab does this unit itself.
            pass
        except Exception as problem:
            # Whatever the worker raised; the lab does this unit itself, too.
            batch.deliver(number, FAILURE, f"{type(problem).__name__}: {problem}")
        else:
            batch.deliver(number, RESULT, result)
        finally:
            # Whoever else wants it keeps it: the scheduler counts who does.
            future.release()
            if unit.topic:
                with contextlib.suppress(ValueError):
                    client.unsubscribe_topic(unit.topic)


def _cancel(sent: concurrent.futures.Future) -> None:
    sent.cancel()


def _said(batch: RemoteBatch, number: int, event: tuple[float, Any]) -> None:
    batch.deliver(number, SAID, event[1])
