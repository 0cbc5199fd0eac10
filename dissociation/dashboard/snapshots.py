"""A watch as the JSON that the live chart draws, whether by socket or from the script."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from dissociation.address.names import condition_keys
from dissociation.core.experiment import Experiment
from dissociation.core.measures.base import Curve
from dissociation.core.statistics.summary import (
    LEAST,
    TOO_FEW,
    paired_difference,
    rest_alike,
    sigma50s,
)
from dissociation.core.theory import Prediction
from dissociation.dashboard.feature import FEATURES, feature_of
from dissociation.dashboard.numbers import plain_number, plain_numbers
from dissociation.dashboard.shared import Shared, flat
from dissociation.engine.curve_watch import CurveWatch
from dissociation.engine.study_watch import StudyWatch
from dissociation.engine.theory_watch import TheoryWatch
from dissociation.engine.training_watch import TrainingWatch
from dissociation.engine.watch import Watch
from dissociation.engine.words import Status, sample_size

#: Key of the trace of B - A.
DIFFERENCE = "difference"
LOSS, ERROR = "Training loss", "Test error"


_traces: Shared[list[dict[str, Any]]] = Shared()
_texts: Shared[str] = Shared()


def shared_traces(watch: CurveWatch) -> list[dict[str, Any]]:
    """[`curve_traces`][] of a watch, made once for all who watch the same curves."""
    curves, predictions = watch.curves(), _predictions(watch)

    def make() -> list[dict[str, Any]]:
        return curve_traces(watch.experiments, curves, watch.pair, predictions)

    question = tuple(watch.experiments), watch.pair, len(predictions)
    return _traces.of(question, flat([*curves, *predictions]), make)


def _study_news(watch: StudyWatch) -> dict[str, Any]:
    """What the page of a study shows of it, made once for all who watch the same."""
    (study,), (found,) = watch.studies, watch.results()
    feature = feature_of(study)
    figures, text = feature.part("figures"), feature.part("text")
    news: dict[str, Any] = {
        "traces": _traces.of(study, [found], lambda: figures.traces(study, found))
    }
    if hasattr(text, "live_table"):
        news["table"] = text.live_table(found)
    return news


def news_text(news: dict[str, Any]) -> str:
    """A snapshot as JSON; its traces are written once for all who are sent the same."""
    if "traces" not in news:
        return json.dumps(news, allow_nan=False)
    traces = news["traces"]
    text = _texts.of(id(traces), [traces], lambda: json.dumps(traces, allow_nan=False))
    others = {name: value for name, value in news.items() if name != "traces"}
    return f'{json.dumps(others, allow_nan=False)[:-1]}, "traces": {text}}}'


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


def snapshot(watch: Watch) -> dict[str, Any]:
    """The latest of a watch: state, message, progress and traces; plain JSON without NaN."""
    if isinstance(watch, CurveWatch):
        status, traces = watch.status(), shared_traces(watch)
    elif isinstance(watch, TrainingWatch):
        status, traces = watch.status(), _training_traces(watch)
    elif isinstance(watch, StudyWatch):
        status, own = watch.status(), _study_news(watch)
        return {**_news(watch, status, own["traces"]), **own}
    else:
        figures = FEATURES[watch.feature].part("figures")
        status, traces = watch.status(), figures.watched_traces(watch)
    return _news(watch, status, traces)


def _with_caveat(message: str, caveat: str) -> str:
    return f"{message.rstrip('.')}. {caveat}" if caveat else message


def _news(watch: Watch, status: Status, traces: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "version": status.version,
        "state": status.state,
        "message": _with_caveat(status.message, watch.caveat),
        "progress": round(status.progress, 4),
        "traces": traces,
        "company": watch.company,
    }
