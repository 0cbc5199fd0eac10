"""A watch as the JSON that the live chart draws, whether by socket or from the script."""

from __future__ import annotations

import importlib
import json
from typing import Any
from weakref import WeakKeyDictionary

from dissociation.engine.study_watch import StudyWatch
from dissociation.engine.watch import Watch
from dissociation.web.chart import FigureSpec
from dissociation.web.chart.plots import drawn
from dissociation.web.shell.feature import DRAWN_BY, feature_of
from dissociation.web.shell.shared import Shared

_traces: Shared[list[dict[str, Any]]] = Shared()
_parts: Shared[dict[str, Any]] = Shared()
_texts: Shared[str] = Shared()
#: What the page of each watch shows of it, by the keys of its charts.
_figures: WeakKeyDictionary[Watch, dict[str, FigureSpec]] = WeakKeyDictionary()


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


def traces_of(watch: Watch) -> list[dict[str, Any]]:
    """What the charts of a watch draw; that of a study is made once for all who watch the same."""
    if watch.feature in DRAWN_BY:
        return importlib.import_module(DRAWN_BY[watch.feature]).watched_traces(watch)
    study, found = _study(watch)
    figures = feature_of(study).part("figures")
    return _traces.of(study, [found], lambda: figures.traces(study, found))


def _study(watch: Watch) -> tuple[Any, Any]:
    assert isinstance(watch, StudyWatch)
    (study,), (found,) = watch.studies, watch.results()
    return study, found


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
    if watch.feature not in DRAWN_BY:
        study, found = _study(watch)
        text = feature_of(study).part("text")
        if hasattr(text, "live_table"):
            state["table"] = text.live_table(found)
    return state


def snapshot(watch: Watch, figure: FigureSpec) -> dict[str, Any]:
    """The latest of a watch as one chart shows it: its state and the chart's part."""
    return {**state_of(watch), **part(figure, traces_of(watch))}
