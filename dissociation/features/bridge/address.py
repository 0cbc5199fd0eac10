"""The table of the Bridge page, and its networks: every rewrite, and what the other pages show."""

from __future__ import annotations

from collections.abc import Iterator

from dissociation.address import parameters as p
from dissociation.address.chains import Chain
from dissociation.address.curve_pages import noise_measure
from dissociation.address.links import Link
from dissociation.address.one_network import NETWORK, TRAINING
from dissociation.address.parameter import CHOICE, Parameter
from dissociation.address.presets import PRESETS
from dissociation.address.sweep_page import SWEEP
from dissociation.address.table import PageTable, Values, page_table
from dissociation.core.experiment import Experiment
from dissociation.core.manipulations import REGISTRY, Permute
from dissociation.core.measures import Measure, ParameterNoise
from dissociation.core.similarity.comparison import NetworkSpec
from dissociation.core.theory.bridge import Candidate
from dissociation.core.theory.norms import PREDICTORS
from dissociation.features.map.address import ROBUSTNESS

STORED, ALL = "stored", "all"
ACROSS = Parameter(
    "across",
    "Across",
    CHOICE,
    "gain",
    "What is to tell how robust a network is.",
    choices={name: predictor.label for name, predictor in PREDICTORS.items()},
)
COMPUTE = Parameter(
    "compute",
    "Networks",
    CHOICE,
    STORED,
    "Those whose robustness is stored, from other pages; or every rewrite at its usual strengths, "
    "measured if it was not.",
    choices={STORED: "those stored", ALL: "all of them"},
)

BRIDGE: PageTable = page_table(
    "bridge",
    "Bridge",
    "pages/11_Bridge.py",
    (
        COMPUTE,
        ACROSS,
        # A permutation changes nothing but which weight gets which noise.
        p.show_parameter(REGISTRY, (name for name in REGISTRY if name != Permute.name)),
        NETWORK,
        *TRAINING,
    ),
    measures=True,
)


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
