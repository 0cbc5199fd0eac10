"""One look a condition, the same on every chart: colour, dash and symbol.

The colours are those of Okabe and Ito (*Color universal design*, 2008) and, beyond their seven,
hues of equal weight that stay apart for red-green-blind eyes; no two conditions differ by colour
alone. All keep a contrast of 3 : 1 against white and against the dark theme's background.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from dissociation.address.names import TRAINED, condition_key, condition_keys, condition_names
from dissociation.address.table import Condition
from dissociation.core.manipulations import REGISTRY, Manipulation, describe_all
from dissociation.web.chart import TraceStyle

#: Several rewrites in sequence.
COMPOSED = "composed"
#: Besides those that manipulations declare.
_LOOKS = {
    TRAINED: ("#0072B2", "solid", "circle"),
    COMPOSED: ("#7F7F7F", "longdashdot", "pentagon"),
}
#: Networks to hold a map's rewrites against: colour and symbol.
LANDMARKS = {
    TRAINED: ("#0072B2", "circle-open-dot"),
    "others": ("#7F7F7F", "star-diamond"),
    "rotation": ("#D0344E", "hourglass"),
}
#: Families of solutions of linear networks, and what no solution is below.
LEAST = "least"
_FAMILIES = {
    "gls": ("#D55E00", "dash", "square"),
    "lss": ("#CC79A7", "dashdot", "triangle-up"),
    "mrns": ("#009E73", "dot", "diamond"),
    "mwns": ("#0072B2", "solid", "circle"),
    LEAST: ("#7F7F7F", "longdash", "x"),
}
#: Where noise of the logits comes from: the three weight matrices, and all of them together.
SOURCES = {
    "W1": ("#4477AA", "dash", "circle"),
    "W2": ("#228833", "dot", "diamond"),
    "W3": ("#BB4488", "dashdot", "square"),
    "together": ("#7F7F7F", "longdash", "x"),
}
SYMBOLS = ("circle", "square", "diamond", "triangle-up", "triangle-down", "cross", "x", "star")
_DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")
#: Ten digits: told by the digit itself, and by colours that stay apart in print and for all eyes.
DIGITS = (
    *("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#B58900"),
    *("#2C9BD3", "#7A8B00", "#8F63D2", "#A0522D", "#7F7F7F"),
)
LOSS_COLOR, ERROR_COLOR = "#0072B2", "#D55E00"


def looks(name: str = TRAINED) -> tuple[str, str, str]:
    """Colour, dash and symbol of a manipulation, or of the trained network."""
    return REGISTRY[name].look if name in REGISTRY else _LOOKS[name]


def family_looks(name: str) -> tuple[str, str, str]:
    """Colour, dash and symbol of a family of solutions of linear networks, or of [`LEAST`][]."""
    return _FAMILIES[name]


def condition_style(manipulations: Sequence[Manipulation]) -> TraceStyle:
    """How a condition looks: like its manipulation, like the trained network, or composed."""
    key = condition_key(manipulations)
    single = manipulations[-1].name if manipulations else TRAINED
    color, dash, symbol = looks(single if len(manipulations) < 2 else COMPOSED)
    name = describe_all(manipulations)
    short = manipulations[0].describe_strength() if len(manipulations) == 1 else ""
    return TraceStyle(key, name, color, dash, symbol, short)


def condition_styles(conditions: Sequence[Condition]) -> tuple[TraceStyle, ...]:
    """How the conditions of a chart look; a pinned one in its own colour, with open symbols."""
    keys = condition_keys([condition.experiment for condition in conditions])
    styles = []
    for key, name, condition in zip(keys, condition_names(conditions), conditions, strict=True):
        look = condition_style(condition.experiment.manipulations)
        if condition.mark:
            look = replace(look, dash="dot", symbol=f"{look.symbol}-open")
        styles.append(replace(look, key=key, name=name))
    return tuple(styles)


def seed_style(quantity: str, color: str, seed: int) -> TraceStyle:
    """How one seed of a training chart looks: one colour a quantity, one dash a seed."""
    name = f"{quantity}, network {seed + 1}"
    dash, symbol = _DASHES[seed % len(_DASHES)], SYMBOLS[seed % len(SYMBOLS)]
    return TraceStyle(f"{quantity}-{seed}", name, color, dash, symbol)
