"""The heaviest requests of every page: the longest step of each, and whoever comes beside it.

`python -m benchmarks.longest_step [results/reliability/DATE.json] [--page Transfer] [--seconds 60]`
prints a table and keeps it. Each address is asked for in a process of its own, in a fresh store; as
no step depends on how well a network was trained, untrained ones are stored for all but those whose
training is what takes long. After some seconds a newcomer asks for a small network of its own
recipe and a curve on 200 images; after some more the request is dropped.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from pathlib import Path
from typing import Any, NamedTuple

from dissociation.core.validation import InvalidValue

WIDE = "recipe=custom&width=4096"
HIDDEN = "hidden_null:0.1:layer=2:images=train"


class Request(NamedTuple):
    """One address, why it is among the heaviest, and whether its training is what takes long."""

    address: str
    reason: str
    trains: bool = False


def _curves(page: str, more: str) -> tuple[Request, ...]:
    """Of a page that measures curves of as many networks, as widely rewritten, as may be."""
    return (
        Request(
            f"{page}?{WIDE}&batch=4096&epochs=100{more}",
            "the widest network in the largest batches",
            True,
        ),
        Request(f"{page}?{WIDE}&epochs=1{more}", "the widest network, as wide as it gets"),
    )


#: Three of each page; those of Inputs and Linear are computed by the page itself.
REQUESTS: dict[str, tuple[Request, ...]] = {
    "Robustness": (
        *_curves("Robustness", "&show=scale&seeds=20"),
        Request(
            f"Robustness?compose=duplicate:4,{HIDDEN}&recipe=custom&width=2048&epochs=1&seeds=1",
            "a null space of 8,192 neurons on 60,000 images",
        ),
        Request(
            f"Robustness?show=nuisance,hidden_null,balance&nuisance=2048&draws=64&points=200"
            f"&{WIDE}&epochs=1&seeds=1",
            "many neurons, draws and scales, and rewrites that look at all weights",
        ),
    ),
    "Transfer": (
        *_curves("Transfer", "&show=scale&images=10000&points=2&seeds=1"),
        Request(
            "Transfer?probe=notebook&show=nuisance&nuisance=4096&recipe=custom&width=2048&epochs=1"
            "&images=5000&points=2&seeds=1",
            "200 steps on as many features as fit",
        ),
    ),
    "Sweep": (
        Request(
            f"Sweep?rewrite=scale&{WIDE}&batch=4096&epochs=100&seeds=1",
            "the widest network in the largest batches",
            True,
        ),
        Request(
            "Sweep?rewrite=duplicate&recipe=custom&width=1024&epochs=1&seeds=1&images=10000",
            "a layer at many widths, to 4,096",
        ),
        Request(
            f"Sweep?rewrite=hidden_null&{WIDE}&epochs=1&seeds=1", "a null space of 4,096 neurons"
        ),
    ),
    "Hypothesis": (
        *_curves("Hypothesis", "&seeds=20"),
        Request(
            f"Hypothesis?a={HIDDEN}&b=balance&recipe=custom&width=2048&epochs=1&seeds=20",
            "null spaces of many networks",
        ),
    ),
    "Representation": (
        Request(
            f"Representation?rewrite=scale&{WIDE}&epochs=1&images=10000",
            "measures of 4,096 neurons beside 4,096",
        ),
        Request(
            "Representation?rewrite=duplicate&duplicate=4&recipe=custom&width=2048&epochs=1",
            "8,192 neurons and their normal form",
        ),
        Request(
            f"Representation?rewrite=balance&then={HIDDEN}&{WIDE}&epochs=1",
            "rewrites that look at all weights",
        ),
    ),
    "Map": (
        Request(f"Map?show=scale&{WIDE}&batch=4096&epochs=100", "the widest network", True),
        Request(f"Map?show=scale&{WIDE}&epochs=1", "4,096 neurons beside 4,096"),
        Request(
            "Map?show=hidden_null,duplicate&across=parameter_noise&recipe=custom&width=2048&epochs=1",
            "null spaces, and robustness of each point",
        ),
    ),
    "Phantom": (
        Request(f"Phantom?{WIDE}&epochs=1&draws=64", "the widest network"),
        Request(f"Phantom?{WIDE}&epochs=1&noise=parameter_noise&draws=64", "noise on all weights"),
        Request(f"Phantom?{WIDE}&epochs=100&batch=4096&draws=64", "its training", True),
    ),
    "Causes": (
        Request(f"Causes?rewrite=nuisance&nuisance=2048&{WIDE}&epochs=1&images=10000", "widest"),
        Request(f"Causes?rewrite=balance&{WIDE}&epochs=1&images=10000", "looks at all weights"),
        Request(
            f"Causes?rewrite=hidden_null&hidden_null.layer=2&hidden_null.images=train&{WIDE}"
            "&epochs=1",
            "a null space of 4,096 neurons on 60,000 images",
        ),
    ),
    "Bridge": (
        Request(
            f"Bridge?compute=1&show=scale&{WIDE}&batch=4096&epochs=100", "the widest network", True
        ),
        Request(f"Bridge?compute=1&show=scale&{WIDE}&epochs=1", "norms of many rewrites of it"),
        Request(f"Bridge?compute=1&show=hidden_null&{WIDE}&epochs=1", "null spaces"),
    ),
    "Inputs": (
        Request("Inputs?source=train", "the null space of 60,000 images"),
        Request("Inputs?images=40&vectors=36", "most pictures"),
    ),
    "Linear": (
        Request("Linear?steps=60&draws=1000&n_hidden=32", "the longest walk, the most draws"),
        Request("Linear?task=random&samples=24&n_in=32&n_out=24&draws=1000", "most items"),
        Request("Linear?twins=3&n_in=32&draws=1000", "the largest tree"),
    ),
}
#: When the newcomer comes, and until when it is waited for at most (s).
COMES, PATIENCE = 10.0, 300.0


class Steps:
    """Watches the compute thread: the longest step so far, and what it was in the middle of.

    - `longest`, `what`: in seconds; `computed`, `in_the_middle`: in processors' seconds, which say
        more where others use them, too.
    - `spent`: seconds of processors by kind of job.
    """

    def __init__(self) -> None:
        self.longest, self.what = 0.0, ""
        self.computed, self.in_the_middle = 0.0, ""
        self.spent: dict[str, float] = {}
        self._begun: tuple[float, Any] | None = None
        self._seen = ""
        threading.Thread(target=self._look, daemon=True).start()

    def attach(self) -> None:
        """Times every step of every job from now on."""
        from dissociation.engine.in_turns import InTurns

        original = InTurns.__next__

        def timed(own: Any) -> Any:
            self._seen, self._begun = "", (time.perf_counter(), own)
            begin, used = time.perf_counter(), time.process_time()
            try:
                return original(own)
            finally:
                seconds = time.perf_counter() - begin
                used = time.process_time() - used
                self._begun = None
                kind = own._steps.gi_code.co_qualname if hasattr(own._steps, "gi_code") else ""
                self.spent[kind] = self.spent.get(kind, 0.0) + used
                if seconds > self.longest:
                    self.longest, self.what = seconds, self._seen
                if used > self.computed:
                    self.computed, self.in_the_middle = used, self._seen

        InTurns.__next__ = timed  # type: ignore[method-assign]

    def _look(self) -> None:
        while True:
            time.sleep(0.05)
            begun = self._begun
            if begun is None or self._seen or time.perf_counter() - begun[0] < 0.3:
                continue
            frame = sys._current_frames().get(getattr(begun[1]._thread, "ident", None) or 0)
            ours = [f for f in traceback.extract_stack(frame) if "dissociation/" in f.filename]
            if ours:
                places = (f"{Path(f.filename).stem}.{f.name}:{f.lineno}" for f in ours[-3:])
                self._seen = " > ".join(places)


def _stock(lab: Any, work: Any) -> None:
    """Stores untrained networks wherever trained ones would be needed."""
    import numpy as np

    from dissociation.core.networks.network import (
        Network,
        initial_network,
        seed_key,
        weights_digest,
    )
    from dissociation.engine.records import History
    from dissociation.engine.tasks import TrainTask

    asked: list[tuple[Any, int]] = []
    original = TrainTask.__init__

    def noted(own: Any, library: Any, recipe: Any, seed: int) -> None:
        asked.append((recipe, seed))
        original(own, library, recipe, seed)

    TrainTask.__init__ = noted  # type: ignore[method-assign]
    with contextlib.suppress(InvalidValue):
        for watch in [part.watch(lab) for part in work.parts()[:1]]:
            watch.release()
    TrainTask.__init__ = original  # type: ignore[method-assign]
    while any(lab.jobs.counts().values()):
        time.sleep(0.01)
    for recipe, seed in dict.fromkeys(asked):
        made = initial_network(seed_key(seed), recipe.width)
        network = Network(*(np.array(weight) for weight in made))
        history = History().then(float(recipe.epochs), 0.0, 0.9, 1, 0.0)
        history = history.__class__(**{**vars(history), "weights": weights_digest(network)})
        lab.library.save_network(recipe, seed, network, history)


def _newcomer(lab: Any) -> float:
    """Seconds until a small network of its own recipe is trained and its curve is complete."""
    from dissociation.core.experiment import Experiment
    from dissociation.core.manipulations import Scale
    from dissociation.core.measures import ParameterNoise
    from dissociation.core.networks.training import Recipe

    recipe = Recipe(epochs=1, width=40, learning_rate=0.31)
    measure = ParameterNoise(images=200, points=3)
    begin = time.perf_counter()
    plans = [Experiment(measure, steps, recipe, seeds=1) for steps in ((), (Scale(5.0),))]
    watch = lab.watch_curves(plans)
    while not watch.status().finished and time.perf_counter() - begin < PATIENCE:
        watch.renew()
        time.sleep(0.02)
    return time.perf_counter() - begin


def one(request: Request, seconds: float, folder: Path) -> dict[str, Any]:
    """What a request does to a lab, and to a newcomer beside it."""
    from benchmarks.machine import peak_memory
    from dissociation.core.data.datasets import mnist_test, mnist_train
    from dissociation.engine.asker import Asker, asking_for
    from dissociation.engine.lab import Lab
    from dissociation.python.sources import read_source

    page = request.address.partition("?")[0]
    if page == "Inputs":
        from dissociation.core.networks.null_spaces import input_null_space

        begin = time.perf_counter()
        input_null_space("train" if "train" in request.address else "test")
        return {"longest": time.perf_counter() - begin, "what": "on the page", "newcomer": None}
    work = read_source(request.address).question
    if page == "Linear":
        lab, begin = Lab(folder), time.perf_counter()
        [part.results(part.watch(lab)) for part in work.parts()]
        return {"longest": time.perf_counter() - begin, "what": "on the page", "newcomer": None}
    lab = Lab(folder)
    # As after the first page of a lab.
    import equinox  # noqa: F401
    import jax  # noqa: F401
    import optax  # noqa: F401

    mnist_test(), mnist_train()
    if not request.trains:
        _stock(lab, work)
        lab = Lab(folder)
    alone = _newcomer(lab) if request.address == REQUESTS["Robustness"][0].address else None
    if alone is not None:
        lab = Lab(folder / "again")
    steps = Steps()
    steps.attach()
    try:
        # All of them are one visitor's.
        with asking_for(Asker("who asks for much", "a tab"), 0):
            watches = [part.watch(lab) for part in work.parts()[:1]]
    except InvalidValue as refused:
        return {"longest": 0.0, "what": f"refused: {refused}", "newcomer": None}
    newcomer: list[float] = []
    begin = time.perf_counter()
    guest = threading.Thread(target=lambda: newcomer.append(_newcomer(lab)), daemon=True)
    while (spent := time.perf_counter() - begin) < PATIENCE:
        done = all(watch.status().finished for watch in watches)
        for watch in watches:
            watch.renew()
        if guest.ident is None and (spent > COMES or done):
            guest.start()
        if newcomer and (spent > seconds or done):
            break
        time.sleep(0.05)
    begin = time.perf_counter()
    for watch in watches:
        watch.release()
    while any(lab.jobs.counts().values()) and time.perf_counter() - begin < PATIENCE:
        time.sleep(0.01)
    return {
        "longest": steps.longest,
        "what": steps.what,
        "computed": steps.computed,
        "in_the_middle": steps.in_the_middle,
        "spent": steps.spent,
        "newcomer": newcomer[0] if newcomer else None,
        "alone": alone,
        "left": time.perf_counter() - begin,
        "memory_mb": peak_memory(),
        "message": watches[0].status().message,
    }


def measured(request: Request, seconds: float) -> dict[str, Any]:
    """The same in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        given = [json.dumps(request), str(seconds), folder]
        command = [sys.executable, "-m", "benchmarks.longest_step", "--one", *given]
        run = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return {"address": request.address, **json.loads(run.stdout.splitlines()[-1])}


def _keep(path: Path, rows: list[dict[str, Any]]) -> None:
    """Puts rows in the place of those of the same addresses that are kept."""
    from benchmarks.kept import keep

    kept = json.loads(path.read_text()).get("longest step", {}) if path.exists() else {}
    known = {row["address"]: row for row in [*kept.get("rows", []), *rows]}
    keep(path, "longest step", {"rows": list(known.values())})


def main() -> None:
    """See the module."""
    if sys.argv[1:2] == ["--one"]:
        request, seconds, folder = Request(*json.loads(sys.argv[2])), *sys.argv[3:]
        print(json.dumps(one(request, float(seconds), Path(folder))), flush=True)
        # Nobody waits for what is still compiled.
        os._exit(0)
    parser = argparse.ArgumentParser(prog="python -m benchmarks.longest_step")
    parser.add_argument("kept", nargs="?", type=Path, help="a run to put the figures into")
    parser.add_argument("--page", choices=REQUESTS)
    parser.add_argument("--seconds", type=float, default=60.0)
    given = parser.parse_args()
    rows: list[dict[str, Any]] = []
    for page in [given.page] if given.page else REQUESTS:
        for request in REQUESTS[page]:
            row = measured(request, given.seconds)
            rows.append(row)
            beside = "–" if row["newcomer"] is None else f"{row['newcomer']:.1f} s"
            computed = row.get("computed", row["longest"])
            times = f"{row['longest']:6.2f} s {computed:6.2f} s"
            print(f"{times} {beside:>8}  {row['address']}", flush=True)
            print(f"{'':18}{request.reason}; {row['what']}", flush=True)
            if given.kept:
                _keep(given.kept, rows)


if __name__ == "__main__":
    main()
