"""What is too large is refused with something that fits, whatever it is."""

from __future__ import annotations

import dataclasses
import re

import pytest

from dissociation.core import manipulations as m
from dissociation.core.curves import curve_studies
from dissociation.core.experiment import Experiment
from dissociation.core.measures import InputNoise, ParameterNoise, Transfer
from dissociation.core.memory_limit import check_memory as check_memory_of
from dissociation.core.memory_need import need_of as need_of_studies
from dissociation.core.networks.training import Recipe
from dissociation.core.phantom.study import PhantomStudy
from dissociation.core.same_function import SameFunction, check_studies
from dissociation.core.similarity.comparison import Comparison, NetworkSpec
from dissociation.core.sizes import BASE, GIB, network_bytes, widths_after
from dissociation.core.theory.causes import NoiseDecomposition
from dissociation.core.validation import InvalidValue

LARGE = Recipe(width=4096)


@dataclasses.dataclass(frozen=True)
class Check:
    """The checks of an experiment's networks."""

    experiment: Experiment


def needed(asked):
    """What is there at one time of what is asked for."""
    if isinstance(asked, Recipe):
        return asked
    if isinstance(asked, Check):
        return SameFunction.held_together(check_studies(asked.experiment))
    if isinstance(asked, list):
        return tuple(dict.fromkeys(study for one in asked for study in curve_studies(one)))
    return (asked,)


def need_of(asked):
    return need_of_studies(needed(asked))


def check_memory(asked, limit):
    check_memory_of(needed(asked), limit)


def curves(measure, *chains, recipe=LARGE, seeds=2):
    return [Experiment(measure, chain, recipe, seeds=seeds) for chain in chains]


ASKED = {
    "parameter noise": curves(ParameterNoise(), (), (m.Duplicate(2.0),)),
    "many networks": curves(ParameterNoise(), (), recipe=Recipe(width=2048), seeds=20),
    "input noise": curves(InputNoise(), (), (m.Nuisance(4096.0),)),
    "transfer": curves(Transfer(), (), (m.Nuisance(2048.0),)),
    "notebook's probe": curves(Transfer(probe="notebook"), (m.Duplicate(2.0),)),
    "contrast": Comparison(
        NetworkSpec(LARGE), NetworkSpec(LARGE, 0, (m.Duplicate(2.0),)), images=10_000
    ),
    "phantom": PhantomStudy(m.Phantom(1.0), LARGE),
    "causes": NoiseDecomposition((m.Nuisance(4096.0),), LARGE),
    "training": Recipe(width=4096, batch=4096),
    "check": Check(Experiment(InputNoise(), (m.Nuisance(4096.0),), LARGE)),
}
FITS = re.compile(r"(strength of \w+|seeds|images|width|batch) of (?:at most )?([\d,.]+)")


def changed(asked, field, value):
    """What is asked for, with what a message says would fit; written anew, not by its levers."""
    if isinstance(asked, Check):
        return Check(changed([asked.experiment], field, value)[0])
    if isinstance(asked, list):
        return [_changed_one(experiment, field, value) for experiment in asked]
    if isinstance(asked, Comparison) and field != "images":
        sides = [_changed_one(side, field, value) for side in asked.sides]
        return dataclasses.replace(asked, first=sides[0], second=sides[1])
    return _changed_one(asked, field, value)


def _changed_one(one, field, value):
    if field.startswith("strength"):
        chain = tuple(
            dataclasses.replace(step, strength=min(step.strength, value))
            if field.endswith(step.name)
            else step
            for step in one.manipulations
        )
        return dataclasses.replace(one, manipulations=chain)
    if field == "images" and isinstance(one, Experiment):
        return dataclasses.replace(one, measure=dataclasses.replace(one.measure, images=value))
    if field == "width" and not isinstance(one, Recipe):
        return dataclasses.replace(one, recipe=dataclasses.replace(one.recipe, width=int(value)))
    return dataclasses.replace(one, **{field: int(value)})


@pytest.mark.parametrize("share", [0.9, 0.6, 0.35])
@pytest.mark.parametrize("name", ASKED)
def test_what_it_says_would_fit_does(name, share):
    asked = ASKED[name]
    limit = BASE + share * (need_of(asked) - BASE)
    with pytest.raises(InvalidValue) as caught:
        check_memory(asked, limit)
    message = str(caught.value)
    assert "GiB of memory" in message and f"may use {limit / GIB:.3g}" in message
    found = FITS.findall(message.split("this fits:")[1])
    assert found and caught.value.field == found[0][0]
    for field, value in found:
        asked = changed(asked, field, float(value.replace(",", "").rstrip(".")))
    check_memory(asked, limit)
    # Not much smaller than it must be: there is no joy in a lab that is too careful.
    assert need_of(asked) > BASE + 0.5 * (limit - BASE)


def test_what_fits_is_let_through():
    for asked in ASKED.values():
        check_memory(asked, need_of(asked))


def test_several_things_at_once_if_none_is_enough():
    wide = Comparison(NetworkSpec(LARGE), NetworkSpec(LARGE), images=10_000)
    limit = BASE + 0.55 * GIB
    with pytest.raises(
        InvalidValue, match=r"this fits: images of 500 and width of at most"
    ) as caught:
        check_memory(wide, limit)
    width = int(caught.value.args[0].rsplit(" ", 1)[1].rstrip(".").replace(",", ""))
    check_memory(changed(changed(wide, "images", 500), "width", width), limit)


def test_less_than_the_lab_itself_needs():
    with pytest.raises(InvalidValue, match="nothing like it fits"):
        check_memory(curves(InputNoise(), (m.Nuisance(512.0),)), BASE / 2)


def test_everything_that_is_usual_fits():
    # Half of a laptop of 4 GB.
    for measure in (InputNoise(), ParameterNoise(), Transfer(), Transfer(probe="notebook")):
        rewrites = [(kind(),) for kind in map(m.REGISTRY.get, m.REGISTRY)]
        usual = [chain for chain in rewrites if chain[0].name != "phantom"]
        check_memory(curves(measure, (), *usual[:4], recipe=Recipe()), 2 * GIB)
    check_memory(
        Comparison(NetworkSpec(), NetworkSpec(manipulations=(m.Duplicate(2.0),)), images=10_000),
        2 * GIB,
    )
    check_memory(PhantomStudy(m.Phantom(1.0)), 2 * GIB)
    check_memory(NoiseDecomposition((m.Duplicate(4.0),)), 2 * GIB)


def test_widths_and_weights():
    steps = (m.Duplicate(2.0), m.Nuisance(8.0, layer=1))
    assert widths_after(Recipe(width=64), steps) == (64 + 8 * steps[1].group, 128)
    assert network_bytes(2, 3) == 4 * (784 * 2 + 2 * 3 + 3 * 10)
