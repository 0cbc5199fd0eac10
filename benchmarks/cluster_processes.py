"""A Dask scheduler and its workers on this machine, each a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
HERE = "127.0.0.1"
PATIENCE = 60.0


class Processes:
    """A scheduler on a free port of the loopback, and workers of one thread each.

    **Arguments:**

    - `folder`: for logs, scratch files and the workers' compiled programs.
    - `options`: further options of all processes, for TLS.
    """

    def __init__(self, folder: Path, *options: str):
        self._folder, self._options = folder, options
        folder.mkdir(parents=True, exist_ok=True)
        self.workers: list[subprocess.Popen] = []
        self._begun = 0
        contact = folder / "scheduler.json"
        where = ("--host", HERE, "--port", "0", "--no-dashboard", "--scheduler-file", str(contact))
        self.scheduler = self._start("scheduler", *where)
        deadline = time.monotonic() + PATIENCE
        while not (contact.exists() and contact.read_text().endswith("}")):
            if time.monotonic() > deadline or self.scheduler.poll() is not None:
                raise RuntimeError((folder / "scheduler.log").read_text())
            time.sleep(0.02)
        self.address: str = json.loads(contact.read_text())["address"]

    def _start(self, kind: str, *arguments: str, name: str = "") -> subprocess.Popen:
        command = [sys.executable, "-m", f"distributed.cli.dask_{kind}", *arguments]
        environment: dict[str, Any] = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "DISSOCIATION_CACHE": str(self._folder / "worker-cache"),
        }
        for variable in ("DISSOCIATION_SCHEDULER", "JAX_COMPILATION_CACHE_DIR"):
            environment.pop(variable, None)
        with (self._folder / f"{name or kind}.log").open("w") as log:
            return subprocess.Popen(
                [*command, *self._options], env=environment, cwd=ROOT, stdout=log, stderr=log
            )

    def add_worker(self) -> subprocess.Popen:
        """Starts one more worker; it announces itself to the scheduler."""
        name = f"worker{self._begun}"
        self._begun += 1
        where = ("--host", HERE, "--no-dashboard", "--no-nanny", "--nthreads", "1")
        scratch = ("--local-directory", str(self._folder / name), "--name", name)
        made = self._start("worker", self.address, *where, *scratch, name=name)
        self.workers.append(made)
        return made

    def stop(self) -> None:
        """Ends what is still running."""
        for process in (*self.workers, self.scheduler):
            process.kill()
            process.wait()
