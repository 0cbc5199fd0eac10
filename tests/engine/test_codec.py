"""Any complete result is read back as it was; what is not as declared is a damaged entry."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest

from dissociation import Comparison, NetworkSpec, NoiseDecomposition, PhantomStudy
from dissociation.core.curves import NetworkCurve
from dissociation.core.manipulations import Nuisance, Phantom, Scale
from dissociation.core.measures import ParameterNoise, Transfer
from dissociation.core.networks.network import weights_digest
from dissociation.core.networks.normal_form import NormalForms
from dissociation.core.networks.training import Recipe
from dissociation.core.same_function import SameFunction
from dissociation.core.study import Result
from dissociation.core.theory.norms import NetworkNorms
from dissociation.core.theory.prediction import NetworkPrediction
from dissociation.engine.codec import decode, encode
from dissociation.engine.records import (
    History,
    pack_history,
    pack_network,
    unpack_history,
    unpack_network,
)
from dissociation.engine.store import DamagedEntry, pack, unpack

RECIPE = Recipe(epochs=1, batch=2_048, width=16)
SPEC = NetworkSpec(RECIPE, 0, (Nuisance(16.0),))
NOISE = ParameterNoise(images=200, points=3)
STUDIES = {
    "phantom": PhantomStudy(Phantom(1.0, 1, "activations"), RECIPE, noise="input_noise", draws=2),
    "causes": NoiseDecomposition((Scale(3.0),), RECIPE, images=260, draws=1),
    "comparison": Comparison(NetworkSpec(RECIPE), SPEC, images=500),
    "norms": NetworkNorms((Nuisance(16.0),), RECIPE),
    "curve": NetworkCurve(
        (Scale(2.0),), RECIPE, measure=ParameterNoise(images=200, points=3, draws=2)
    ),
    "transfer": NetworkCurve((), RECIPE, measure=Transfer(images=200, points=2)),
    "check": SameFunction((Nuisance(16.0),), RECIPE),
    "theory": NetworkPrediction(
        (Scale(2.0),), RECIPE, measure=ParameterNoise(images=200, points=3)
    ),
}


@pytest.fixture(scope="module")
def results(small_networks) -> dict[str, Result]:
    """Complete results, of an untrained network."""
    return {name: study.compute(small_networks[0]) for name, study in STUDIES.items()}


def same(first, second) -> bool:
    if isinstance(first, np.ndarray):
        return first.dtype == second.dtype and np.array_equal(first, second)
    if isinstance(first, tuple):
        return len(first) == len(second) and all(map(same, first, second))
    if dataclasses.is_dataclass(first):
        names = [field.name for field in dataclasses.fields(first)]
        return all(same(getattr(first, name), getattr(second, name)) for name in names)
    return first == second and type(first) is type(second)


@pytest.mark.parametrize("name", STUDIES)
def test_there_and_back(results, name):
    found = results[name]
    back, seconds = decode(encode(found, 2.5), STUDIES[name])
    assert seconds == 2.5
    assert type(back) is type(found) and same(found, back) and back.complete
    assert back.as_csv() == found.as_csv() and back.as_json() == found.as_json()
    assert back.as_text() == found.as_text()


@pytest.mark.parametrize("name", STUDIES)
def test_entries_of_other_kinds(results, small_networks, name):
    network = small_networks[0]
    history = History((0.0,), (2.3,), (0.9,), (10_000,), weights_digest(network), 1.0)
    for other in (pack_network(network), pack_history(history)):
        with pytest.raises(DamagedEntry):
            decode(other, STUDIES[name])
    raw = encode(results[name])
    with pytest.raises(DamagedEntry):
        unpack_network(raw, weights_digest(network))
    with pytest.raises(DamagedEntry):
        unpack_history(raw)
    for another, study in STUDIES.items():
        if type(study) is not type(STUDIES[name]):
            with pytest.raises(DamagedEntry):
                decode(encode(results[another]), STUDIES[name])


@pytest.mark.parametrize("name", STUDIES)
def test_every_field_and_every_array_is_needed(results, name):
    arrays, meta = unpack(encode(results[name]))
    for field in meta:
        less = {other: value for other, value in meta.items() if other != field}
        with pytest.raises(DamagedEntry):
            decode(pack(arrays, less), STUDIES[name])
    for array in arrays:
        less = {other: value for other, value in arrays.items() if other != array}
        with pytest.raises(DamagedEntry):
            decode(pack(less, meta), STUDIES[name])


@pytest.mark.parametrize("name", STUDIES)
def test_every_array_has_its_type_its_shape_and_only_numbers(results, name):
    arrays, meta = unpack(encode(results[name]))
    for array, values in arrays.items():
        bad = [values[None], values.astype(np.complex64), values[..., :-1]]
        if values.dtype.kind == "f":
            bad.append(np.where(np.arange(values.size).reshape(values.shape) == 0, np.nan, values))
        elif values.dtype != bool:
            bad.append(values.astype(float))
        for other in bad:
            if other.shape == values.shape == () or array.endswith(FREE):
                continue
            with pytest.raises(DamagedEntry):
                decode(pack({**arrays, array: other}, meta), STUDIES[name])


#: Pictures are of any size.
FREE = ("before.values", "after.values", "picture.values", ".activations")


def test_numbers_are_numbers(results):
    arrays, meta = unpack(encode(results["norms"]))
    norms = meta["norms"]
    for bad in ({"terms": [1, 2]}, {"weights": ["a", 1, 2]}, {"margin": "inf"}, {"products": 1}):
        with pytest.raises(DamagedEntry):
            decode(pack(arrays, {"norms": {**norms, **bad}}), STUDIES["norms"])


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("phantom", {"draws": 3}),
        ("phantom", {"draws": 1}),
        ("phantom", {"noise": "parameter_noise"}),
        ("causes", {"draws": 2}),
        ("causes", {"images": 261}),
        ("causes", {"images": 259}),
        ("comparison", {"images": 501}),
    ],
)
def test_of_another_study_it_is_damaged(results, name, change):
    with pytest.raises(DamagedEntry):
        decode(encode(results[name]), dataclasses.replace(STUDIES[name], **change))


def test_what_is_not_defined_is_stored_as_such(results):
    found, study = results["comparison"], STUDIES["comparison"]
    odd = dataclasses.replace(
        found,
        values={**found.values, "cka": math.nan},
        equals={**found.equals, "cka": math.nan},
        undefined={"cka": "why"},
        # Of another network altogether the forms may differ in size.
        normal_forms=NormalForms((1, 2), (3, 4), math.inf),
    )
    back = decode(encode(odd), study).result
    assert math.isnan(back.values["cka"]) and math.isnan(back.equals["cka"])
    assert back.undefined == {"cka": "why"} and back.normal_forms == odd.normal_forms
    with pytest.raises(ValueError, match="says why"):
        dataclasses.replace(odd, undefined={})
    arrays, meta = unpack(encode(odd))
    with pytest.raises(DamagedEntry):
        decode(pack(arrays, {**meta, "undefined": {}}), study)
