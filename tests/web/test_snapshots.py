from __future__ import annotations

import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from labs import TINY

from dissociation.core.experiment import Experiment
from dissociation.core.manipulations import InputNull, Scale
from dissociation.core.measures import InputNoise, Transfer
from dissociation.core.measures.base import Curve, SeedCurve
from dissociation.core.networks.training import Recipe
from dissociation.engine.curve_watch import CurveWatch
from dissociation.engine.records import History
from dissociation.features.curves.figures import ERROR, LOSS
from dissociation.web.chart import Axis, FigureSpec, TraceStyle, identity
from dissociation.web.chart.numbers import plain_numbers
from dissociation.web.shell.snapshots import (
    news,
    news_text,
    show,
    snapshot,
    state_of,
    traces_of,
)

RECIPE = Recipe(epochs=1, batch=int(TINY["batch"]), width=int(TINY["width"]))
NAMES = {"version", "state", "message", "progress", "company"}
TRACE = {"key", "x", "y", "low", "high", "detail"}


def checked(watch) -> dict:
    """The state of a watch with its traces, if they are what the live chart expects."""
    state = state_of(watch)
    found = {**state, "traces": traces_of(watch)}
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    assert set(state) == NAMES and 0 <= found["progress"] <= 1
    assert isinstance(found["message"], str) and found["message"]
    keys = [trace["key"] for trace in found["traces"]]
    assert len(set(keys)) == len(keys)
    for trace in found["traces"]:
        further = {"half_way"} if isinstance(watch, CurveWatch) else set()
        assert set(trace) == TRACE | further
        assert len({len(trace[name]) for name in ("x", "y", "low", "high")}) == 1
    return found


def every_snapshot(lab, watch) -> list[dict]:
    """The snapshots that change while all jobs are done."""
    found = [checked(watch)]
    while lab.jobs.advance():
        news = checked(watch)
        if news["version"] != found[-1]["version"]:
            found.append(news)
    return found


def test_training(lab):
    watch = lab.watch_training(RECIPE, 2)
    found = every_snapshot(lab, watch)
    states = list(dict.fromkeys(news["state"] for news in found))
    assert states == ["queued", "running", "done"]
    versions = [news["version"] for news in found]
    assert versions == sorted(set(versions))
    progress = [news["progress"] for news in found]
    assert progress == sorted(progress) and progress[-1] == 1
    last = found[-1]["traces"]
    assert [trace["key"] for trace in last] == [
        f"{quantity}-{seed}" for seed in range(2) for quantity in (LOSS, ERROR)
    ]
    assert last[0]["x"][0] == 0 and last[0]["x"][-1] == 1
    assert last[1]["detail"] == "10,000 test images" and "nats" in last[0]["detail"]


def test_a_class_shares_its_traces(lab):
    experiments = [Experiment(InputNoise(300, points=3), s, RECIPE, 1) for s in ((), (Scale(),))]
    one, other = (lab.watch_curves(experiments) for _ in range(2))
    while not any(trace["x"] for trace in checked(one)["traces"]):
        assert lab.jobs.advance()
    assert traces_of(one) is traces_of(other)
    assert state_of(one)["company"] == 2
    before = traces_of(one)
    lab.jobs.drain()
    assert traces_of(one) is not before
    # What is stored by now is the same curves, too, but of a watch of its own.
    third = lab.watch_curves(experiments)
    assert traces_of(third) == traces_of(other) and state_of(third)["company"] == 1


def test_curves(lab):
    steps = ((), (Scale(),), (InputNull(),))
    watch = lab.watch_curves([Experiment(InputNoise(300, points=3), s, RECIPE, 1) for s in steps])
    found = every_snapshot(lab, watch)
    states = list(dict.fromkeys(news["state"] for news in found))
    assert states[0] == "training" and states[-1] == "done"
    trained, scaled, null = found[-1]["traces"]
    assert [trace["key"] for trace in (trained, scaled, null)] == ["trained", "scale", "input_null"]
    # The same numbers, and the reason.
    assert (
        scaled["y"] == trained["y"] and "identical to trained by construction" in scaled["detail"]
    )
    assert "identical" not in trained["detail"] + null["detail"]
    # A small chunk comes first, then all 300; nothing is drawn before.
    details = list(dict.fromkeys(t["detail"] for news in found for t in news["traces"][:1]))
    assert details[0] == "1 network, 160 of 300 images at 2 of 3 noise scales"
    assert details[1] == "1 network, 160 of 300 images"
    assert details[-1] == "1 network, 300 images"
    for low, y, high in zip(trained["low"], trained["y"], trained["high"], strict=True):
        assert low <= y <= high


def test_budgets_not_yet_reached_are_left_out(lab):
    experiment = Experiment(Transfer(200, 2), (), RECIPE, 1)
    watch = lab.watch_curves([experiment])
    part = SeedCurve(np.array([[50, 0]]), np.array([100, 0]))
    watch.curves = lambda: [Curve(experiment.measure.x, (part,), experiment.measure.total)]
    (trace,) = checked(watch)["traces"]
    assert (trace["x"], trace["y"]) == ([100.0], [0.5]) and "1 of 2 budgets" in trace["detail"]


def test_nothing_known_yet(lab):
    watch = lab.watch_curves([Experiment(InputNoise(300), (), RECIPE, 1)])
    watch.curves = lambda: [None]
    assert checked(watch)["traces"] == []


@pytest.mark.parametrize("loss", [math.nan, math.inf, -math.inf])
def test_a_training_that_diverges(lab, loss):
    watch = lab.watch_training(RECIPE, 1)
    watch.histories = lambda: [History((0.0, 1.0), (2.3, loss), (0.9, 0.9), (10_000, 10_000))]
    losses, _ = checked(watch)["traces"]
    assert losses["y"] == [2.3, None]


def figure(*keys: str) -> FigureSpec:
    axis = Axis("Axis", 0, 1)
    styles = tuple(TraceStyle(key, key, "#0072B2", "dash", "square") for key in keys)
    return FigureSpec(x=axis, y=axis, traces=styles, filename="figure")


def test_each_chart_gets_its_own(lab):
    steps = ((), (Scale(),))
    watch = lab.watch_curves([Experiment(InputNoise(300, points=3), s, RECIPE, 1) for s in steps])
    lab.jobs.drain()
    assert news(watch)[1] == {}
    show(watch, "all", figure("trained", "scale"), first=True)
    show(watch, "one", figure("scale"), first=False)
    state, parts = news(watch)
    assert state["state"] == "done"
    assert {key: {t["legendgroup"] for t in part["traces"]} for key, part in parts.items()} == {
        "all": {"trained", "scale"},
        "one": {"scale"},
    }
    assert snapshot(watch, figure("scale")) == {**state, **parts["one"]}
    # The page has run again, and shows less.
    show(watch, "one", figure("trained"), first=True)
    (part,) = news(watch)[1].values()
    assert part["figure"] == identity(figure("trained")) != parts["one"]["figure"]


def test_a_message_leaves_out_what_is_as_before():
    sent: dict = {}

    def said(**parts) -> dict:
        return json.loads(news_text({"version": 3, "message": "</script>"}, parts, sent))

    one = {"figure": "1", "traces": [{"key": 'a\u2028"', "x": [1.5, None]}], "layout": {"a": 1}}
    first = {"version": 3, "message": "</script>", "charts": {"a": one, "b": {"figure": "2"}}}
    assert said(a=one, b={"figure": "2"}) == first
    assert said(a=dict(one))["charts"] == {"a": {}}
    other = {**one, "traces": []}
    assert said(a=other)["charts"] == {"a": {"traces": []}}
    # Of another figure all is sent.
    assert said(a={**other, "figure": "9"})["charts"] == {"a": {**other, "figure": "9"}}


@given(st.lists(st.floats()))
def test_numbers(values):
    found = plain_numbers(values)
    json.dumps(found, allow_nan=False)
    for value, number in zip(values, found, strict=True):
        assert (number is None) == (not math.isfinite(value))
        assert number is None or number == pytest.approx(value, rel=1e-5)
