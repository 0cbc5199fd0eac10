"""The comparisons as a table for people, as JSON, and as a page of charts.

`python -m benchmarks.report FILE` draws the page of a kept run of speed and puts its tables into
`docs/performance.md`; those of a run of reliability (`results/reliability/`) it puts into
`docs/reliability.md` and `docs/more-machines.md`, and that of a run of coverage
(`results/coverage/`) into `docs/intervals.md`.
"""

from __future__ import annotations

import html
import json
import sys
from pathlib import Path
from typing import Any

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from benchmarks import cluster_words, coverage, reliability

HERE = Path(__file__).parent
LATEST = HERE / "latest.json"
DOCS = HERE.parent / "docs"
PERFORMANCE, RELIABILITY = DOCS / "performance.md", DOCS / "reliability.md"
MACHINES, INTERVALS = DOCS / "more-machines.md", DOCS / "intervals.md"
BEGIN, END = "<!-- speed: written by benchmarks/report.py -->", "<!-- /speed -->"
BLUE, ORANGE = "#0072B2", "#D55E00"


def _number(value: float | None, form: str) -> str:
    return "–" if value is None else format(value, form)


def _aim(row: dict[str, Any]) -> str:
    ratio, share = row["aim"]
    parts = ([f"{ratio:g}×"] if ratio else []) + ([f"{share:.0%}"] if share else [])
    return ", ".join(parts) or "–"


def table(found: dict[str, Any]) -> str:
    """The comparisons as a Markdown table."""
    head = "| work | direct | ours | ratio | share of peak | memory | aim | largest difference |"
    lines = [head, "|---|---|---|---|---|---|---|---|"]
    for row in found["works"]:
        cells = [
            f"{row['label']} ({row['scale']})",
            _number(row["direct_s"], ".2f") + (" s" if row["direct_s"] else ""),
            f"{row['ours_s']:.2f} s",
            _number(row["ratio"], ".1f") + ("×" if row["ratio"] else ""),
            _number(row["share_of_peak"], ".0%"),
            f"{row['peak_mb']:,.0f} MB",
            _aim(row),
            row["difference"],
        ]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def visitor_table(found: dict[str, Any]) -> str:
    """What a visitor waits for, as a Markdown table."""
    lines = ["| what a visitor waits for | measured | aim |", "|---|---|---|"]
    parts = found.get("similarity", {}), found.get("theory", {})
    further = parts[0].get("contrasts", []) + parts[1].get("speed", [])
    for row in found.get("visitor", []) + further:
        unit = "" if "GiB" in row["what"] else "×" if " over from " in row["what"] else " s"
        lines.append(f"| {row['what']} | {row['measured']:.2f}{unit} | {row['aim'] or '–'} |")
    return "\n".join(lines)


def similarity_table(found: dict[str, Any]) -> str:
    """Measures of similarity and their independent counterparts, as a Markdown table."""
    head = "| measure | images | other way | other | ours | ratio | difference |"
    lines = [head, "|---|---|---|---|---|---|---|"]
    for row in found["similarity"]["measures"]:
        cells = [
            row["measure"],
            f"{row['images']:,}",
            row["by"],
            f"{row['theirs_ms']:,.0f} ms",
            f"{row['ours_ms']:,.0f} ms",
            f"{row['ratio']:.1f}×",
            f"{row['difference']:.0e}",
        ]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def theory_table(found: dict[str, Any]) -> str:
    """Predicted curves against the mean of many draws, where they are furthest apart."""
    rows = [
        {**row, "kind": "parameters, absolute: expected error"}
        for row in found["theory"].get("expectation", [])
    ]
    rows = found["theory"]["accuracy"] + rows
    kinds = list(dict.fromkeys(row["kind"] for row in rows))
    lines = ["| predicted minus measured, at worst | " + " | ".join(kinds) + " |"]
    lines.append("|---" * (len(kinds) + 1) + "|")
    for name in dict.fromkeys(row["rewrite"] for row in rows):
        own = {row["kind"]: row for row in rows if row["rewrite"] == name}
        cells = [_furthest(own[kind]) if kind in own else "" for kind in kinds]
        lines.append("| " + " | ".join([name, *cells]) + " |")
    return "\n".join(lines)


def _furthest(row: dict[str, Any]) -> str:
    text = f"{row['difference']:+.3f} (± {row['standard_error']:.3f}) at σ = {row['sigma']:.2g}"
    return text + (f"; {row['outside']} of {row['points']} σ outside" if row.get("outside") else "")


def machine_line(found: dict[str, Any]) -> str:
    """The machine in a sentence."""
    own = found["machine"]
    return (
        f"{own['processor']}, {own['cores']} cores, {own['system']}, Python {own['python']}, "
        f"jaxlib {own['jaxlib']}; matrix products at {own['peak_gflops']:,.0f} GFLOP/s; "
        f"{found['date']}"
    )


def growth_figure(found: dict[str, Any]) -> go.Figure:
    """Times over sizes, direct and ours."""
    series = found["growth"]
    figure = make_subplots(
        rows=1, cols=len(series), subplot_titles=[s["label"] for s in series.values()]
    )
    for column, own in enumerate(series.values(), start=1):
        for key, color, dash, name in (
            ("direct_s", ORANGE, "dash", "direct"),
            ("ours_s", BLUE, "solid", "ours"),
        ):
            points = [p for p in own["points"] if p[key] is not None]
            figure.add_trace(
                go.Scatter(
                    x=[p["value"] for p in points],
                    y=[p[key] for p in points],
                    name=name,
                    legendgroup=name,
                    showlegend=column == 1,
                    line={"color": color, "dash": dash},
                    mode="lines+markers",
                    hovertemplate="%{x:,}: %{y:.3g} s<extra>" + name + "</extra>",
                ),
                row=1,
                col=column,
            )
    figure.update_xaxes(type="log").update_yaxes(type="log")
    figure.update_yaxes(title_text="time (s)", col=1)
    return figure.update_layout(template="plotly_white", height=420, width=330 * len(series))


def works_figure(found: dict[str, Any]) -> go.Figure:
    """Ratios to the direct way."""
    rows = [row for row in found["works"] if row["ratio"]][::-1]
    figure = go.Figure(
        go.Bar(
            x=[row["ratio"] for row in rows],
            y=[row["label"] for row in rows],
            orientation="h",
            marker_color=BLUE,
            text=[f"{row['ratio']:.1f}×" for row in rows],
        )
    )
    figure.update_xaxes(title_text="times as fast as the direct way", type="log")
    return figure.update_layout(template="plotly_white", height=380, width=900)


def _html_table(markdown: str) -> str:
    lines = [line for line in markdown.splitlines() if not line.startswith("|---")]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    cells = ""
    for row, tag in zip(rows, ["th"] + ["td"] * (len(rows) - 1), strict=True):
        cells += "<tr>" + "".join(f"<{tag}>{html.escape(cell)}</{tag}>" for cell in row) + "</tr>"
    return f"<table>{cells}</table>"


def tables(found: dict[str, Any]) -> list[str]:
    """All tables of a run, those of similarity and theory only if it measured them."""
    similarity = [similarity_table(found)] if "similarity" in found else []
    theory = [theory_table(found)] if "theory" in found else []
    return [table(found), *similarity, *theory, visitor_table(found)]


def page(found: dict[str, Any]) -> str:
    """One HTML file with everything in it."""
    shown = "".join(map(_html_table, tables(found)))
    charts = works_figure(found).to_html(full_html=False, include_plotlyjs=True)
    if found["growth"]:
        charts += growth_figure(found).to_html(full_html=False, include_plotlyjs=False)
    style = (
        "body{font-family:sans-serif;margin:2rem}td,th{padding:.3rem .7rem;text-align:left;"
        "border-bottom:1px solid #ddd}"
    )
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>dissociation: speed</title>'
        f"<style>{style}</style><h1>Speed</h1><p>{html.escape(machine_line(found))}</p>"
        f"{shown}{charts}</html>"
    )


def write(found: dict[str, Any]) -> list[Path]:
    """Leaves `latest.json` and `latest.html` beside this file. **Returns:** their paths."""
    LATEST.write_text(json.dumps(found, indent=1) + "\n")
    shown = LATEST.with_suffix(".html")
    shown.write_text(page(found))
    return [LATEST, shown]


def section(found: dict[str, Any]) -> str:
    """What `docs/performance.md` says of a kept run."""
    parts = [BEGIN, machine_line(found), *tables(found), END]
    return "\n\n".join(parts)


def write_between(path: Path, begin: str, end: str, text: str) -> None:
    """Puts a text into a file in the place of two marks and what is between them."""
    old = path.read_text()
    path.write_text(old.split(begin)[0] + text + old.split(end)[1])


def main() -> None:
    """See the module."""
    source = Path(sys.argv[1])
    found = json.loads(source.read_text())
    if source.resolve().parent == coverage.KEPT:
        text = coverage.section(found["coverage"])
        write_between(INTERVALS, coverage.BEGIN, coverage.END, text)
    elif "works" in found:
        LATEST.with_suffix(".html").write_text(page(found))
        write_between(PERFORMANCE, BEGIN, END, section(found))
    else:
        text = reliability.section(found)
        write_between(RELIABILITY, reliability.BEGIN, reliability.END, text)
    if "cluster" in found:
        MACHINES.write_text(cluster_words.filled(MACHINES.read_text(), found["cluster"]))


if __name__ == "__main__":
    main()
