"""A chart as a page of its own, drawn by the same code as in the lab, with or without a report."""

from __future__ import annotations

import json
from html import escape
from typing import Any

from dissociation import __version__
from dissociation.web.chart import PAGE_SCRIPT, outline
from dissociation.web.chart.plots import drawn
from dissociation.web.chart.plotting_library import JS_VERSION, PLOTLY_JS
from dissociation.web.export.base import Export

_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; color: #222; background: #fff;
       margin: 2rem auto; max-width: 1100px; padding: 0 1rem; }
table { border-collapse: collapse; font-size: .85rem; font-variant-numeric: tabular-nums; }
th, td { border-bottom: 1px solid #ccc; padding: .2rem .7rem; text-align: left; }
footer, .quiet { color: #555; font-size: .85rem; }
.table { overflow-x: auto; }
.wide table { font-size: .72rem; }
.wide :is(th, td) { padding: .15rem .35rem; }
.live-chart-player { align-items: center; display: flex; flex-wrap: wrap; gap: .25rem .75rem; }
.live-chart-player[hidden] { display: none; }
.live-chart-play { font: inherit; min-height: 44px; min-width: 6rem; }
.live-chart-scrub { flex: 1 1 10rem; height: 44px; max-width: 28rem; }
pre { font-size: .75rem; white-space: pre-wrap; }
pre, code { overflow-wrap: anywhere; }
@media print { body { margin: 0; max-width: none; } h2 { break-after: avoid; }
               tr { break-inside: avoid; }
               .modebar, .live-chart-player { display: none; }
               .table { overflow: visible; } .wide table { font-size: .5rem; }
               .wide :is(th, td) { padding: .1rem .15rem; } }
"""
_PAPER = "After L. Braun, E. Grant and A. M. Saxe, Not all solutions are created equal, ICML 2025."


def _script_safe(values: Any) -> str:
    # Within a script element only the sign that could end it matters.
    return json.dumps(values, allow_nan=False).replace("<", "\\u003c")


def _chart(export: Export) -> str:
    figures, traces, words = export.answer.chart(export.link)
    charts = [{"figure": outline(figure), "part": drawn(figure, traces)} for figure in figures]
    shown = {"charts": charts, "alt": words}
    return f"""<div id="charts"></div>
<script>{PLOTLY_JS.read_text(encoding="utf-8")}</script>
<script type="module">
{PAGE_SCRIPT}
showCharts({_script_safe(shown)}, document.getElementById("charts"));
</script>"""


def _document(title: str, body: str) -> str:
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)}</title>
<style>{_STYLE}</style>
</head>
<body>
<main>
{body}
</main>
<footer><p>dissociation {escape(__version__)}, plotly.js {JS_VERSION}. \
{escape(_PAPER)} Address in the lab: <code>{{address}}</code></p></footer>
</body>
</html>
"""


def _finished(export: Export, title: str, body: str) -> str:
    # Not by format(): the scripts are full of braces.
    return _document(title, body).replace("{address}", escape(export.link.path), 1)


def as_page(export: Export) -> str:
    """The chart alone, as one HTML file that needs no network."""
    title = f"{export.link.table.title} · dissociation"
    return _finished(export, title, f"<h1>{escape(title)}</h1>\n{_chart(export)}")


def as_report(export: Export) -> str:
    """A printable report: the chart with all that explains it, and the complete settings."""
    title = f"{export.link.table.title}: a report"
    about, caption, sections = export.answer.report(export.link)
    parts = "\n".join(f"<h2>{escape(name)}</h2>\n{text}" for name, text in sections.items())
    body = f"""<h1>{escape(title)}</h1>
{about}
{_chart(export)}
<p class="quiet">{escape(caption)}</p>
{parts}"""
    return _finished(export, title, body)
