"""How much memory experiments take, each in a process of its own, beside what the lab expects.

`python -m benchmarks.memory` prints a table; `"drawn 7"` as an argument is a case drawn at random
from that seed, which nothing was fitted to. Networks are not trained, and curves are measured on
the first two chunks of images: the largest memory is reached by then. Nothing is compiled before,
as on a machine that has just been set up: compiling takes up to 300 MB.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from dissociation.core import manipulations as m
from dissociation.core.curves import curve_studies
from dissociation.core.experiment import Experiment
from dissociation.core.measures import InputNoise, ParameterNoise, Transfer
from dissociation.core.memory_need import Asked
from dissociation.core.networks.training import Recipe
from dissociation.core.phantom.study import PhantomStudy
from dissociation.core.similarity.comparison import Comparison, NetworkSpec
from dissociation.core.study import Study
from dissociation.core.theory.causes import NoiseDecomposition

#: Images after which a curve has had its largest memory.
ENOUGH = 980


def _untrained(width: int) -> Recipe:
    return Recipe(epochs=0, width=width)


def _curves(measure: Any, width: int, seeds: int, *chains: tuple) -> list[Experiment]:
    return [Experiment(measure, chain, _untrained(width), seeds=seeds) for chain in chains]


PANEL = ((), (m.Scale(20.0),), (m.Duplicate(2.0),), (m.Nuisance(1024.0),), (m.InputNull(0.1),))
INPUT, PARAMETER = InputNoise(points=2), ParameterNoise(points=2)
CONVERGED = Transfer(points=1)
#: What is asked for: experiments that are measured together, a comparison, a study, or a training.
CASES: dict[str, Callable[[], Any]] = {
    "curves, tiny": lambda: _curves(PARAMETER, 16, 1, (), (m.Scale(5.0),)),
    "input noise, panel": lambda: _curves(INPUT, 1024, 2, *PANEL),
    "parameter noise, panel": lambda: _curves(PARAMETER, 1024, 2, *PANEL),
    "parameter noise, 8 networks": lambda: _curves(PARAMETER, 512, 8, *PANEL),
    "parameter noise, duplicated to 8,192": lambda: _curves(
        PARAMETER, 2048, 1, (), (m.Duplicate(4.0),)
    ),
    "parameter noise, relative, 2 draws": lambda: _curves(
        ParameterNoise(points=2, mode="relative", draws=2), 1024, 1, (), (m.Nuisance(1024.0),)
    ),
    "input noise, nuisance to 8,192": lambda: _curves(INPUT, 4096, 1, (), (m.Nuisance(4096.0),)),
    "transfer, converged": lambda: _curves(CONVERGED, 1024, 1, (), (m.Nuisance(1024.0),)),
    "transfer, converged, 4,096": lambda: _curves(
        Transfer(images=5_000, points=1), 2048, 1, (m.Nuisance(2048.0),)
    ),
    "transfer, notebook": lambda: _curves(
        Transfer(images=2_000, points=1, probe="notebook"), 1024, 2, (), (m.Nuisance(4096.0),)
    ),
    "contrast, 1,000 images": lambda: Comparison(
        NetworkSpec(_untrained(1024)), NetworkSpec(_untrained(1024), 0, (m.Duplicate(4.0),))
    ),
    "contrast, 10,000 images": lambda: Comparison(
        NetworkSpec(_untrained(1024)),
        NetworkSpec(_untrained(1024), 0, (m.Nuisance(1024.0),)),
        images=10_000,
    ),
    "contrast, 4,096 beside 8,192": lambda: Comparison(
        NetworkSpec(_untrained(4096)),
        NetworkSpec(_untrained(4096), 0, (m.Nuisance(4096.0),)),
        thorough=False,
    ),
    "phantom": lambda: PhantomStudy(m.Phantom(1.0), _untrained(1024), draws=1),
    "phantom, 4,096": lambda: PhantomStudy(m.Phantom(1.0), _untrained(4096), draws=1),
    "causes": lambda: NoiseDecomposition((m.Duplicate(4.0),), _untrained(1024), draws=1),
    "causes, 4,096": lambda: NoiseDecomposition((m.Nuisance(2048.0),), _untrained(4096), draws=1),
    "training, 1,024": lambda: Recipe(),
    "training, 4,096": lambda: Recipe(width=4096, batch=4096),
    "training, rotation": lambda: Recipe(width=512, batch=512, task="rotation"),
    "input noise, 3 networks, 1,536": lambda: _curves(
        INPUT, 1536, 3, (), (m.HiddenNull(0.1),), (m.InputNull(0.1),)
    ),
    "parameter noise, 5 networks, 768": lambda: _curves(
        PARAMETER, 768, 5, (), (m.Balance(1.0),), (m.Nuisance(256.0),)
    ),
    "parameter noise, relative, 2,048": lambda: _curves(
        ParameterNoise(points=2, mode="relative"), 2048, 2, (), (m.Duplicate(3.0),)
    ),
    "parameter noise, layer 1": lambda: _curves(
        PARAMETER, 1024, 2, (), (m.Nuisance(1024.0, layer=1),), (m.Scale(3.0, layer=1),)
    ),
    "transfer, converged, 3 conditions": lambda: _curves(
        Transfer(images=8_000, points=1), 512, 2, (), (m.Duplicate(3.0),), (m.Nuisance(512.0),)
    ),
    "transfer, notebook, 5,000": lambda: _curves(
        Transfer(images=5_000, points=1, probe="notebook"), 512, 1, (), (m.Nuisance(512.0),)
    ),
    "contrast, layer 1, 4,000 images": lambda: Comparison(
        NetworkSpec(_untrained(2048)), NetworkSpec(_untrained(2048), 1), layer=1, images=4_000
    ),
    "phantom, 2,048": lambda: PhantomStudy(m.Phantom(1.0), _untrained(2048), draws=1),
    "training, 2,048": lambda: Recipe(width=2048, batch=512),
    "input noise, 2,048": lambda: _curves(
        INPUT, 2048, 2, (), (m.InputNull(1.0),), (m.HiddenNull(1.0),), (m.Scale(2.0),)
    ),
    "parameter noise, 6 networks": lambda: _curves(
        PARAMETER, 640, 6, (), (m.Rescale(1.0),), (m.Nuisance(900.0),), (m.HiddenNull(0.3),)
    ),
    "parameter noise, 3,000": lambda: _curves(
        PARAMETER, 3000, 1, (), (m.Duplicate(1.5),), (m.Permute(1.0),)
    ),
    "parameter noise, 4 draws, relative": lambda: _curves(
        ParameterNoise(points=2, mode="relative", draws=4), 768, 1, (), (m.Duplicate(2.0),)
    ),
    "transfer, converged, 1,500": lambda: _curves(
        Transfer(images=6_000, points=1), 1500, 1, (), (m.HiddenNull(0.1),)
    ),
    "transfer, notebook, 2 conditions": lambda: _curves(
        Transfer(images=4_000, points=1, probe="notebook"), 900, 1, (), (m.Nuisance(700.0),)
    ),
    "contrast, 3,000 images": lambda: Comparison(
        NetworkSpec(_untrained(1500)),
        NetworkSpec(_untrained(1500), 0, (m.Duplicate(2.0),)),
        images=3_000,
    ),
    "contrast, two seeds, layer 1": lambda: Comparison(
        NetworkSpec(_untrained(512)),
        NetworkSpec(_untrained(512), 1),
        layer=1,
        images=10_000,
        thorough=False,
    ),
    "phantom, 3,000, images": lambda: PhantomStudy(
        m.Phantom(1.0), _untrained(3000), noise="input_noise", draws=1
    ),
    "training, 3,000": lambda: Recipe(width=3000, batch=1024),
}


def drawn(number: int) -> Any:
    """A case that is drawn at random: the constants of `memory_need.py` cannot know it."""
    rng = random.Random(number)
    width = rng.choice((256, 512, 768, 1024, 1536, 2048, 3072))
    layer = rng.choice((1, 2))
    rewrites = [
        m.Scale(3.0, layer),
        m.Rescale(1.0, layer),
        m.Duplicate(rng.uniform(1.1, 3.0), layer),
        m.Nuisance(float(rng.randrange(16, width)), layer),
        m.HiddenNull(0.1),
        m.InputNull(0.1, 1),
    ]
    some = rng.sample(rewrites, rng.choice((1, 2, 3)))
    kind = rng.choice(
        (
            "input",
            "parameter",
            "relative",
            "converged",
            "notebook",
            "contrast",
            "contrast",
            "phantom",
            "training",
        )
    )
    if kind == "contrast":
        first, second = (
            NetworkSpec(_untrained(width)),
            NetworkSpec(_untrained(width), 1, (some[0],)),
        )
        images = rng.choice((500, 1_000, 2_000, 5_000, 10_000))
        return Comparison(first, second, layer, images, thorough=rng.random() < 0.5)
    if kind == "phantom":
        noise = rng.choice(("input_noise", "parameter_noise"))
        return PhantomStudy(m.Phantom(1.0), _untrained(width), noise=noise, draws=1)
    if kind == "training":
        return Recipe(width=width, batch=rng.choice((64, 512, 2048)))
    images = rng.randrange(1_000, 6_000, 100)
    measures = {
        "input": INPUT,
        "parameter": PARAMETER,
        "relative": ParameterNoise(points=2, mode="relative", draws=rng.choice((1, 3))),
        "converged": Transfer(images=images, points=1),
        "notebook": Transfer(images=min(images, 3_000), points=1, probe="notebook"),
    }
    chains = ((), *((step,) for step in some))
    return _curves(measures[kind], width, rng.choice((1, 2, 4)), *chains)


def _asked(name: str) -> Any:
    return CASES[name]() if name in CASES else drawn(int(name.removeprefix("drawn ")))


def needed(asked: Any) -> Asked:
    """What is there at one time of what is asked for."""
    if isinstance(asked, Recipe):
        return asked
    if isinstance(asked, Study):
        return (asked,)
    return tuple(dict.fromkeys(study for one in asked for study in curve_studies(one)))


def _watch(lab: Any, asked: Any) -> Any:
    if isinstance(asked, Study):
        return lab.watch_studies([asked])
    if isinstance(asked, Recipe):
        return lab.watch_training(asked, 1)
    return lab.watch_curves(asked)


def _enough(watch: Any, asked: Any) -> bool:
    if isinstance(asked, Recipe):
        return len(watch.histories()[0].epochs) > 2
    if isinstance(asked, list) and not isinstance(asked[0].measure, Transfer):
        curve = watch.curves()[0]
        complete = curve is not None and len(curve.seeds) == asked[0].seeds
        checked = all(watch.checks()[n] for n, e in enumerate(asked) if e.manipulations)
        return complete and checked and int(curve.images.min()) >= ENOUGH
    return False


def measured(name: str, folder: Path) -> float:
    """Bytes that this process has had at most when it has done a case."""
    from benchmarks.machine import peak_memory
    from dissociation.engine.lab import Lab

    asked = _asked(name)
    lab = Lab(folder, start=False)
    watch = _watch(lab, asked)
    while not _enough(watch, asked) and lab.jobs.advance():
        watch.renew()
    return peak_memory() * 2**20


def compare(names: list[str], folder: Path) -> list[dict[str, Any]]:
    """For each case, what was expected and what was measured in a process of its own (bytes)."""
    from dissociation.core.memory_need import need_of

    rows = []
    env = {n: v for n, v in os.environ.items() if n != "JAX_COMPILATION_CACHE_DIR"}
    for name in names:
        own = tempfile.mkdtemp(dir=folder)
        command = [sys.executable, "-m", "benchmarks.memory", "--one", name, own]
        run = subprocess.run(command, env=env, capture_output=True, text=True, check=True)
        found = json.loads(run.stdout)
        rows.append({"case": name, "expected": need_of(needed(_asked(name))), "measured": found})
    return rows


def main() -> None:
    """See the module."""
    if sys.argv[1:2] == ["--one"]:
        print(measured(sys.argv[2], Path(sys.argv[3])))
        return
    with tempfile.TemporaryDirectory() as folder:
        for name in sys.argv[1:] or CASES:
            (row,) = compare([name], Path(folder))
            ratio = row["expected"] / row["measured"]
            sizes = f"{row['expected'] / 2**20:6,.0f} MB expected, {row['measured'] / 2**20:6,.0f}"
            print(f"{name:40} {sizes} measured, {ratio:.2f}", flush=True)


if __name__ == "__main__":
    main()
