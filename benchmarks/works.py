"""What is compared: each work done directly and our way, on equal terms.

A work gives the same numbers both ways; their largest difference is part of the report. Its
arithmetic is what cannot be avoided, in floating-point operations: the products of a full batch of
images with the distinct rows of weights and noise, each once.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks import direct
from dissociation.core import manipulations as m
from dissociation.core.data.datasets import mnist_test
from dissociation.core.experiment import noise_key
from dissociation.core.measures import InputNoise, Measure, ParameterNoise, Transfer
from dissociation.core.measures.input_noise import image_noise
from dissociation.core.networks.network import Network, initial_network, seed_key
from dissociation.core.networks.null_spaces import null_space
from dissociation.core.networks.training import PAPER, Recipe, train, trained

PIXELS, OUTPUTS = 784, 10
WIDTH, SEEDS = 1024, 2
#: Epochs of the paper recipe that are timed, of its thirty: all are alike.
EPOCHS = 2
NOISE_STEPS = (None, m.Scale(20.0), m.Duplicate(2.0), m.Nuisance(1024.0))
TRANSFER_STEPS = (None, m.Scale(20.0), m.Duplicate(1.2), m.Nuisance(128.0))
SWEEP = tuple(m.Scale(float(alpha)) for alpha in np.geomspace(0.1, 20.0, 10))


@dataclass(frozen=True)
class Work:
    """One comparison.

    - `name`, `label`: for files and for people; `scale`: what exactly was timed.
    - `prepare`: makes everything both ways need, outside the clock.
    - `direct`, `ours`: from what was prepared to comparable numbers; `warm` compiles what they use.
    - `arithmetic`: operations that cannot be avoided, 0 if products are not what takes time.
    - `numbers`: from a result to what is compared, outside the clock.
    - `aim`: ratio to reach, and share of the peak.
    - `unit`: of the differences; `by_condition`: they are told for each condition.
    """

    name: str
    label: str
    scale: str
    prepare: Callable[[], Any]
    direct: Callable[[Any], Any] | None
    ours: Callable[[Any], Any]
    warm_direct: Callable[[Any], object] | None = None
    warm_ours: Callable[[Any], object] | None = None
    arithmetic: float = 0.0
    aim: tuple[float, float] = (0.0, 0.0)
    unit: str = "predictions"
    by_condition: bool = False
    numbers: Callable[[Any], np.ndarray] = np.asarray


@functools.cache
def networks(width: int, seeds: int, *, epochs: int = 0) -> tuple[Network, ...]:
    """Initial networks, or such as were trained for an epoch."""
    if epochs == 0:
        made = [initial_network(seed_key(s), width) for s in range(seeds)]
        return tuple(Network(*map(np.asarray, network)) for network in made)
    return tuple(trained(Recipe(epochs=epochs, width=width), seed_key(s)) for s in range(seeds))


def _keys(seeds: int) -> list[Any]:
    return [seed_key(seed, noise_key(0)) for seed in range(seeds)]


def conditions(steps: Sequence[m.Manipulation | None], trained: Sequence[Network]) -> list:
    """`[condition][seed]` networks."""
    keys = _keys(len(trained))
    return [
        [
            m.apply_all(network, () if step is None else (step,), key=key)
            for network, key in zip(trained, keys, strict=True)
        ]
        for step in steps
    ]


def curves(measure: Measure, rows: Sequence[Sequence[Network]]) -> np.ndarray:
    """`(conditions, seeds, S)` wrong predictions at the end of our stream."""
    last = None
    for found in measure.stream(rows, keys=_keys(len(rows[0])), key=noise_key(0)):
        last = found or last
    return np.array([[seed.errors[0] for seed in row] for row in last])


def input_noise(
    width: int, seeds: int, images: int, points: int, steps=NOISE_STEPS, *, trained: int = 0
) -> Work:
    """The notebook's input-noise panel, or a smaller one.

    Rewrites that are exact on all inputs are answered from the trained networks' curve, as the lab
    does; the direct way measures them all.
    """
    measure = InputNoise(images, points=points)
    steps = (steps[0], m.InputNull(0.1), *steps[1:])

    def prepare():
        own = networks(width, seeds, epochs=trained)
        image_noise(noise_key(0))
        return conditions(steps, own)

    def ours(rows):
        # The first two see different functions; the others are the first by construction.
        found = curves(measure, rows[:2])
        return np.stack([found[0], found[1], *[found[0]] * (len(rows) - 2)])

    def direct_way(rows):
        return direct.noise_curves(rows, measure.x, images, noise=image_noise(noise_key(0)))

    first_layer, layer = 2 * 2 * PIXELS * width, 2 * width * (width + OUTPUTS)
    return Work(
        "input_noise",
        "input-noise panel",
        f"{len(steps)} conditions, {seeds} networks, {points} σ, {images:,} images",
        prepare,
        direct_way,
        ours,
        lambda rows: (
            [
                direct.noise_curves([row[:1]], measure.x, images, noise=image_noise(noise_key(0)))
                for row in rows
            ]
            if points <= 16
            else None
        ),
        lambda rows: curves(InputNoise(min(images, 980), points=points), rows[:2]),
        2.0 * seeds * images * (first_layer + (points + 1) * layer),
        (5.0, 0.75),
    )


def _rows_of_panel(steps, width: int) -> int:
    """Distinct rows of second-layer weights and noise."""
    if all(step is None or isinstance(step, m.Scale) for step in steps):
        return 2 * width if len(steps) > 1 else width
    return 4 * width


def parameter_noise(
    width: int, seeds: int, images: int, points: int, steps=NOISE_STEPS, *, trained: int = 0
) -> Work:
    """The notebook's parameter-noise panel, or another."""
    measure = ParameterNoise(images, points=points)
    first_layer = 2 * 2 * PIXELS * width
    layer = 2 * width * _rows_of_panel(steps, width)
    readout = sum(2 * OUTPUTS * (width if step is None else step.widened(width)) for step in steps)
    sweep = steps == SWEEP
    return Work(
        "scale_sweep" if sweep else "parameter_noise",
        f"scale sweep of {len(steps)} strengths" if sweep else "parameter-noise panel",
        f"{len(steps)} conditions, {seeds} network{'s' * (seeds > 1)}, {points} σ, "
        f"{images:,} images",
        lambda: conditions(steps, networks(width, seeds, epochs=trained)),
        lambda rows: direct.noise_curves(rows, measure.x, images, keys=_keys(seeds)),
        lambda rows: curves(measure, rows),
        None,
        lambda rows: curves(ParameterNoise(min(images, 980), points=points), rows),
        float(seeds * images * (first_layer + (points + 1) * (layer + readout))),
        (8.0, 0.0) if sweep else (3.0, 0.80),
    )


def transfer(
    width: int,
    seeds: int,
    images: int,
    points: int,
    steps=TRANSFER_STEPS,
    *,
    trained: int = 0,
    with_direct: bool = True,
) -> Work:
    """The notebook's transfer panel, or a part of it."""
    measure = Transfer(images, points=points, probe="notebook", split="notebook")
    budgets = [int(budget) for budget in measure.total]
    probe = 2 * 2 * 40 * 200 * sum(budgets)
    widths = sum(width + 128 * isinstance(step, m.Nuisance) for step in steps)
    features = 2 * (PIXELS * width + width * (width + 128)) * sum(budgets)
    listed = ", ".join(f"{b:,}" for b in budgets) if points <= 3 else f"{points} up to {images:,}"
    return Work(
        "transfer" if with_direct else "transfer_whole",
        "transfer, notebook's probe" if with_direct else "transfer, notebook's probe, whole panel",
        f"{len(steps)} condition{'s' * (len(steps) > 1)}, {seeds} network{'s' * (seeds > 1)}, "
        f"budgets {listed}",
        lambda: conditions(steps, networks(width, seeds, epochs=trained)),
        (lambda rows: direct.transfer_curves(rows, measure.build_task(), budgets))
        if with_direct
        else None,
        lambda rows: curves(measure, rows),
        lambda rows: direct.transfer_curves(
            [[own[0]] for own in {len(row[0].w2): row for row in rows}.values()],
            measure.build_task(),
            budgets,
        ),
        lambda rows: (
            curves(Transfer(images, points=points, probe="notebook", split="notebook"), rows)
            if points <= 3
            else None
        ),
        float(seeds * (probe * widths + features)),
        (20.0, 0.60) if with_direct else (0.0, 0.60),
        by_condition=True,
    )


def training(seeds: int = SEEDS) -> Work:
    """The paper recipe's first epoch or so, tests included."""
    keys = [seed_key(seed) for seed in range(seeds)]

    def ours(_):
        found = []
        for key in keys:
            for state in train(PAPER, key):
                if state.epoch >= EPOCHS:
                    found.append([np.asarray(weight) for weight in state.network])
                    break
        return [Network(*weights) for weights in found]

    images = 60_000 // PAPER.batch * PAPER.batch
    width = PAPER.width
    weights = 2 * PIXELS * width + 3 * width * width + 3 * OUTPUTS * width
    forward = PIXELS * width + width * width + OUTPUTS * width
    return Work(
        "training",
        "training, paper recipe",
        f"{seeds} networks, {EPOCHS} of {PAPER.epochs} epochs, tests included",
        lambda: None,
        lambda _: direct.train(PAPER, keys, EPOCHS),
        ours,
        None,
        lambda _: list(itertools.islice(train(PAPER, keys[0]), 2)),
        2.0 * seeds * EPOCHS * (images * weights + 10_000 * forward),
        (5.0, 0.80),
        numbers=_errors,
    )


def _errors(trained: Sequence[Network]) -> np.ndarray:
    from dissociation.core.networks.network import logits

    test = mnist_test()
    return np.array([np.sum(logits(n, test.images).argmax(1) != test.labels) for n in trained])


def null(images: int = 10_000) -> Work:
    """Rank and null space of test images."""

    def ours(data):
        basis = null_space(data).basis
        return basis.T @ basis

    return Work(
        "null_space",
        "null space of the test images",
        f"{images:,} × {PIXELS}, full decomposition",
        lambda: mnist_test().images[:images],
        direct.null_space,
        ours,
        aim=(12.0, 0.0),
        unit="projector entries",
    )


def notebook() -> list[Work]:
    """The comparisons at the notebook's size."""
    return [
        input_noise(WIDTH, SEEDS, 10_000, 40, trained=1),
        parameter_noise(WIDTH, SEEDS, 10_000, 40, trained=1),
        parameter_noise(WIDTH, 1, 10_000, 40, SWEEP, trained=1),
        transfer(WIDTH, 1, 10_000, 2, trained=1),
        transfer(WIDTH, SEEDS, 10_000, 20, trained=1, with_direct=False),
        training(),
        null(),
    ]
