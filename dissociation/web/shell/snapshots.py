"""A watch as the JSON that the live chart draws, whether by socket or from the script."""

from __future__ import annotations

import importlib
import json
from typing import Any

from dissociation.engine.watch import Watch
from dissociation.engine.words import Status
from dissociation.web.shell.feature import DRAWN_BY, feature_of
from dissociation.web.shell.shared import Shared

_traces: Shared[list[dict[str, Any]]] = Shared()
_texts: Shared[str] = Shared()


def _study_news(watch: Any) -> dict[str, Any]:
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


def snapshot(watch: Watch) -> dict[str, Any]:
    """The latest of a watch: state, message, progress and traces; plain JSON without NaN."""
    status = watch.status()
    if watch.feature in DRAWN_BY:
        own = {"traces": importlib.import_module(DRAWN_BY[watch.feature]).watched_traces(watch)}
    else:
        own = _study_news(watch)
    return {**_news(watch, status), **own}


def _with_caveat(message: str, caveat: str) -> str:
    return f"{message.rstrip('.')}. {caveat}" if caveat else message


def _news(watch: Watch, status: Status) -> dict[str, Any]:
    return {
        "version": status.version,
        "state": status.state,
        "message": _with_caveat(status.message, watch.caveat),
        "progress": round(status.progress, 4),
        "company": watch.company,
    }
