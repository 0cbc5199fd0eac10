"""A watch as the JSON that the live chart draws, whether by socket or from the script."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from dissociation.address.names import condition_keys
from dissociation.core.data.datasets import mnist_test
from dissociation.core.data.sample import stratified_order
from dissociation.core.experiment import Experiment
from dissociation.core.manipulations.phantom import ACTIVATIONS
from dissociation.core.measures.base import Curve
from dissociation.core.phantom.study import PhantomFindings, PhantomStudy
from dissociation.core.phantom.views import Shade, shaded
from dissociation.core.shares import percent
from dissociation.core.similarity import SIMILARITIES
from dissociation.core.similarity.comparing import ComparisonResult
from dissociation.core.similarity.comparison import Comparison
from dissociation.core.similarity.pictures import EMBEDDED
from dissociation.core.statistics.summary import (
    LEAST,
    TOO_FEW,
    paired_difference,
    rest_alike,
    sigma50s,
)
from dissociation.core.theory import Prediction
from dissociation.dashboard.bridge_traces import bridge_traces
from dissociation.dashboard.causes_traces import causes_traces
from dissociation.dashboard.live_chart import FigureSpec
from dissociation.dashboard.matrices import bitmap, matrix
from dissociation.dashboard.numbers import plain_number, plain_numbers
from dissociation.dashboard.plots import drawn
from dissociation.dashboard.shared import Shared, flat
from dissociation.dashboard.similarity_table import live_table
from dissociation.engine.bridge_watch import BridgeWatch
from dissociation.engine.causes_watch import CausesWatch
from dissociation.engine.comparison_watch import ComparisonWatch
from dissociation.engine.curve_watch import CurveWatch
from dissociation.engine.map_watch import MapWatch
from dissociation.engine.phantom_watch import PhantomWatch
from dissociation.engine.theory_watch import TheoryWatch
from dissociation.engine.training_watch import TrainingWatch
from dissociation.engine.watch import Watch
from dissociation.engine.words import sample_size

#: Key of the trace of B - A.
DIFFERENCE = "difference"
LOSS, ERROR = "Training loss", "Test error"


_traces: Shared[list[dict[str, Any]]] = Shared()
_parts: Shared[dict[str, Any]] = Shared()
_texts: Shared[str] = Shared()
#: What the page of each watch shows of it, by the keys of its charts.
_figures: WeakKeyDictionary[Watch, dict[str, FigureSpec]] = WeakKeyDictionary()


def shared_traces(watch: CurveWatch) -> list[dict[str, Any]]:
    """[`curve_traces`][] of a watch, made once for all who watch the same curves."""
    curves, predictions = watch.curves(), _predictions(watch)

    def make() -> list[dict[str, Any]]:
        return curve_traces(watch.experiments, curves, watch.pair, predictions)

    question = tuple(watch.experiments), watch.pair, len(predictions)
    return _traces.of(question, flat([*curves, *predictions]), make)


def _shared_comparison(
    comparison: Comparison, found: ComparisonResult | None
) -> list[dict[str, Any]]:
    """[`comparison_traces`][], made once for all who watch the same comparison."""
    pictures = None if found is None else found.pictures
    return _traces.of(comparison, [pictures], lambda: comparison_traces(found))


def show(watch: Watch, key: str, figure: FigureSpec, *, first: bool) -> None:
    """Has a watch's socket send what a chart shows of it, too.

    **Arguments:**

    - `key`: of the chart on its page; `first`: those of before are there no more.
    """
    _figures[watch] = {**({} if first else _figures.get(watch, {})), key: figure}


def news(watch: Watch) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    """The latest of a watch: its state, and the parts of all charts that show it, by their keys."""
    state, traces = state_of(watch), traces_of(watch)
    return state, {k: part(figure, traces) for k, figure in _figures.get(watch, {}).items()}


def part(figure: FigureSpec, traces: list[dict[str, Any]]) -> dict[str, Any]:
    """[`drawn`][], made once for all who look at the same."""
    question = figure, id(traces)
    return _parts.of(question, [traces], lambda: drawn(figure, traces))


def news_text(
    state: dict[str, Any], parts: dict[str, dict[str, Any]], sent: dict[str, dict[str, Any]]
) -> str:
    """A message of a socket as JSON; texts are written once for all who are sent the same.

    **Arguments:**

    - `sent`: what each chart has been sent before, which is left out and brought up to date.
    """
    charts = []
    for key, whole in parts.items():
        before = sent.get(key, {})
        other = before.get("figure") != whole["figure"]
        texts = [
            f'"{name}": {_text(name, value)}'
            for name, value in whole.items()
            if other or value != before[name]
        ]
        charts.append(f"{json.dumps(key)}: {{{', '.join(texts)}}}")
        sent[key] = whole
    return f'{json.dumps(state, allow_nan=False)[:-1]}, "charts": {{{", ".join(charts)}}}}}'


def _text(name: str, value: Any) -> str:
    def write() -> str:
        return json.dumps(value, allow_nan=False)

    # All else is short.
    return _texts.of(id(value), [value], write) if name == "traces" else write()


def _predictions(watch: CurveWatch) -> list[Prediction | None]:
    return watch.predictions() if isinstance(watch, TheoryWatch) else []


def curve_traces(
    experiments: Sequence[Experiment],
    curves: Sequence[Curve | None],
    pair: tuple[int, int] | None = None,
    predictions: Sequence[Prediction | None] = (),
) -> list[dict[str, Any]]:
    """One trace a known curve or prediction, and one of the difference of a pair.

    **Arguments:**

    - `predictions`: by theory, one a curve, or none at all.
    """
    traces = []
    keys = condition_keys(experiments)
    predicted = list(predictions) or [None] * len(keys)
    first = next((curve for curve in curves if curve is not None), None)
    for key, experiment, curve, theory in zip(keys, experiments, curves, predicted, strict=True):
        trace = None
        if curve is not None:
            # σ50s beside one another rest on the same images.
            trace = _curve_trace(key, experiment, curve, rest_alike(curve, first or curve))
        if theory is not None:
            nothing: dict[str, Any] = {"x": [], "y": [], "low": [], "high": [], "detail": ""}
            trace = {**(trace or {"key": key, **nothing}), "theory": _theory_line(theory)}
        if trace is not None:
            traces.append(trace)
    if pair is not None:
        first, second = (curves[position] for position in pair)
        if first is not None and second is not None:
            traces.extend(_difference_trace(first, second))
    return traces


def _curve_trace(key: str, experiment: Experiment, curve: Curve, alike: bool) -> dict[str, Any]:
    known, sigma50 = curve.images > 0, sigma50s(curve, experiment.measure.chance).mean()
    detail = sample_size(experiment, [curve])
    if experiment.invariant and experiment.manipulations:
        detail += "; identical to trained by construction"
    return {
        "key": key,
        "x": plain_numbers(curve.x[known]),
        "y": plain_numbers(curve.mean[known]),
        "low": plain_numbers((curve.mean - curve.spread)[known]),
        "high": plain_numbers((curve.mean + curve.spread)[known]),
        "detail": detail,
        "half_way": plain_number(sigma50) if alike else None,
    }


def _theory_line(theory: Prediction) -> dict[str, Any]:
    detail = f"expected over all draws, {theory.images:,} images"
    return {"x": plain_numbers(theory.x), "y": plain_numbers(theory.mean), "detail": detail}


def _difference_trace(first: Curve, second: Curve) -> list[dict[str, Any]]:
    found = paired_difference(first, second)
    if found is None:
        return []
    detail = f"{found.networks} network" + ("" if found.networks == 1 else "s")
    if found.draws > 1:
        detail += f" × {found.draws} draws"
    if found.networks < LEAST:
        detail += f": an interval {TOO_FEW}"
    return [
        {
            "key": DIFFERENCE,
            "x": plain_numbers(found.x),
            "y": plain_numbers(found.mean),
            "low": plain_numbers(found.low),
            "high": plain_numbers(found.high),
            "detail": detail,
        }
    ]


def _training_traces(watch: TrainingWatch) -> list[dict[str, Any]]:
    traces = []
    for seed, history in enumerate(watch.histories()):
        for quantity, values in ((LOSS, history.losses), (ERROR, history.errors)):
            numbers = plain_numbers(values)
            images = f"{history.images[-1]:,} test images" if history.images else ""
            traces.append(
                {
                    "key": f"{quantity}-{seed}",
                    "x": plain_numbers(history.epochs),
                    "y": numbers,
                    "low": numbers,
                    "high": numbers,
                    "detail": images if quantity == ERROR else "mean cross-entropy, nats",
                }
            )
    return traces


#: Keys of the traces of a comparison's two sides.
SIDES = ("first", "second")


def comparison_traces(findings: ComparisonResult | None) -> list[dict[str, Any]]:
    """One trace a side: its embedding as x and y, its matrices as bytes."""
    if findings is None or findings.pictures is None:
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
        for key, picture in zip(SIDES, findings.pictures, strict=True)
    ]


def map_traces(
    experiments: Sequence[Experiment | None],
    sigma50s: Sequence[float],
    findings: Sequence[ComparisonResult | None],
) -> list[dict[str, Any]]:
    """One trace a comparison that has found something.

    Its `places` are how far the two networks are apart, by the measures' names, and, by that of the
    noise, the second one's σ50.

    **Arguments:** one of each a comparison, as [`MapWatch`][] has them.
    """
    traces = []
    both = zip(findings, zip(experiments, sigma50s, strict=True), strict=True)
    for number, (found, (experiment, sigma50)) in enumerate(both):
        if found is None or not found.values:
            continue
        places = {
            name: plain_number(SIMILARITIES[name].difference(value))
            for name, value in found.values.items()
        }
        if experiment is not None:
            places[experiment.measure.name] = plain_number(sigma50)
        traces.append({"key": str(number), "x": [0], "y": [0], "detail": "", "places": places})
    return traces


def phantom_traces(study: PhantomStudy, found: PhantomFindings | None) -> list[dict[str, Any]]:
    """Two curves over the noise, and one trace a picture: `picture`, its `words`, and a `title`."""
    if found is None:
        return []
    greys = shaded(study.phantom.greys, 0.0, 1.0)
    shown = "activation" if study.phantom.shown_in == ACTIVATIONS else "similarity"
    traces = [
        _shade_trace("wanted", greys, "grey", ""),
        _shade_trace("before", found.before, shown, ""),
        _shade_trace("after", found.after, shown, ""),
    ]
    for number, (position, picture) in enumerate(found.frames):
        read = found.legibility[0, position]
        kept = percent(np.nanmean(found.unchanged[:, position]))
        title = f"σ = {study.x[position]:.2g}\npicture {read:.2f}\nanswers {kept}"
        traces.append(_shade_trace(f"frame-{number}", picture, shown, title))
    draws = len(found.legibility)
    for key in ("legibility", "unchanged"):
        values = getattr(found, key)
        known = np.isfinite(values).all(0) if draws else np.zeros(len(study.x), bool)
        mean, deviation = (values[:, known].mean(0), values[:, known].std(0)) if draws else ([], [])
        traces.append(
            {
                "key": key,
                "x": plain_numbers(study.x[known]),
                "y": plain_numbers(mean),
                "low": plain_numbers(np.subtract(mean, deviation)),
                "high": plain_numbers(np.add(mean, deviation)),
                "detail": f"{draws} draw{'' if draws == 1 else 's'} of noise",
            }
        )
    return traces


def _shade_trace(key: str, shade: Shade, words: str, title: str) -> dict[str, Any]:
    picture = {**matrix(shade.values), "low": shade.low, "high": shade.high}
    place = {"x": [0], "y": [0], "detail": ""}
    return {"key": key, **place, "picture": picture, "words": words, "title": title}


def traces_of(watch: Watch) -> list[dict[str, Any]]:
    """What a watch has found so far."""
    if isinstance(watch, CurveWatch):
        return shared_traces(watch)
    if isinstance(watch, TrainingWatch):
        return _training_traces(watch)
    if isinstance(watch, ComparisonWatch):
        return _shared_comparison(watch.comparisons[0], watch.findings()[0])
    if isinstance(watch, PhantomWatch):
        return phantom_traces(watch.study, watch.findings())
    if isinstance(watch, CausesWatch):
        return causes_traces(watch.study, watch.findings())
    if isinstance(watch, BridgeWatch):
        return bridge_traces(watch.points())
    if isinstance(watch, MapWatch):
        findings = watch.comparisons.findings()
        return map_traces(watch.experiments, watch.sigma50s(), findings)
    raise TypeError(type(watch).__name__)


def _with_caveat(message: str, caveat: str) -> str:
    return f"{message.rstrip('.')}. {caveat}" if caveat else message


def state_of(watch: Watch) -> dict[str, Any]:
    """How far a watch is, and what stands beneath its charts; plain JSON."""
    status = watch.status()
    state = {
        "version": status.version,
        "state": status.state,
        "message": _with_caveat(status.message, watch.caveat),
        "progress": round(status.progress, 4),
        "company": watch.company,
    }
    if isinstance(watch, ComparisonWatch):
        state["table"] = live_table(watch.findings()[0])
    return state


def snapshot(watch: Watch, figure: FigureSpec) -> dict[str, Any]:
    """The latest of a watch as one chart shows it: its state and the chart's part."""
    return {**state_of(watch), **part(figure, traces_of(watch))}
