"""Run an experiment without a server: train, manipulate, measure."""

from __future__ import annotations

from collections.abc import Iterator

from dissociation.core.experiment import Experiment, noise_key, rewritten
from dissociation.core.measures.base import Curve
from dissociation.core.networks.network import Network, seed_key
from dissociation.core.networks.training import trained
from dissociation.core.validation import InvalidValue


def manipulated(experiment: Experiment, networks: list[Network]) -> list[Network]:
    """The experiment's rewritten networks, one a seed, from its trained ones.

    **Raises:** `InvalidValue` if they are not one a seed, or their weights cannot be used.
    """
    if len(networks) != experiment.seeds:
        raise InvalidValue("networks", len(networks), f"give {experiment.seeds}, one a seed")
    return [
        rewritten(network, experiment.manipulations, seed, experiment.key)
        for seed, network in enumerate(networks)
    ]


def stream(experiment: Experiment, networks: list[Network] | None = None) -> Iterator[Curve]:
    """The experiment's curve, coarse to fine.

    **Arguments:**

    - `experiment`: what to run.
    - `networks`: its trained networks, one a seed; trained first if not given.

    **Raises:** `InvalidValue` if these are not one a seed, or their weights cannot be used.
    """
    if networks is None:
        networks = [trained(experiment.recipe, seed_key(seed)) for seed in range(experiment.seeds)]
    run = experiment.canonical()
    key = noise_key(run.key)
    keys = [seed_key(seed, key) for seed in range(run.seeds)]
    measure = run.measure
    for curves in measure.stream([manipulated(run, networks)], keys=keys, key=key):
        if curves is not None:
            yield Curve(measure.x, tuple(curves[0]), measure.total)


def run(experiment: Experiment, networks: list[Network] | None = None) -> Curve:
    """The complete curve of an experiment; see [`stream`][]."""
    return list(stream(experiment, networks))[-1]
