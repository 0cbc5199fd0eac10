"""What the named experiments promise is true of what they come to.

The whole of them takes an hour of computing, so `python -m benchmarks.presets` keeps its figures;
what costs little, and what must hold at any width, is computed here.
"""

from __future__ import annotations

import json

import pytest

from benchmarks.preset_claims import CLAIMS
from benchmarks.presets import KEPT, figures_of, measured
from dissociation.address.links import Link
from dissociation.address.presets import PRESETS
from dissociation.engine.lab import Lab

FIGURES = {name: kept["figures"] for name, kept in json.loads(KEPT.read_text()).items()}
LINEAR = [name for name, known in PRESETS.items() if known.link.table.name == "linear"]
EXACT = {name: [c for c in claims if c.exact] for name, claims in CLAIMS.items()}
#: Small networks, on few images.
SMALL = {"recipe": "custom", "width": 16, "epochs": 1, "batch": 2048, "seeds": 1}
FEW = {"images": 200, "points": 4}


def test_every_sentence_claims_something():
    for name, preset in PRESETS.items():
        assert CLAIMS[name] and all(claim.words in preset.expect for claim in CLAIMS[name])


@pytest.mark.parametrize("name", FIGURES)
def test_every_claim_is_true_of_what_was_measured(name):
    for claim in CLAIMS[name]:
        assert claim.holds(FIGURES[name]), claim.words


@pytest.mark.parametrize("name", LINEAR)
def test_the_linear_ones_as_they_are(name):
    link = PRESETS[name].link
    figures = figures_of(link, [link.table.study(link.values).compute()])
    assert all(claim.holds(figures) for claim in CLAIMS[name])


def test_what_holds_at_any_width(tmp_path):
    lab = Lab(tmp_path)
    try:
        for name in (name for name, claims in EXACT.items() if claims):
            link = PRESETS[name].link
            small = {**SMALL, **(FEW if link.table.conditions else {})}
            own = {key: value for key, value in small.items() if key in link.values}
            figures = measured(lab, name, Link(link.table, {**link.values, **own}))
            for claim in EXACT[name]:
                assert claim.holds(figures), f"{name}: {claim.words}"
    finally:
        lab.stop()
