"""The networks of the Bridge page: every rewrite, and what the other pages show."""

from __future__ import annotations

from collections.abc import Iterator

from dissociation.address import parameters as p
from dissociation.address.chains import Chain
from dissociation.address.curve_pages import noise_measure
from dissociation.address.links import Link
from dissociation.address.map_page import ROBUSTNESS
from dissociation.address.presets import PRESETS
from dissociation.address.sweep_page import SWEEP
from dissociation.address.table import Values
from dissociation.core.experiment import Experiment
from dissociation.core.manipulations import REGISTRY
from dissociation.core.measures import Measure, ParameterNoise
from dissociation.core.similarity.comparison import NetworkSpec
from dissociation.core.theory.bridge import Candidate


def _usual() -> Iterator[tuple[Chain, bool]]:
    """Every rewrite at its usual strengths, in its usual layer (`True`) and in others."""
    for cls in REGISTRY.values():
        usual = cls().layer  # type: ignore[call-arg]
        for layer in (usual, *(layer for layer in cls.layers if layer != usual)):
            for strength in cls.strength_range.sweep:
                yield (cls(strength, layer),), layer == usual


def _shown_elsewhere() -> Iterator[tuple[Chain, Measure]]:
    """What the named experiments, and the pages as they come up, measure under parameter noise."""
    links = [Link.of("robustness"), *(preset.link for preset in PRESETS.values())]
    for link in links:
        if link.table.conditions is not None:
            for condition in link.table.conditions(link.values):
                yield condition.experiment.manipulations, condition.experiment.measure


def candidates_of(values: Values) -> list[Candidate]:
    """The networks that a page's values ask for, the trained one first, rewrite by rewrite.

    **Raises:** `InvalidValue`.
    """
    recipe, key, seed = p.recipe_of(values), values["key"], values["network"] - 1
    usual = [ROBUSTNESS[ParameterNoise.name], noise_measure(SWEEP.defaults)]
    chains: dict[Chain, list[Measure]] = {(): list(usual)}
    wanted: dict[Chain, bool] = {(): True}
    for chain, own in _usual():
        chains[chain] = list(usual)
        wanted[chain] = own
    for chain, measure in _shown_elsewhere():
        plain = isinstance(measure, ParameterNoise) and measure.mode == "absolute"
        if plain and measure.layers == "123":  # type: ignore[attr-defined]
            known = chains.setdefault(chain, list(usual))
            if measure not in known:
                known.append(measure)
    order = list(REGISTRY)

    def place(chain: Chain) -> tuple[int, int]:
        return len(chain), order.index(chain[0].name) if chain else 0

    return [
        Candidate(
            NetworkSpec(recipe, seed, chain),
            tuple(Experiment(m, chain, recipe, seed + 1, key) for m in chains[chain]),
            wanted.get(chain, False),
        )
        for chain in sorted(chains, key=place)
        if all(step.name in values["show"] for step in chain)
    ]
