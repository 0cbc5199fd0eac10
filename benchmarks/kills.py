"""`kill -9` at random moments of a store write, of training and of a curve; what is left is read.

`python -m benchmarks.kills FOLDER --writes 160 --trainings 20 --curves 20 --seed 0` prints one line
of JSON with a [`Toll`][] for each. Everything heavy is imported once; each victim is a fork of this
process, which itself never computes anything, so a restart costs little.
"""

from __future__ import annotations

import argparse
import dataclasses
import hashlib
import json
import os
import random
import select
import shutil
import signal
import time
import traceback
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dissociation.engine.store import LIMITS, Store

#: A value is short enough for the database, or gets a file of its own.
SIZES = (10, 10_000)
NAMES = 12
PATIENCE = 120.0


@dataclass
class Toll:
    """What kills have cost.

    - `kills`: how many; `checked`: entries found after a restart, and compared.
    - `broken`: entries that were neither what had been written nor absent.
    - `lost`: entries that were gone although the write had returned.
    - `different`: experiments that gave other numbers after the restart.
    """

    kills: int = 0
    checked: int = 0
    broken: int = 0
    lost: int = 0
    different: int = 0


def _forked(work: Callable[[int], None]) -> tuple[int, int]:
    """Runs work in a fork. **Returns:** its process, and where to read what it writes."""
    read, write = os.pipe()
    with warnings.catch_warnings():
        # JAX warns that it has threads; in this process it has none, as it computes nothing.
        warnings.simplefilter("ignore")
        child = os.fork()
    if child:
        os.close(write)
        return child, read
    try:
        os.close(read)
        work(write)
        os._exit(0)
    except BaseException:
        traceback.print_exc()
        os._exit(1)


def _lines(read: int, wanted: int) -> list[bytes]:
    """Waits for some lines. **Raises:** `RuntimeError` if they do not come."""
    found = b""
    while found.count(b"\n") < wanted:
        if not select.select([read], [], [], PATIENCE)[0]:
            raise RuntimeError("a victim has fallen silent")
        if not (more := os.read(read, 65536)):
            break
        found += more
    return found.splitlines()


def _rest(read: int) -> list[bytes]:
    found = b""
    while more := os.read(read, 65536):
        found += more
    os.close(read)
    return found.splitlines()


def _kill(child: int, read: int) -> list[bytes]:
    """Kills a victim. **Returns:** what it had still written."""
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    if not os.WIFSIGNALED(status):
        raise RuntimeError("the victim was dead before it was killed")
    return _rest(read)


# ---- writes


def content(name: str, version: int) -> bytes:
    """What a version of an entry holds; no two are alike."""
    unit = hashlib.sha256(f"{name} {version}".encode()).digest()
    return version.to_bytes(8, "big") + unit * SIZES[version % len(SIZES)]


def _write_for_ever(folder: Path, first: int, said: int) -> None:
    store, version = Store(folder), first
    while True:
        for compartment in LIMITS:
            name = f"entry-{version % NAMES}"
            store.put(compartment, name, content(compartment + name, version))
            os.write(said, f"{compartment} {name} {version}\n".encode())
        version += 1


def kill_writes(folder: Path, kills: int, rng: random.Random) -> Toll:
    """Kills a process that writes, again and again into one store, and reads it after each."""
    toll, first = Toll(), 0
    known: dict[tuple[str, str], int] = {}
    for _ in range(kills):
        child, read = _forked(lambda said, first=first: _write_for_ever(folder, first, said))
        said = _lines(read, 1)
        time.sleep(rng.uniform(0, 0.06))
        said += _kill(child, read)
        toll.kills += 1
        for line in said:
            compartment, name, version = line.decode().split()
            known[compartment, name] = int(version)
            first = int(version) + 1
        store = Store(folder)
        if store.status_message or list(folder.glob("*.damaged-*")):
            toll.broken += 1
        for (compartment, name), version in known.items():
            toll.checked += 1
            value = store.get(compartment, name)
            if value is None:
                toll.lost += 1
                continue
            found = int.from_bytes(value[:8], "big")
            # The write that was cut short may have been complete but for saying so.
            if found < version or value != content(compartment + name, found):
                toll.broken += 1
            known[compartment, name] = found
            first = max(first, found + 1)
        store.close()
    return toll


# ---- experiments


def _plans() -> list[Any]:
    from dissociation.core.experiment import Experiment
    from dissociation.core.manipulations import Scale
    from dissociation.core.measures import ParameterNoise
    from dissociation.core.networks.training import Recipe

    recipe = Recipe(epochs=2, batch=256, width=32)
    measure = ParameterNoise(images=4_000, points=12)
    return [Experiment(measure, steps, recipe, seeds=2) for steps in ((), (Scale(5.0),))]


def _stored(library: Any) -> dict[str, Any]:
    """Everything of the experiments that is in the store, as plain values."""
    from dissociation.core.curves import curve_studies

    found = {}
    for place, plan in enumerate(_plans()):
        for seed in range(plan.seeds):
            if (weights := library.weights(plan.recipe, seed)) is not None:
                found[f"network {seed}"] = weights
            (study,) = curve_studies(plan, [seed])
            if (measured := library.result(study)) is not None:
                found[f"curve {place} {seed}"] = measured.curve.errors.tolist()
    return found


def _experiment(folder: Path, said: int) -> None:
    """Trains and measures on a compute thread; tells each step and all that is stored by then."""
    from dissociation.engine.lab import Lab

    lab = Lab(folder)

    def say(what: str, value: Any) -> None:
        os.write(said, f"{json.dumps([what, value])}\n".encode())

    say("found", _stored(lab.library))
    plans = _plans()
    training = lab.watch_training(plans[0].recipe, plans[0].seeds)
    watch = lab.watch_curves(plans)
    told: list[Any] = []
    while not (status := watch.status()).finished:
        for one in (training, watch):
            one.renew()
        curves = [float(c.images.sum()) for c in watch.curves() if c is not None]
        epochs = [float(h.epochs[-1]) for h in training.histories() if h.epochs]
        # Curves of the first network are measured while the second one trains.
        trained = sum(epochs) >= plans[0].recipe.epochs * plans[0].seeds
        what, value = ("curve", curves) if trained else ("training", [*epochs, *curves])
        if [what, value] != told:
            told = [what, value]
            say("stored", list(_stored(lab.library)))
            say(*told)
        time.sleep(0.001)
    if status.state != "done":
        raise RuntimeError(status.message)
    say("complete", _stored(lab.library))
    os._exit(0)


def undisturbed(folder: Path) -> list[list[Any]]:
    """All that an experiment tells that nobody kills, or that is taken up again."""
    child, read = _forked(lambda said: _experiment(folder, said))
    told = [json.loads(line) for line in _rest(read)]
    _, status = os.waitpid(child, 0)
    if status or told[-1][0] != "complete":
        raise RuntimeError("an experiment that nobody killed did not end")
    return told


def _forget(folder: Path) -> None:
    # Programs that were compiled stay, so that victims are killed while they write those, too.
    for compartment in LIMITS:
        shutil.rmtree(folder / compartment, ignore_errors=True)


def kill_experiments(
    folder: Path, reference: list[list[Any]], phase: str, kills: int, rng: random.Random
) -> Toll:
    """Kills an experiment, each time in the middle of a phase: "training", or "curve".

    **Arguments:**

    - `reference`: what [`undisturbed`][] told.
    """
    toll, whole = Toll(), reference[-1][1]
    moments = [value for what, value in reference if what == phase and any(value)]
    for number in range(kills):
        _forget(folder)
        child, read = _forked(lambda said: _experiment(folder, said))
        told: list[list[Any]] = []
        # Spread over the whole phase, but for its last moment, after which it may be over.
        moment = int((number + rng.random()) / kills * (len(moments) - 1))
        while sum(what == phase for what, _ in told) <= moment:
            lines = _lines(read, 1)
            if not lines:
                raise RuntimeError("a victim ended before its time")
            told += map(json.loads, lines)
        time.sleep(rng.uniform(0, 0.02))
        told += map(json.loads, _kill(child, read))
        toll.kills += 1
        after = undisturbed(folder)
        found, complete = after[0][1], after[-1][1]
        promised = [value for what, value in told if what == "stored"][-1]
        toll.checked += len(found)
        toll.broken += sum(found[name] != whole[name] for name in found)
        toll.lost += sum(name not in found for name in promised)
        toll.different += complete != whole
    return toll


def main() -> None:
    """See the module."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.kills")
    parser.add_argument("folder", type=Path)
    for phase in ("writes", "trainings", "curves"):
        parser.add_argument(f"--{phase}", type=int, default=0)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    rng = random.Random(given.seed)
    tolls = {"writes": kill_writes(given.folder / "writes", given.writes, rng)}
    if given.trainings + given.curves:
        from dissociation.engine.settings import keep_compiled_programs

        folder = given.folder / "lab"
        # Read by JAX once, when it is imported, and that is here.
        keep_compiled_programs(folder)
        import equinox  # noqa: F401
        import jax  # noqa: F401
        import optax  # noqa: F401

        from dissociation.core.data.datasets import mnist_test, mnist_train

        mnist_test(), mnist_train()
        told = undisturbed(folder)
        tolls["trainings"] = kill_experiments(folder, told, "training", given.trainings, rng)
        tolls["curves"] = kill_experiments(folder, told, "curve", given.curves, rng)
    print(json.dumps({name: dataclasses.asdict(toll) for name, toll in tolls.items()}))


if __name__ == "__main__":
    main()
