"""What a cluster costs on one machine, and what its units would cost on many.

`python -m benchmarks.cluster [results/reliability/DATE.json]`: the same curves by the lab alone and
through a scheduler with one worker on the same cores, in turns, in one run; then the costs of a
unit, and what follows from them for up to 16 machines. With a file, the figures are put into that
kept run; `python -m benchmarks.report` puts them into `docs/more-machines.md`.

Networks come from the lab's store (`DISSOCIATION_CACHE`); those that are missing are trained first.
"""

from __future__ import annotations

import dataclasses
import heapq
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import psutil

from benchmarks.cluster_processes import Processes
from benchmarks.kept import Others, keep
from dissociation.core.curves import curve_studies
from dissociation.core.experiment import Experiment
from dissociation.core.manipulations import Scale
from dissociation.core.measures import ParameterNoise
from dissociation.core.networks.training import QUICK
from dissociation.engine import jobs, records
from dissociation.engine.cluster import measuring, remote_batch
from dissociation.engine.cluster.remote_batch import Arrival, Unit
from dissociation.engine.lab import Lab
from dissociation.engine.library import Library
from dissociation.engine.settings import SCHEDULER_VARIABLE, cache_folder
from dissociation.engine.store import Store
from dissociation.engine.tasks import StudyTask, TrainTask

SEEDS, TURNS = 5, 3
#: What the page of robustness shows first, on five networks.
STEPS = ((), (Scale(),))
PLAN = Experiment(ParameterNoise(), seeds=SEEDS)
#: Compiles everything, and sends the networks.
WARM = Experiment(ParameterNoise(images=1_100), seeds=SEEDS)
EMPTY_UNITS = 300
MACHINES = (1, 2, 4, 8, 16)
#: Assumed of the network between machines: 1 Gbit/s.
BYTES_A_SECOND = 125e6


def nothing(raw: bytes) -> dict[str, Any]:
    """A unit that has nothing to do."""
    return {"seconds": 0.0, "results": [raw]}


def stock(folder: Path, source: Library) -> None:
    """Gives a lab's folder the trained networks."""
    store = Store(folder)
    library = Library(store)
    for seed in range(SEEDS):
        network, history = source.network(QUICK, seed), source.history(QUICK, seed)
        assert network is not None and history is not None
        library.save_network(QUICK, seed, network, history)
    store.close()


def curves(
    lab: Lab, plan: Experiment, key: int, helpers: Sequence[psutil.Process] = ()
) -> dict[str, float]:
    """Computes everything a page shows of the curves.

    **Returns:** seconds; processor time of this process, and of the helpers as well.
    """

    def help_used() -> float:
        return sum(sum(helper.cpu_times()[:2]) for helper in helpers)

    plans = [dataclasses.replace(plan, manipulations=steps, key=key) for steps in STEPS]
    begin, used, helped = time.perf_counter(), time.process_time(), help_used()
    watch = lab.watch_curves(plans)
    first = 0.0
    while not (status := watch.status()).finished:
        first = first or (time.perf_counter() - begin) * (status.progress > 0)
        watch.renew()
        time.sleep(0.05)
    assert status.state == "done" and not lab.status_message, (status, lab.status_message)
    found = {"seconds": time.perf_counter() - begin, "first": first}
    process = time.process_time() - used
    return {**found, "process": process, "all": process + help_used() - helped}


class Noted:
    """Notes the units of curves as they come."""

    def __init__(self) -> None:
        self.arrivals: list[Arrival] = []

    def __call__(self, *arguments: Any) -> Any:
        """See [`remote_batch.collect`][]."""
        for found in remote_batch.collect(*arguments):
            if isinstance(found, Arrival):
                self.arrivals.append(found)
            yield found

    def seconds(self) -> list[list[float]]:
        """`[part][seed]` seconds of the whole curves' units, the median of the turns."""
        parts = PLAN.measure.parts
        found: list[list[list[float]]] = [[[] for _ in range(SEEDS)] for _ in range(parts)]
        for arrival in self.arrivals:
            found[arrival.number % parts][arrival.number // parts].append(arrival.seconds)
        return [[statistics.median(own) for own in row] for row in found]


def seconds_of_an_empty_unit(lab: Lab) -> float:
    """How long scheduling, sending and collecting take when there is nothing to do in between."""

    def here() -> Any:
        raise AssertionError("an empty unit failed")
        yield

    def units(salt: str) -> list[Unit]:
        raw = b"0" * 2_000
        return [
            Unit(f"empty-{salt}-{n}", nothing, (raw,), lambda found: found, here)
            for n in range(EMPTY_UNITS)
        ]

    link = lab.executor._link  # type: ignore[attr-defined]
    times = []
    for turn in range(TURNS):
        begin = time.perf_counter()
        for found in remote_batch.collect(link, units(str(turn)), lambda: None):
            if not isinstance(found, Arrival):
                found.wait(1.0)  # type: ignore[union-attr]
        times.append((time.perf_counter() - begin) / EMPTY_UNITS)
    return statistics.median(times)


def bytes_of_a_unit(library: Library) -> int:
    """What travels for one unit, there and back, besides the network."""
    plans = tuple(dataclasses.replace(PLAN, manipulations=steps) for steps in STEPS)
    studies = [study for plan in plans for study in curve_studies(plan, [0])]
    unit = next(measuring._units(StudyTask(library, *studies), (PLAN.recipe, 0)))
    assert unit.pack is not None
    found = unit.work(*unit.arguments, unit.pack())
    return len(json.dumps(unit.arguments)) + sum(map(len, found["results"]))


def makespan(
    machines: int, seconds: Sequence[Sequence[float]], layout: float, sending: float, empty: float
) -> float:
    """Seconds until the last unit is back, if each machine takes the next unit when it is free.

    **Arguments:**

    - `seconds`: `[part][seed]` of the units; `layout`, `sending`: of a network a machine has not
        had yet, to lay it out and to receive it; `empty`: of the scheduler and lab a unit, which
        are one process each and do one thing at a time.
    """
    free = [(0.0, machine) for machine in range(machines)]
    has: list[set[int]] = [set() for _ in free]
    dispatched = end = 0.0
    for part in seconds:
        for seed, own in enumerate(part):
            start, machine = heapq.heappop(free)
            dispatched = max(dispatched + empty, start)
            cost = own + (0.0 if seed in has[machine] else layout + sending)
            has[machine].add(seed)
            end = max(end, dispatched + cost)
            heapq.heappush(free, (dispatched + cost, machine))
    return end


def cluster(say: Callable[[str], object]) -> dict[str, Any]:
    """Everything, as plain values."""
    source = Library(Store(cache_folder()))
    for seed in range(SEEDS):
        if source.weights(QUICK, seed) is None:
            say(f"training network {seed}")
            list(TrainTask(source, QUICK, seed).run())
    network = source.network(QUICK, 0)
    assert network is not None
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for lab in ("alone", "cluster"):
            stock(folder / lab, source)
        os.environ.pop(SCHEDULER_VARIABLE, None)
        # Workers have the usual priority; so that both are equal, the lab does not give way either.
        jobs.give_way = lambda: None  # type: ignore[assignment]
        alone = Lab(folder / "alone")
        processes = Processes(folder / "dask")
        try:
            processes.add_worker()
            os.environ[SCHEDULER_VARIABLE] = processes.address
            other = Lab(folder / "cluster")
            other.executor.require()
            turns: dict[str, list[dict[str, float]]] = {"alone": [], "cluster": []}
            labs = [("alone", alone), ("cluster", other)]
            running = (processes.scheduler, *processes.workers)
            helpers = [psutil.Process(one.pid) for one in running]
            others = Others(*helpers)
            for _, one in labs:
                say(f"warm after {curves(one, WARM, 0)['seconds']:.1f} s")
            measuring.collect = noted = Noted()  # type: ignore[attr-defined]
            for key in range(1, TURNS + 1):
                for label, one in labs:
                    turns[label].append(curves(one, PLAN, key, helpers))
                    say(f"{label}, turn {key}: {turns[label][-1]['seconds']:.1f} s")
                # Whoever came first comes second.
                labs.reverse()
            units = noted.seconds()
            empty, cores = seconds_of_an_empty_unit(other), others.cores()
            other.stop()
        finally:
            processes.stop()
            alone.stop()
    pairs = [*zip(turns["cluster"], turns["alone"], strict=True)]
    packed = len(records.pack_network(network))
    found = {
        "networks": SEEDS,
        "scale": f"{len(STEPS)} conditions, {SEEDS} networks, 40 σ, 10,000 images, checks included",
        "alone_s": statistics.median(one["seconds"] for one in turns["alone"]),
        "cluster_s": statistics.median(one["seconds"] for one in turns["cluster"]),
        "overhead": statistics.median(c["seconds"] / a["seconds"] - 1 for c, a in pairs),
        "overhead_processor": statistics.median(c["all"] / a["all"] - 1 for c, a in pairs),
        "first_alone_s": statistics.median(one["first"] for one in turns["alone"]),
        "first_cluster_s": statistics.median(one["first"] for one in turns["cluster"]),
        "lab_s": statistics.median(one["process"] for one in turns["cluster"]),
        "units": sum(map(len, units)),
        "unit_s": statistics.median(units[-1] + units[-2]),
        "empty_ms": 1e3 * empty,
        "weights_bytes": packed,
        "unit_bytes": bytes_of_a_unit(source),
        "parts_s": units,
        "others_cores": cores,
    }
    found["machines"] = many(found)
    return found


def many(found: dict[str, Any]) -> list[dict[str, float]]:
    """Expected seconds and speed-up by machines, for as many networks and for 4 times as many."""
    units = found["parts_s"]
    # What the first unit of a network takes longer than its arithmetic is laying it out.
    arithmetic = min(min(part) for part in units[:2])
    layout = max(0.0, statistics.median(units[0]) - arithmetic)
    bare = [[max(own - layout, 0.0) for own in units[0]], *units[1:]]
    sending = found["weights_bytes"] / BYTES_A_SECOND
    found["layout_s"] = layout
    rows = []
    for machines in MACHINES:
        row: dict[str, float] = {"machines": machines}
        for times in (1, 4):
            parts = [part * times for part in bare]
            empty = found["empty_ms"] / 1e3
            seconds = makespan(machines, parts, layout, sending, empty)
            single = makespan(1, parts, layout, 0.0, 0.0)
            row |= {f"seconds_{times}": seconds, f"speed_up_{times}": single / seconds}
        rows.append(row)
    return rows


def table(found: dict[str, Any]) -> str:
    """For a terminal."""
    lines = [
        found["scale"],
        f"alone {found['alone_s']:.1f} s, cluster {found['cluster_s']:.1f} s, "
        f"overhead {found['overhead']:+.1%} (goal: at most 15 %), "
        f"in processor time {found['overhead_processor']:+.1%}",
        f"first points: alone {found['first_alone_s']:.2f} s, "
        f"cluster {found['first_cluster_s']:.2f} s",
        f"{found['units']} units of {found['unit_s']:.2f} s; laying out a network "
        f"{found['layout_s']:.2f} s; an empty unit {found['empty_ms']:.1f} ms; "
        f"the lab's own process {found['lab_s']:.2f} s in all",
        f"a network {found['weights_bytes'] / 1e6:.1f} MB; a unit {found['unit_bytes']:,} bytes",
    ]
    for row in found["machines"]:
        lines.append(
            f"{row['machines']:2.0f} machines: {SEEDS} networks {row['seconds_1']:5.1f} s "
            f"({row['speed_up_1']:.1f}×), {4 * SEEDS} networks {row['seconds_4']:5.1f} s "
            f"({row['speed_up_4']:.1f}×)"
        )
    return "\n".join(lines)


def main() -> None:
    """See the module."""
    found = cluster(lambda line: print(line, flush=True))
    print(table(found))
    if len(sys.argv) > 1:
        keep(Path(sys.argv[1]), "cluster", found)


if __name__ == "__main__":
    main()
