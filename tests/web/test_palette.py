from __future__ import annotations

import itertools
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dissociation.address.names import condition_keys
from dissociation.address.table import Condition
from dissociation.core.experiment import Experiment
from dissociation.core.manipulations import REGISTRY, Permute, Scale, describe_all
from dissociation.core.measures import ParameterNoise
from dissociation.features.inputs import tiles
from dissociation.web.chart import palette

NAMES = (palette.TRAINED, palette.COMPOSED, *REGISTRY)
#: White, the dark theme of this Streamlit, and that of others.
BACKGROUNDS = ("#ffffff", "#171614", "#0e1117")


def luminance(color: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    shares = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first: str, second: str) -> float:
    """From 1 to 21 (WCAG 2.2)."""
    high, low = sorted((luminance(first), luminance(second)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_the_yardstick():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("name", NAMES)
def test_every_condition_has_a_look(name):
    color, dash, symbol = palette.looks(name)
    assert re.fullmatch("#[0-9A-F]{6}", color) and dash and symbol


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("background", BACKGROUNDS)
def test_contrast(name, background):
    assert contrast(palette.looks(name)[0], background) >= 3


@pytest.mark.parametrize("background", BACKGROUNDS)
def test_contrast_of_other_colours(background):
    signs = ["#" + bytes(color).hex() for color in (tiles.BELOW, tiles.ABOVE)]
    signs += [color for color, *_ in palette.SOURCES.values()]
    for color in (palette.LOSS_COLOR, palette.ERROR_COLOR, *signs):
        assert contrast(color, background) >= 3


@pytest.mark.parametrize("background", BACKGROUNDS)
def test_landmarks_are_told_by_their_symbols_too(background):
    assert all(contrast(color, background) >= 3 for color, _ in palette.LANDMARKS.values())
    symbols = [symbol for _, symbol in palette.LANDMARKS.values()]
    symbols += [palette.looks(name)[2] for name in REGISTRY]
    assert len(set(symbols)) == len(symbols)


@pytest.mark.parametrize("pair", list(itertools.combinations(NAMES, 2)), ids="-".join)
def test_no_two_look_alike(pair):
    first, second = map(palette.looks, pair)
    assert first[0] != second[0], "colour"
    assert first[1:] != second[1:], "dash and symbol together"


def test_an_unknown_one_has_none():
    with pytest.raises(KeyError):
        palette.looks("unknown")


def test_conditions():
    assert palette.condition_key([]) == palette.TRAINED
    assert describe_all([]) == "Trained"
    both = [Scale(20), Permute(1)]
    assert palette.condition_key(both) == "scale+permute"
    assert describe_all(both) == f"Scaled (α = 20), then {Permute(1).describe()}"
    assert palette.condition_style(both).color == palette.looks(palette.COMPOSED)[0]
    style = palette.condition_style([Scale(3)])
    assert (style.color, style.dash, style.symbol) == palette.looks("scale")
    assert style.key == "scale" and style.name == "Scaled (α = 3)"


def test_conditions_of_one_chart_are_told_apart():
    measure = ParameterNoise()
    chains = ((), (Scale(20),), (Scale(50),), (Scale(20), Permute(1)))
    conditions = [Condition(Experiment(measure, chain)) for chain in chains]
    conditions.append(Condition(Experiment(measure, (Scale(20),), key=5), "A", "Random key: 5"))
    styles = palette.condition_styles(conditions)
    keys = [style.key for style in styles]
    assert keys == ["trained", "scale", "scale#2", "scale+permute", "scale#3"]
    assert keys == condition_keys([condition.experiment for condition in conditions])
    assert styles[-1].name == "A: Scaled (α = 20) [Random key: 5]"
    assert styles[-1].color == styles[1].color and styles[-1].symbol == "square-open"
    assert styles[-1].dash != styles[1].dash


@given(st.integers(0, 19))
def test_seeds_of_a_training_chart(seed):
    style = palette.seed_style("Loss", palette.LOSS_COLOR, seed)
    assert style.name == f"Loss, network {seed + 1}" and style.key == f"Loss-{seed}"


def test_neighbouring_seeds_differ():
    styles = [palette.seed_style("Loss", "#0072B2", seed) for seed in range(20)]
    assert len({(style.dash, style.symbol) for style in styles}) == 20
