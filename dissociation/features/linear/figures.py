"""The charts of linear networks: their figures, and their numbers as the live chart draws them."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
from typing import Any

import numpy as np

from dissociation.address.links import Link
from dissociation.core.linear.families import FAMILIES
from dissociation.core.linear.noise import INPUTS, PARAMETERS
from dissociation.core.linear.study import SAMPLED, SIGMA, LinearResult, LinearStudy
from dissociation.core.statistics.summary import critical
from dissociation.features.linear import plots as plots
from dissociation.web import chart as lc
from dissociation.web.chart.numbers import plain_numbers
from dissociation.web.chart.palette import LEAST, LOSS_COLOR, family_looks, looks
from dissociation.web.chart.plots import drawn
from dissociation.web.shell.answers import Chart

#: Panels of the walk: names, and those for a phone.
PANELS = {
    "w1": ("Weights W1 wander", "W1"),
    "w2": ("Weights W2 wander", "W2"),
    "similarity": ("Hidden layer: similarity HᵀH", "Hidden: HᵀH"),
    "embedding": ("Hidden layer: embedding of items", "Hidden: items"),
    "outputs": ("Outputs", "Outputs"),
    "loss": ("Loss, step by step", "Loss"),
}
PAIRS = {
    "predictivity_same": "Linear predictivity R², same function",
    "predictivity_other": "Linear predictivity R², another function",
    "rsa_same": "RSA, same function",
    "rsa_other": "RSA, another function",
}
NOISES = {INPUTS: "σ of noise on the inputs", PARAMETERS: "σ of noise on the parameters"}
DRIFTS = {
    "similarity": "RSA with the start",
    "decoder": "Error of the first decoder",
}
#: Errors of a decoder beyond this many times the outputs are above the chart.
MOST_ERROR = 3.0


def _walk_panels(scale: float) -> tuple[lc.Panels, ...]:
    """Pixels: 46 between panels beside one another and 12 between rows, for their ticks."""
    made = []
    for columns, size, title in ((2, 11, 46), (3, 14, 50), (3, 14, 50)):
        above = round(scale * title)
        row = lc.PanelRow(columns, columns, above + 12 - 46, above, 12 + 14, 1 / columns)
        last = dataclasses.replace(row, below=0)
        panels = lc.Panels(
            (*[row] * (len(PANELS) // columns - 1), last),
            gap=0,
            more=24,
            margin=scale * size * 1.8,
            beside=scale * size * 2.4 + 36,
            between=46,
            # Their panels are as high as they are wide, but no higher than 340.
            most=(340 + 46) * columns,
        )
        made.append(panels)
    return tuple(made)


def walk_figure(study: LinearStudy, scale: float = 1.0) -> lc.FigureSpec:
    """All panels of a walk."""
    color, dash, symbol = looks()
    unused = lc.Axis("", 0, 1)
    return lc.FigureSpec(
        x=unused,
        y=unused,
        traces=tuple(
            lc.TraceStyle(key, name, LOSS_COLOR if key == "loss" else color, dash, symbol, short)
            for key, (name, short) in PANELS.items()
        ),
        filename=f"dissociation-linear-{study.family}",
        revision="walk",
        scale=scale,
        kind="walk",
        panels=_walk_panels(scale),
    )


def pairs_figure(scale: float = 1.0) -> lc.FigureSpec:
    """Every pair of families."""
    color, dash, symbol = looks()
    unused = lc.Axis("", 0, 1)
    traces = [lc.TraceStyle(key, name, color, dash, symbol) for key, name in PAIRS.items()]
    title = round(scale * 52)
    grids = [lc.grid(len(traces), columns, scale * 190 + title, title) for columns in (1, 2, 2)]
    return lc.FigureSpec(
        x=unused,
        y=unused,
        traces=tuple(traces),
        filename="dissociation-linear-pairs",
        revision="pairs",
        scale=scale,
        kind="pairs",
        panels=tuple(lc.Panels(rows, gap=0.12, more=8, foot=0.01, fill=False) for rows in grids),
    )


def _family_styles(prefix: str) -> list[lc.TraceStyle]:
    return [
        lc.TraceStyle(f"{prefix}:{name}", family.short, *family_looks(name))
        for name, family in FAMILIES.items()
    ]


def drift_figure(
    kind: str, study: LinearStudy, found: LinearResult, scale: float = 1.0
) -> lc.FigureSpec:
    """How one of [`DRIFTS`][] goes along the walks."""
    values = np.array([getattr(drift, kind) for drift in found.drift.values()])
    low = min(0.0, float(np.nanmin(values, initial=0.0)) * 1.05)
    high = 1.05 if kind == "similarity" else max(1.05, min(float(values.max()) * 1.05, MOST_ERROR))
    x = lc.Axis("Step of the walk", 0, study.steps)
    y = lc.Axis(DRIFTS[kind], low, high)
    return lc.FigureSpec(
        x=x,
        y=y,
        traces=tuple(_family_styles(kind)),
        filename=f"dissociation-linear-{kind}",
        height=340,
        revision=lc.revision(x, y),
        scale=scale,
        kind="exact",
    )


def noise_figure(kind: str, scale: float = 1.0) -> lc.FigureSpec:
    """Expected losses under one kind of noise, with those over draws."""
    curves = _family_styles(kind)
    drawn = [
        lc.TraceStyle(f"{one.key}:drawn", f"{one.name}, drawn", one.color, one.dash, one.symbol)
        for one in curves
    ]
    pairs = zip(curves, drawn, strict=True)
    points = [
        lc.TraceStyle(d.key, d.name, d.color, d.dash, d.symbol, label=c.key, group="drawn")
        for c, d in pairs
    ]
    least = lc.TraceStyle(f"{kind}:{LEAST}", "least of any solution", *family_looks(LEAST))
    x = lc.Axis(NOISES[kind], float(SIGMA[0]) / 1.2, float(SIGMA[-1]) * 1.2, log=True)
    y = lc.Axis("Loss / least of any solution", 0.9, 2.0, auto=True)
    return lc.FigureSpec(
        x=x,
        y=y,
        traces=(*curves, least, *points),
        filename=f"dissociation-linear-noise-{kind}",
        height=400,
        revision=lc.revision(x, y),
        scale=scale,
        kind="exact",
    )


def _frames(key: str, matrices: np.ndarray, limit: float | None = None) -> dict[str, Any]:
    """A matrix at each step, as bytes from −limit to limit, and how far it is from the first."""
    limit = limit or float(np.abs(matrices).max()) or 1.0
    values = np.round((matrices / limit + 1) * 127).astype(np.uint8)
    norms = np.linalg.norm(matrices - matrices[0], axis=(1, 2)) / np.linalg.norm(matrices[0])
    coded = {"bytes": base64.b64encode(values.tobytes()).decode(), "shape": list(values.shape)}
    return {**_blank(key), "frames": coded, "limit": limit, "moved": plain_numbers(norms)}


def _blank(key: str) -> dict[str, Any]:
    return {"key": key, "x": [0], "y": [0], "detail": ""}


def _items(study: LinearStudy) -> tuple[list[str], list[int]]:
    """Names of items, and which of them look alike: those of one quarter of a tree."""
    task = study.task
    if task.kind != "tree":
        return [f"item {number}" for number in range(task.items)], [0] * task.items
    leaves = np.arange(task.items) // task.twins
    names = [f"item {i}: leaf {leaf}" for i, leaf in enumerate(leaves)]
    return names, (leaves >> (task.depth - 2)).tolist()


def walk_traces(study: LinearStudy, found: LinearResult) -> list[dict[str, Any]]:
    """One trace a panel, with what it shows at each step."""
    walk = found.walk
    names, groups = _items(study)
    points = walk.embedding
    silent = float(np.sum(found.solved.y**2)) / (2 * found.solved.items)
    digest = hashlib.sha256(repr(study).encode()).hexdigest()[:16]
    return [
        _frames("w1", walk.networks.w1),
        _frames("w2", walk.networks.w2),
        _frames("similarity", walk.similarity),
        {
            **_blank("embedding"),
            "across": [plain_numbers(at[:, 0]) for at in points],
            "up": [plain_numbers(at[:, 1]) for at in points],
            "range": [-float(np.abs(points).max()), float(np.abs(points).max())],
            "names": names,
            "groups": groups,
            "detail": "each turned onto the one before",
        },
        _frames("outputs", walk.outputs),
        {
            **_blank("loss"),
            "y": plain_numbers(walk.loss),
            "silent": silent,
            "walk": digest,
            "detail": f"{walk.loss[0]:.2g} throughout",
        },
    ]


def _line(key: str, x: np.ndarray, y: np.ndarray, reach: Any = 0) -> dict[str, Any]:
    numbers = {"x": plain_numbers(x), "y": plain_numbers(y)}
    return {
        "key": key,
        **numbers,
        "low": plain_numbers(y - reach),
        "high": plain_numbers(y + reach),
        "detail": "",
    }


def drift_traces(found: LinearResult) -> list[dict[str, Any]]:
    """Both drifts of every family."""
    return [
        _line(f"{kind}:{name}", np.arange(len(drift.decoder)), getattr(drift, kind))
        for name, drift in found.drift.items()
        for kind in DRIFTS
    ]


def noise_traces(found: LinearResult, draws: int) -> list[dict[str, Any]]:
    """Expected and drawn losses of every family, as multiples of what no solution is below.

    **Arguments:**

    - `draws`: of the noise, over which the bars are 95 % intervals.
    """
    traces = []
    # Of too few draws there are no bars.
    bars = np.nan_to_num(critical(draws))
    drawn_at = np.searchsorted(SIGMA, SAMPLED * (1 - 1e-9))
    for kind, families in found.noisy.items():
        least = found.least[kind]
        traces.append(_loss(f"{kind}:{LEAST}", SIGMA, least, least))
        for name, noisy in families.items():
            traces.append(_loss(f"{kind}:{name}", SIGMA, noisy.expected, least))
            mean, error = noisy.sampled
            key = f"{kind}:{name}:drawn"
            traces.append(_loss(key, SAMPLED, mean, least[drawn_at], bars * error))
    return traces


def _loss(key: str, sigma: np.ndarray, loss: np.ndarray, least: np.ndarray, bars: Any = 0) -> dict:
    line = _line(key, sigma, loss / least, bars / least)
    return {**line, "words": [f"loss {value:.3g}" for value in loss]}


def pairs_traces(found: LinearResult) -> list[dict[str, Any]]:
    """One trace a measure: a table of sources (rows) and targets (columns)."""
    names = [family.short for family in FAMILIES.values()]
    traces = []
    for key, measured in found.pairs._asdict().items():
        words = [[_two_digits(value) for value in row] for row in measured.mean]
        ranges = [
            [f"{_two_digits(low)} to {_two_digits(high)}" for low, high in zip(*both, strict=True)]
            for both in zip(measured.low, measured.high, strict=True)
        ]
        mean = [plain_numbers(row) for row in measured.mean]
        table = {"names": names, "mean": mean, "words": words, "ranges": ranges}
        traces.append({**_blank(key), **table})
    return traces


def _two_digits(value: float) -> str:
    if np.isnan(value):
        return "–"
    # Never "-0.00".
    return f"{round(float(value), 2) + 0.0:.2f}"


def snapshot(
    figure: lc.FigureSpec, traces: list[dict[str, Any]], message: str = ""
) -> dict[str, Any]:
    """What a figure shows, complete from the beginning."""
    state = {"version": 1, "state": "done", "message": message, "progress": 1.0}
    return {**state, **drawn(figure, traces)}


def traces(study: LinearStudy, found: LinearResult) -> list[dict[str, Any]]:
    """Of all charts."""
    return [
        *walk_traces(study, found),
        *drift_traces(found),
        *pairs_traces(found),
        *noise_traces(found, study.draws),
    ]


def walk_alt(study: LinearStudy, found: LinearResult) -> str:
    """The walk in words."""
    drift = found.drift[study.family]
    return (
        f"Weights, hidden layer, outputs and loss along a random walk on the manifold of "
        f"{FAMILIES[study.family].label}s. At its end the similarity matrix correlates "
        f"{drift.similarity[-1]:.2f} with that of its start, and outputs and loss are the same."
    )


def chart(link: Link, found: LinearResult) -> Chart:
    """The end of the walk, both drifts, the pairs, and both kinds of noise."""
    study = found.study
    shown = (
        walk_figure(study),
        *(drift_figure(kind, study, found) for kind in DRIFTS),
        pairs_figure(),
        *(noise_figure(kind) for kind in NOISES),
    )
    return Chart(shown, traces(study, found), walk_alt(study, found))
