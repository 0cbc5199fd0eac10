"""A page with the live chart, an unrelated slider and scripted jobs; see `fake_jobs`.

Parameters: `job` (a name of the test's own), `seconds`, and `then` those of another try, `ending`
(done or failed), `drop` (the server closes the socket once), `lost` (the first address is unknown),
`push` (no routes: the script passes the snapshots), `zeros` (no errors at the smallest noise).
"""

from __future__ import annotations

from dataclasses import replace

import fake_jobs
import streamlit as st

from dissociation.web.chart import Axis, FigureSpec, TraceStyle, live_chart

FIGURE = FigureSpec(
    x=Axis("Noise scale on the input", 0.001, 1, log=True),
    y=Axis("Error", 0.01, 1, log=True, percent=True),
    traces=(
        TraceStyle("trained", "As trained", "#0072B2", "solid", "circle"),
        TraceStyle("expand", "Expanded ×4", "#D55E00", "dash", "square"),
        TraceStyle("shrink", "Shrunk ×½", "#009E73", "dot", "diamond"),
        TraceStyle("rotate", "Null space rotated", "#CC79A7", "dashdot", "triangle-up"),
    ),
    filename="robustness",
)
LINEAR = replace(
    FIGURE, x=Axis("Noise scale", 0, 1), y=Axis("Error", 0, 1, percent=True), revision="linear"
)


def chart() -> None:
    """Draws the chart of the current attempt and acts on what happened in it."""
    params, session = st.query_params, st.session_state
    name = f"{params.get('job', 'job')}-{session.attempt}"
    seconds = params.get("seconds", 2)
    job = fake_jobs.start(
        name,
        seconds=float(seconds if session.attempt == 0 else params.get("then", seconds)),
        ending=params.get("ending", "done") if session.attempt == 0 else "done",
        drop="drop" in params,
        zeros="zeros" in params,
    )
    figure = fake_jobs.FIGURES["chart"] = LINEAR if session.get("linear") else FIGURE
    snapshot = job.snapshot(figure)
    over = snapshot["state"] in ("done", "failed", "cancelled")
    address = None if over or "push" in params else f"/api/jobs/{name}"
    if "lost" in params and session.attempt == 0:
        address = "/api/jobs/unknown"
    events = live_chart(
        figure,
        snapshot,
        address=address,
        key="chart",
        alt="Error against noise, four conditions",
    )
    session.log += [event for event, happened in events._asdict().items() if happened]
    if events.cancel:
        job.cancel()
        st.rerun()
    if events.retry or events.lost:
        next_attempt()
        st.rerun()


def next_attempt() -> None:
    """Another job, at another address."""
    st.session_state.attempt += 1


def main() -> None:
    """The page."""
    session = st.session_state
    session.setdefault("attempt", 0)
    session.setdefault("log", [])
    session.runs = session.get("runs", 0) + 1
    st.set_page_config(page_title="Live chart", layout="wide")
    if "push" in st.query_params:
        st.fragment(chart, run_every=0.2)()
    elif st.checkbox("Chart", True):
        chart()
    st.slider("Unrelated", 0, 10, 3, key="unrelated")
    st.checkbox("Linear axes", key="linear")
    st.button("Another job", on_click=next_attempt)
    with st.container(key="runs"):
        st.text(f"runs: {session.runs}")
    with st.container(key="log"):
        st.text(f"events: {' '.join(session.log)}")


if __name__ == "__main__":
    main()

app = st.App(__file__, routes=fake_jobs.routes())
