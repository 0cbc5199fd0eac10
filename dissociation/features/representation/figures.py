"""The figure of the Representation page, and the traces that it draws."""

from __future__ import annotations

from collections.abc import Sequence
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
from dissociation.web.chart.palette import DIGITS, condition_style
from dissociation.web.chart.plots import PLOTS
from dissociation.web.chart.plotting import (
    Plot,
    Trace,
    by_key,
    digit_ticks,
    literal,
    on_panel,
    panel_axes,
    panel_title,
    scatter,
    theme,
)
from dissociation.web.shell.answers import Chart

#: Keys of the traces of a comparison's two sides.
SIDES = ("first", "second")
#: Rows of panels: their shares of the height, and what stands above them.
_ROWS = {
    "dissimilarity": (0.4, "Dissimilarity of images, by digit"),
    "activations": (0.22, "Activations: images by digit, neurons across"),
    "embedding": (0.38, "Embedding: each image as its digit"),
}


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
        panels=_panels(scale),
    )


def _panels(scale: float) -> tuple[lc.Panels, ...]:
    made = []
    for tall in (1.35, 1.12, 1.12):
        rows = [
            lc.PanelRow(2, 2, 0, 26 * scale, widths=share * tall) for share, _ in _ROWS.values()
        ]
        made.append(lc.Panels(tuple(rows), gap=0.06, more=0, foot=0.012, least=320))
    return tuple(made)


def representation_plot(figure: lc.FigureSpec, traces: Sequence[Trace]) -> Plot:
    """Two representations side by side; the browser draws the digits of their embeddings itself.

    **Arguments:**

    - `traces`: see [`traces`][dissociation.features.representation.figures.traces].
    """
    known = by_key(traces)
    drawn = []
    for side, style in enumerate(figure.traces):
        if style.key in known:
            drawn += _side(known[style.key], side)
    sizes = 13 * figure.scale, 10 * figure.scale
    plain, bold = (
        {"size": factor * sizes[0], "compact": {"size": factor * sizes[1]}} for factor in (1, 1.15)
    )
    pictured = next((trace["dissimilarity"]["shape"][0] for trace in traces), 250)
    layout: dict[str, Any] = {
        "hovermode": "closest",
        "margin": {"l": 30, "r": 40, "t": 34, "b": 8, "compact": {"t": 62}},
        "annotations": [],
    }
    axis = {"color": theme("quiet"), "tickfont": plain, "showgrid": False, "zeroline": False}
    for row, (part, (_, title)) in enumerate(_ROWS.items()):
        layout["annotations"].append(panel_title(literal(title), 2 * row, plain, align="left"))
        for side, style in enumerate(figure.traces):
            panel = 2 * row + side
            if row == 0:
                layout["annotations"].append(_name(style, panel, bold))
            across: dict[str, Any] = {**axis, "showticklabels": False}
            up: dict[str, Any] = {**axis, "showticklabels": side == 0 and part != "embedding"}
            if part != "embedding":
                across |= digit_ticks(pictured)
                # Ten digits beside a low panel.
                up |= {**digit_ticks(pictured), "autorange": "reversed", "scaleanchor": False}
                up["labels"] = 11
            if side == 1:
                beside = on_panel(panel - 1)
                up["matches"] = beside["yaxis"]
                # The two matrices, and the two clouds, zoom together.
                if part != "activations":
                    across["matches"] = beside["xaxis"]
            x, y = panel_axes(panel)
            layout |= {x: across, y: up}
    return Plot(drawn, layout, not drawn)


def _name(style: lc.TraceStyle, panel: int, font: dict[str, Any]) -> dict[str, Any]:
    name = literal(style.name)
    # Two names beside each other are wider than a phone.
    broken = name.replace(" (", "<br>(", 1).replace(", ", ",<br>", 1)
    compact = {"text": f"<b>{broken}</b>"}
    return panel_title(f"<b>{name}</b>", panel, font, y=1, align="left", compact=compact)


def _side(trace: Trace, side: int) -> list[Trace]:
    looks = (
        ("dissimilarity", "largest_distance", "Cividis", "images %{x} and %{y}<br>distance"),
        ("activations", "largest_activation", "Viridis", "image %{y}, neuron %{x}<br>activation"),
    )
    heats = [
        {
            "uid": f"heat-{row}-{side}",
            "type": "image",
            "bitmap": {**trace[part], "largest": trace[largest], "colors": colors},
            **on_panel(2 * row + side),
            "hovertemplate": f"{words} %{{text:.3g}}<extra></extra>",
        }
        for row, (part, largest, colors, words) in enumerate(looks)
    ]
    cloud = scatter(
        f"cloud-{side}",
        "markers",
        trace["x"],
        trace["y"],
        text=[str(digit) for digit in trace["digits"]],
        # At most one of them is drawn, and cannot be seen; all of them can be pointed at.
        marker={
            "opacity": 0,
            "maxdisplayed": 1,
            "color": [DIGITS[digit] for digit in trace["digits"]],
        },
        hovertemplate="a %{text}<extra></extra>",
        showlegend=False,
        **on_panel(4 + side),
    )
    return [*heats, cloud]


PLOTS.update({"representation": representation_plot})


def chart(link: Link, found: ComparisonResult) -> Chart:
    """Both sides: matrices, activations and embeddings."""
    study = found.study
    return Chart((representation_figure(study),), traces(study, found), representation_words(study))
