"""Moving a strength slider compiles nothing, but for the few sizes that widths are rounded to."""

from __future__ import annotations

import contextlib

import jax
import numpy as np
import pytest

from dissociation.core import manipulations as m
from dissociation.core.buckets import bucket
from dissociation.core.measures import InputNoise, ParameterNoise, Transfer
from dissociation.core.networks.function_checks import function_check

KEY = jax.random.PRNGKey(1)
EVENT = "/jax/core/compile/backend_compile_duration"
MEASURES = [
    InputNoise(images=100, points=2),
    ParameterNoise(images=100, points=2),
    ParameterNoise(images=100, points=2, mode="relative"),
    Transfer(images=100, points=1, probe="notebook"),
    Transfer(images=100, points=1),
]


@contextlib.contextmanager
def compilations():
    """Counts every program that XLA compiles, whoever asks for it."""
    found: list[str] = []

    def listen(event: str, duration: float, **details) -> None:
        if event == EVENT:
            found.append(str(details.get("fun_name", "")))

    jax.monitoring.register_event_duration_secs_listener(listen)
    try:
        yield found
    finally:
        jax.monitoring.unregister_event_duration_listener(listen)


def run(measure, network) -> None:
    for _ in measure.stream([[network]], keys=KEY[None], key=KEY):
        pass


def test_the_counter_counts():
    with compilations() as found:
        jax.jit(lambda x: x * 3.25)(1.0)
    assert len(found) == 1


@pytest.mark.parametrize("measure", MEASURES, ids=lambda m: f"{m.name}-{getattr(m, 'mode', '')}")
@pytest.mark.parametrize("cls", [m.Scale, m.Rescale, m.InputNull, m.Duplicate, m.Nuisance])
def test_fifty_strengths(cls, measure, reference_networks):
    network = reference_networks[0]
    declared = cls.strength_range
    strengths = np.geomspace(max(declared.low, 0.01), min(declared.high, 300), 50)
    steps = [cls(float(round(s) if declared.integer else s)) for s in strengths]
    steps = list(dict.fromkeys(steps))
    rewritten = [m.apply_all(network, (step,), key=KEY) for step in steps]
    run(measure, rewritten[0])
    with compilations() as found:
        for other in rewritten:
            run(measure, other)
    # A network may land in a new bucket by its neurons, or by the rows that are distinct.
    sizes = len({bucket(len(other.w2)) for other in rewritten})
    programs = len(set(found))
    assert len(found) <= programs * (sizes - 1) if sizes > 1 else not found, found


@pytest.mark.parametrize("cls", [m.Scale, m.Duplicate, m.Nuisance])
def test_rewrites_and_checks(cls, reference_networks):
    network = reference_networks[0]
    declared = cls.strength_range
    strengths = np.geomspace(max(declared.low, 0.01), min(declared.high, 300), 50)
    steps = dict.fromkeys(cls(float(round(s) if declared.integer else s)) for s in strengths)
    first, *others = steps
    function_check(network, m.apply_all(network, (first,), key=KEY), key=KEY)
    sizes = set()
    with compilations() as found:
        for step in others:
            rewritten = m.apply_all(network, (step,), key=KEY)
            sizes.add(bucket(len(rewritten.w2)))
            function_check(network, rewritten, key=KEY)
    assert len(found) <= len(set(found)) * len(sizes), found
