"""What comparisons found as CSV and JSON: one row a measure, or one row a network."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
import math

import pytest

from dissociation.core.manipulations import Duplicate, Scale
from dissociation.core.networks.normal_form import NormalForms
from dissociation.core.networks.training import QUICK
from dissociation.core.similarity import SIMILARITIES, Baseline
from dissociation.core.similarity.comparison import (
    Comparison,
    ComparisonResult,
    NetworkSpec,
    contrast_from_json,
)
from dissociation.features.map.answer import ComparisonsAnswer

NUMBERS = {name: 0.1 + 0.01 * place for place, name in enumerate(SIMILARITIES)}
SECOND = NetworkSpec(QUICK, 2, (Scale(20.0, layer=1), Duplicate(1.5)))
PAIR = Comparison(NetworkSpec(), SECOND)
POINTS = [
    Comparison(NetworkSpec(), side, 1, thorough=False) for side in (SECOND, NetworkSpec(QUICK, 1))
]
FOUND = ComparisonResult(
    PAIR,
    {**NUMBERS, "cka": math.nan},
    {name: 1_000 + place for place, name in enumerate(SIMILARITIES)},
    {name: Baseline(value, value - 1, value + 1) for name, value in NUMBERS.items()},
    None,
    (1_024, 2_048),
    NormalForms((1, 2), (3, 4), math.inf),
    {name: value + 0.5 for name, value in NUMBERS.items()},
    {"cka": "A's activations are all 0"},
)
FOUNDS = [dataclasses.replace(FOUND, study=comparison) for comparison in POINTS]


def rows(text: str) -> list[dict[str, str]]:
    assert "\r" not in text
    return list(csv.DictReader(io.StringIO(text)))


def test_a_pair_has_a_row_a_measure():
    found = {row["measure"]: row for row in rows(FOUND.as_csv())}
    assert list(found) == list(SIMILARITIES)
    for name, measure in SIMILARITIES.items():
        row = found[name]
        assert float(row["if_equal"]) == FOUND.equals[name] and row["unit"] == measure.unit
        assert (row["label"], row["compares"]) == (measure.label, measure.compares)
        assert row["does_not_see"].split() == list(measure.invariant_to)
        assert int(row["images"]) == FOUND.images[name]
        chance = [float(row[f"unrelated_{part}"]) for part in ("mean", "low", "high")]
        assert chance == list(FOUND.baselines[name])
        if name != "cka":
            assert float(row["value"]) == NUMBERS[name]
    assert found["cka"]["value"] == ""
    assert {name: row["undefined"] for name, row in found.items() if row["undefined"]} == {
        "cka": "A's activations are all 0"
    }


def test_a_map_has_a_row_a_network():
    first, second = rows(ComparisonsAnswer(FOUNDS).csv())
    assert first["name"] == "Scaled (α = 20), then Duplicated (m = 1.5), network 3"
    assert (first["rewrite"], first["strength"]) == ("scale+duplicate", "20+1.5")
    assert (first["network"], first["layer"]) == ("3", "1")
    assert (second["rewrite"], second["strength"], second["network"]) == ("trained", "", "2")
    assert first["cka"] == "" and float(first["procrustes"]) == NUMBERS["procrustes"]
    assert set(SIMILARITIES) < set(first)
    # A map of a single point is a map.
    assert len(rows(ComparisonsAnswer(FOUNDS[:1]).csv())) == 1


def test_json_has_everything_but_the_pictures():
    text = ComparisonsAnswer([FOUND, *FOUNDS]).json(address="/Map")
    assert "NaN" not in text and "Infinity" not in text
    values = json.loads(text)
    assert values["schema"] == 1 and values["address"] == "/Map"
    for entry, comparison in zip(values["contrasts"], [PAIR, *POINTS], strict=True):
        assert contrast_from_json(entry["contrast"]) == comparison
        assert entry["values"] == {**NUMBERS, "cka": None}
        assert entry["images"] == FOUND.images and entry["widths"] == [1_024, 2_048]
        assert entry["unrelated"]["rsa_euclidean_pearson"] == pytest.approx(
            FOUND.baselines["rsa_euclidean_pearson"]._asdict()
        )
        forms = {"first": [1, 2], "second": [3, 4], "residual": None}
        assert entry["normal_forms"] == forms
