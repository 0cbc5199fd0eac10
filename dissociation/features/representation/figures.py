"""The figure of the Representation page, and the traces that it draws."""

from __future__ import annotations

from typing import Any

from dissociation.address.links import Link
from dissociation.address.names import side_name
from dissociation.core.data.datasets import mnist_test
from dissociation.core.data.sample import stratified_order
from dissociation.core.similarity.comparison import Comparison, ComparisonResult
from dissociation.core.similarity.pictures import EMBEDDED
from dissociation.web import chart as lc
from dissociation.web.chart.matrices import bitmap
from dissociation.web.chart.numbers import plain_numbers
from dissociation.web.chart.palette import condition_style
from dissociation.web.shell.answers import Chart

#: Keys of the traces of a comparison's two sides.
SIDES = ("first", "second")


def traces(comparison: Comparison, found: ComparisonResult | None) -> list[dict[str, Any]]:
    """One trace a side: its embedding as x and y, its matrices as bytes."""
    if found is None or found.pictures is None:
        return []
    labels = mnist_test().labels[stratified_order()[:EMBEDDED]]
    return [
        {
            "key": key,
            "x": plain_numbers(picture.embedding[:, 0]),
            "y": plain_numbers(picture.embedding[:, 1]),
            "digits": labels.tolist(),
            "detail": "",
            "dissimilarity": bitmap(picture.dissimilarity),
            "largest_distance": picture.largest_distance,
            "activations": bitmap(picture.activations),
            "largest_activation": picture.largest_activation,
        }
        for key, picture in zip(SIDES, found.pictures, strict=True)
    ]


def representation_words(comparison: Comparison) -> str:
    """The pictures of a comparison in words."""
    names = " and ".join(map(side_name, comparison.sides))
    return f"Dissimilarity matrices, activations and embeddings of {names}"


def representation_figure(comparison: Comparison, scale: float = 1.0) -> lc.FigureSpec:
    """The figure of a comparison, without its pictures."""
    styles = []
    for letter, key, side in zip("AB", SIDES, comparison.sides, strict=True):
        look = condition_style(side.manipulations)
        name = f"{letter}: {side_name(side)}"
        styles.append(lc.TraceStyle(key, name, look.color, look.dash, look.symbol))
    unused = lc.Axis("", 0, 1)
    return lc.FigureSpec(
        x=unused,
        y=unused,
        traces=tuple(styles),
        filename="dissociation-representation",
        revision=f"layer{comparison.layer}",
        scale=scale,
        kind="representation",
    )


def chart(link: Link, found: ComparisonResult) -> Chart:
    """Both sides: matrices, activations and embeddings."""
    study = found.study
    return Chart((representation_figure(study),), traces(study, found), representation_words(study))
