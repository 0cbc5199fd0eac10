"""What stands beneath a chart: sample, same function?, summaries, values."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import streamlit as st

from dissociation.address.links import Link
from dissociation.address.names import condition_names
from dissociation.address.table import Condition
from dissociation.core.measures.base import Curve
from dissociation.engine.curve_watch import CurveWatch
from dissociation.engine.jobs import DONE
from dissociation.features.curves.tables import WAITING, summary_table, value_table
from dissociation.features.curves.text import BAND, INTERVAL, same_function_line
from dissociation.features.curves.theory_words import theory_note
from dissociation.web.export.links import export_links
from dissociation.web.shell.shared import Shared, flat
from dissociation.web.shell.state import plain

_tables: Shared[pd.DataFrame] = Shared()


def explanation(watch: CurveWatch, conditions: Sequence[Condition], link: Link) -> None:
    """Draws all that explains the curves of a watch.

    **Arguments:**

    - `conditions`: of the watch, in its order; `link`: to the page that shows them.
    """
    status = watch.status()
    source = "from the store" if status.stored else "computed now"
    st.caption(f"{BAND} {status.seconds:.1f} s of computing, {source}.")
    _same_function(watch, conditions)
    theory = watch.predictions() if watch.predicted else []
    if watch.predicted:
        theory_note(watch, conditions, log=link.values["axis"] == "log")
    curves = watch.curves()
    if any(curve is None for curve in curves):
        return
    known = [curve for curve in curves if curve is not None]
    _summaries(conditions, known)
    _probe_notes(conditions, known)
    with st.expander("Table of values", icon=":material/table:"):
        table = _tables.of(
            ("values", *conditions),
            flat([*known, *theory]),
            lambda: value_table(conditions, known, theory),
        )
        st.dataframe(table, hide_index=True, width="stretch")
    export_links(link, ready=status.state == DONE)


def _same_function(watch: CurveWatch, conditions: Sequence[Condition]) -> None:
    names = condition_names(conditions)
    lines = [
        f"- {same_function_line(name, experiment, checks)}"
        for name, experiment, checks in zip(names, watch.experiments, watch.checks(), strict=True)
        if experiment.manipulations
    ]
    if lines:
        st.markdown("**Same function?**\n\n" + "\n".join(lines))


def _summaries(conditions: Sequence[Condition], curves: Sequence[Curve]) -> None:
    table = _tables.of(
        ("summary", *conditions), flat(curves), lambda: summary_table(conditions, curves)
    )
    st.dataframe(table, hide_index=True, width="stretch")
    if "images" in curves[0].seeds[0].notes or not np.isnan(curves[0].seeds[0].clean):
        st.caption(
            "σ50: noise at which the error is half way from clean to chance (a larger ratio is "
            f"more robust). Mean error: area under the curve over log σ. {INTERVAL}"
        )
    if (table == WAITING).any(axis=None):
        st.caption(f"{WAITING} A row waits until it rests on the same images as the first.")


def _probe_notes(conditions: Sequence[Condition], curves: Sequence[Curve]) -> None:
    unfinished = [
        name
        for name, curve in zip(condition_names(conditions), curves, strict=True)
        for seed in curve.seeds
        if any(not probe["converged"] for probe in seed.notes.get("probe", []))
    ]
    if not unfinished:
        return
    if getattr(conditions[0].experiment.measure, "probe", "") == "notebook":
        st.info(
            "The notebook's probe stops after 200 steps, before it has converged, so its error "
            "depends on how large the features are. Choose the converged probe to tell apart "
            "what the representation holds from how fast it is read.",
            icon=":material/info:",
        )
    else:
        names = ", ".join(dict.fromkeys(unfinished))
        st.warning(f"Not every probe reached its gradient tolerance: {plain(names)}.")
