"""What Python builds for Plotly: of numbers, and before there are any."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dissociation.core.linear.study import LinearStudy, study_linear
from dissociation.core.theory.trade_off import Split
from dissociation.features.bridge import figures as bridge_figures  # noqa: F401 (adds its kind)
from dissociation.features.causes import plots as causes_plots  # noqa: F401 (adds its kinds)
from dissociation.features.linear import figures as linear_figures
from dissociation.features.phantom import figures as phantom_figures  # noqa: F401 (adds its kind)
from dissociation.features.representation import figures as pair_figures  # noqa: F401 (adds its kind)
from dissociation.web.chart import Axis, FigureSpec, TraceStyle, identity, outline
from dissociation.web.chart.multiples_plot import multiples_panels
from dissociation.web.chart.plots import PLOTS, drawn
from dissociation.web.chart.plotting import digits, number, share, translucent, uid

NOISE = Axis("Noise", 0.01, 1, log=True)
ERROR = Axis("Error", 0.01, 1, log=True, percent=True)


def style(key: str, **more) -> TraceStyle:
    look = {"name": f"The {key}", "color": "#0072B2", "dash": "solid", "symbol": "circle"}
    return TraceStyle(key, **{**look, **more})


def figure(kind: str, *styles: TraceStyle, **more) -> FigureSpec:
    axes = {"x": NOISE, "y": ERROR, **more}
    return FigureSpec(traces=styles, filename="figure", kind=kind, **axes)


def places(key: str, across: float | None, up: float) -> dict:
    return {"key": key, "x": [0], "y": [0], "detail": "", "places": {"noise": across, "rsa": up}}


MAP = figure(
    "map",
    style("0", group="trained", dash=""),
    style("1", group="expand", label="×2"),
    style("2", group="expand", label="×4"),
    style("3", group="shrink", label="×½"),
    y=Axis("RSA", 0, 1, auto=True),
    across="noise",
    up="rsa",
    reference="trained",
)
FOUND = [places("0", 0.5, 0), places("1", 0.3, 0.2), places("2", 0.1, 0.4), places("3", 0.1, 0.401)]


class TestNumbers:
    def test_three_digits(self):
        values = [0.5, 1 / 3, 1234.5, 0.000012345, 0.0, 100.0, 1.125, 1.23e-7]
        written = ["0.5", "0.333", "1230", "0.0000123", "0", "100", "1.13", "1.23e-7"]
        assert [digits(value) for value in values] == written

    def test_shares_are_nothing_or_all_only_of_nothing_and_of_all(self):
        axis = Axis("Error", 0, 1, percent=True)
        values = [None, 0.0, 1.0, 0.1234, 0.9996, 0.999999999]
        written = ["–", "0%", "100%", "12.3%", "99.96%", "over 99.99%"]
        assert [number(value, axis) for value in values] == written
        assert share(0.05, lambda value, more: f"{value:.{1 + more}f}") == "5.0%"

    @given(st.floats(1e-12, 1e12))
    def test_they_are_near(self, value):
        assert float(digits(value)) == pytest.approx(value, rel=0.006)
        assert "e" not in digits(value) or value < 1e-6

    def test_names_and_colours(self):
        assert uid("line", "a.b") == "line-a_46b"
        assert translucent("#0072B2", 0.22) == "rgba(0,114,178,0.22)"


@pytest.mark.parametrize("kind", PLOTS)
def test_before_there_are_numbers(kind):
    styles = [style(key) for key in "abcde"]
    shown = figure(kind, *styles, focus=0.1, reference="trained")
    if kind == "margins":
        shown = replace(shown, traces=tuple(styles[:4]))
    part = drawn(shown, [])
    assert part["blank"] and part["figure"] == identity(shown)
    assert json.loads(json.dumps(part, allow_nan=False))["traces"] == part["traces"]
    assert len({trace["uid"] for trace in part["traces"]}) == len(part["traces"])


def test_figures_are_told_apart():
    assert identity(MAP) == identity(replace(MAP)) != identity(replace(MAP, scale=1.5))
    # A line is one entry of the legend, however many points it has.
    assert outline(MAP)["entries"] == 3 and outline(replace(MAP, kind="exact"))["entries"] == 4


class TestMap:
    def test_a_group_is_one_trace_and_the_reference_lies_above_all(self):
        traces = drawn(MAP, FOUND)["traces"]
        assert [(trace["uid"], trace["x"]) for trace in traces] == [
            ("map-expand", [0.3, 0.1]),
            ("map-shrink", [0.1]),
            ("map-trained", [0.5]),
        ]
        assert traces[0]["customdata"] == ["1", "2"]

    def test_sweeps_that_end_in_one_place_share_a_label(self):
        assert [trace["text"] for trace in drawn(MAP, FOUND)["traces"]] == [
            ["", "×4, ×½"],
            [""],
            [""],
        ]

    def test_what_is_not_known_is_not_drawn(self):
        expand = drawn(MAP, [places("1", None, 0.2), places("2", 1e-4, 0.4)])["traces"][0]
        # What lies below the axis stands at its foot; the second strength keeps its size.
        assert (expand["x"], expand["y"], expand["marker"]["size"]) == ([0.01], [0.4], [10.5])

    def test_differences_by_rounding_are_no_mountains(self):
        flat = drawn(MAP, [places("0", 0.5, 0), places("1", 0.3, 1e-7)])["layout"]["yaxis"]
        assert flat["range"] == pytest.approx([-0.0025, 0.05])
        assert "range" not in drawn(MAP, FOUND)["layout"]["yaxis"]

    def test_the_way_of_a_sweep(self):
        path, other = drawn(MAP, FOUND)["paths"]
        assert [(node["share"], node["label"]) for node in path["nodes"]] == [
            (0, ""),
            (0.5, "×2"),
            (1, "×4"),
        ]
        assert path["nodes"][0]["across"] == math.log10(0.5) and other["count"] == 1

    def test_nothing_on_it_is_html(self):
        shown = replace(MAP, traces=(style("1", name="<b>", label="&", group="<i>"),))
        (trace,) = drawn(shown, FOUND)["traces"]
        assert trace["name"] == "&lt;b&gt;" and trace["text"] == ["&amp;"]
        assert trace["hovertext"][0].startswith("<b>&lt;b&gt;, &amp;</b>")


def test_a_bridge_says_its_laws_and_labels_what_is_far_from_the_crowd():
    law = style("best-law", group="law", name="best")
    shown = replace(MAP, kind="bridge", traces=(*MAP.traces, law))
    found = {"key": "best-law-noise", "x": [0.1, 1], "y": [1, 10], "slope": -0.987, "r2": 0.5}
    far = [places("0", 0.5, 1), places("2", 0.01, 1), places("3", 0.4, 2)]
    line, *points = drawn(shown, [*far, found])["traces"]
    assert line["name"] == "best: slope −0.99, R² = 0.50"
    assert [trace["text"] for trace in points[:2]] == [["×4"], [""]]


class TestHeatmap:
    STYLES = tuple(style(key) for key in ("first", "b", "c"))

    def test_cells_lie_around_what_was_measured_half_way_on_the_axis(self):
        traces = [
            {"key": "b", "x": [0.01, 0.1, 1], "y": [0.5, 1, 0]},
            {"key": "c", "x": [0.1], "y": [0.2], "half_way": 0.3},
        ]
        cells, line = drawn(figure("heatmap", *self.STYLES), traces)["traces"]
        assert [math.log10(edge) for edge in cells["x"]] == pytest.approx([-2.5, -1.5, -0.5, 0.5])
        assert cells["z"][0] == pytest.approx([math.log10(0.5), 0, -2], rel=1e-5)
        assert cells["z"][1][::2] == [None, None]
        assert (cells["zmin"], cells["zmax"]) == (-2, 0)
        assert line["x"] == [None, 0.3]
        assert cells["text"][1][1] == "<b>The c</b> at 0.1<br>error <b>20%</b>"

    def test_one_column_lies_where_it_was_measured(self):
        shown = figure("heatmap", *self.STYLES)
        cells, _ = drawn(shown, [{"key": "b", "x": [0.1], "y": [0.5]}])["traces"]
        assert cells["x"] == [0.1]


def test_closed_forms_have_symbols_where_nothing_was_drawn_beside_them():
    curve = {"x": [0.1], "y": [0.5], "low": [0.4], "high": [0.7], "detail": ""}
    traces = [{"key": "a", **curve}, {"key": "a:drawn", **curve, "words": ["<loss 3>"]}]
    points = style("a:drawn", group="drawn", label="a")
    alone = drawn(figure("exact", style("a")), traces)["traces"]
    line, bars = drawn(figure("exact", style("a"), points), traces)["traces"]
    assert [alone[0]["mode"], line["mode"], bars["mode"]] == ["lines+markers", "lines", "markers"]
    assert bars["error_y"]["array"] == pytest.approx([0.2])
    assert bars["hovertext"] == ["<b>50%</b> (40% to 70%)  &lt;loss 3&gt;"]


def test_a_dead_network_has_no_noise_to_draw():
    factors, nothing = [0.1, 1, 10], Split((0.0,), (0.0,), (0.0,))
    whole = {"key": "sum", "x": factors, "y": [0.0, None, 0.0], "parts": nothing, "now": 1.0}
    shown = figure("tradeoff", style("sum"), style("best-at", group="point"), focus=0.1)
    part = drawn(shown, [whole])
    assert "range" not in part["layout"]["yaxis"] and part["traces"][1]["x"] == [None]
    margins = {
        **{"key": "margins", "x": [0.1], "y": [None], "limit": 0.0, "width": [None]},
        **{"clean": [0, None, 0], "predicted": [[math.nan]], "measured": [[0]], "overlap": [None]},
    }
    shown = figure("margins", *(style(key) for key in "abcd"), focus=0.1)
    part = drawn(shown, [margins])
    json.dumps(part, allow_nan=False)
    assert "measured <b>…</b>" in part["layout"]["annotations"][0]["text"]


def test_pairs_that_are_known_are_tables_in_their_panels():
    table = {"names": ["a", "b"], "mean": [[1, 0], [0, 1]], "words": [[""]], "ranges": [[""]]}
    shown = figure("pairs", style("a"), style("b", name="R² < 1"))
    part = drawn(shown, [{"key": "b", **table}])
    (trace,), layout = part["traces"], part["layout"]
    assert (trace["xaxis"], trace["yaxis"], trace["z"]) == ("x2", "y2", [[1, 0], [0, 1]])
    assert layout["xaxis"]["side"] == layout["xaxis2"]["side"] == "top"
    assert [title["text"] for title in layout["annotations"]] == [
        "<b>The a</b>",
        "<b>R² &lt; 1</b>",
    ]


def curve(key: str, y: list[float | None], **more) -> dict:
    """A curve of so many points, each with a band of 0.1 around it."""
    low, high = ([None if v is None else v + by for v in y] for by in (-0.1, 0.1))
    x = [(place + 1) / 10 for place in range(len(y))]
    return {"key": key, "x": x, "y": y, "low": low, "high": high, "detail": "2 seeds", **more}


class TestLines:
    LINEAR = Axis("Error", 0, 1, percent=True)

    def named(self, name: str, *traces: dict, y: Axis = ERROR, **more) -> dict:
        styles = style("a"), style("b")
        part = drawn(figure("lines", *styles, y=y, **more), traces)
        return next(trace for trace in part["traces"] if trace["uid"] == name)

    def test_every_condition_has_its_band_its_line_and_its_zeros_bands_below(self):
        part = drawn(figure("lines", style("a"), style("b")), [curve("a", [0.5])])
        names = ["band-a", "band-b", "zero-a", "line-a", "zero-b", "line-b"]
        assert [trace["uid"] for trace in part["traces"]] == names
        assert all(trace["legendgroup"] == trace["uid"][-1] for trace in part["traces"])
        assert not part["blank"]

    def test_a_condition_without_points_keeps_its_place_in_the_legend(self):
        line = self.named("line-b", curve("a", [0.5]))
        assert (line["x"], line["y"], line["name"]) == ([None], [None], "The b")

    def test_a_band_has_a_polygon_for_each_run_without_a_gap(self):
        band = self.named("band-a", curve("a", [0.5, 0.75, None, 0.25]), y=self.LINEAR)
        assert band["x"] == [0.1, 0.2, 0.2, 0.1, None, 0.4, 0.4, None]
        assert band["y"] == [0.6, 0.85, 0.65, 0.4, None, 0.35, 0.15, None]

    def test_a_curve_without_a_band_says_its_values(self):
        bare = {"key": "a", "x": [0.1], "y": [0.5], "detail": ""}
        assert self.named("band-a", bare)["x"] == []
        assert self.named("line-a", bare)["hovertext"] == ["<b>50%</b>"]

    def test_a_band_ends_at_the_foot_of_a_logarithmic_axis(self):
        assert self.named("band-a", curve("a", [0.05]))["y"] == [pytest.approx(0.15), 0.01, None]

    def test_no_errors_at_all_stand_as_triangles_at_the_foot_of_a_logarithmic_axis(self):
        zeros = curve("a", [0, 0.2])
        triangles = self.named("zero-a", zeros)
        assert (triangles["x"], triangles["y"]) == ([0.1], [0.01])
        assert triangles["hovertext"] == ["<b>0%</b> (-10%–10%)"]
        assert self.named("line-a", zeros)["y"] == [None, 0.2]
        assert self.named("zero-a", zeros, y=self.LINEAR)["x"] == []
        assert self.named("line-a", zeros, y=self.LINEAR)["y"] == [0, 0.2]

    @pytest.mark.parametrize(("detail", "told"), [("2 seeds", ""), ("<3>", "  2 seeds")])
    def test_what_all_curves_share_is_said_once_where_there_is_room(self, detail, told):
        traces = [curve("a", [0.5]), curve("b", [0.5], detail=detail), curve("c", [1], detail="no")]
        part = drawn(figure("lines", style("a", name="<a>"), style("b")), traces)
        line = next(trace for trace in part["traces"] if trace["uid"] == "line-a")
        assert line["hovertext"] == ["<b>50%</b> (40%–60%)"]
        assert line["hovertemplate"] == f"&lt;a&gt;  %{{hovertext}}{told}<extra></extra>"
        alone = "<b>&lt;a&gt;</b> at %{x:.3~r}<br>%{hovertext}<br>2 seeds<extra></extra>"
        assert line["compact"]["hovertemplate"] == alone
        title = part["layout"]["xaxis"]["unifiedhovertitle"]["text"]
        assert title == "Noise: %{x:.3~g}" + ("" if told else "  ·  2 seeds")

    def test_theory_is_drawn_before_anything_is_measured_and_named_once(self):
        exact = {"x": [1, 2], "y": [0, 0.5], "detail": "exact"}
        predicted = curve("a", [], theory=exact)
        assert self.named("theory-a", predicted, theory="theory")["y"] == [None, 0.5]
        parts = [
            drawn(figure("lines", style("a"), theory=words), [predicted]) for words in ("t", "")
        ]
        assert [part["blank"] for part in parts] == [False, True]
        names = [[t["uid"] for t in part["traces"] if "theory" in t["uid"]] for part in parts]
        assert names == [["theory-a", "theory-meaning"], []]


def test_each_panel_of_multiples_shows_its_condition_beside_the_first_one():
    shown = figure("multiples", *(style(key) for key in ("first", "b", "c")), swept="strengths")
    part = drawn(shown, [curve(key, [0.5]) for key in ("first", "b", "c")])
    lines = [trace for trace in part["traces"] if trace["uid"].startswith("line")]
    assert [(line["uid"], line["xaxis"], line["legendgroup"]) for line in lines] == [
        ("line0-first", "x", "reference"),
        ("line0-b", "x", "swept"),
        ("line1-first", "x2", "reference"),
        ("line1-c", "x2", "swept"),
    ]
    # The legend has one entry for the first condition, and one for all others.
    named = [line["name"] for line in lines if line["showlegend"]]
    assert named == ["The first", "strengths"]
    layout = part["layout"]
    axes = [layout[axis].get("matches") for axis in ("xaxis", "xaxis2", "yaxis2")]
    assert axes == [None, "x", "y"]
    assert layout["yaxis"]["title"]["text"] == "Error" and "title" not in layout["yaxis2"]
    assert [title["text"] for title in layout["annotations"]] == [
        "<b>The b</b>",
        "<b>The c</b>",
        "Noise",
    ]


def test_a_page_has_room_for_more_panels_than_a_phone():
    rows = [[row.panels for row in panels.rows] for panels in multiples_panels(6, 1.0)]
    assert rows == [[2, 2, 1], [2, 2, 1], [3, 2]]


def test_a_phantom_is_told_by_digit_where_images_are_sorted():
    picture = {"bytes": "", "shape": [250, 250], "low": -1, "high": 2}
    found = {"picture": picture, "words": "grey <1>", "title": ""}
    frames = [style("frame-0", name="", group="frame"), style("frame-1", name="", group="frame")]
    large = [style(key) for key in ("wanted", "before", "after")]
    traces = [{"key": "before", **found}, {"key": "frame-0", **found, "title": "σ < 1\npicture"}]
    part = drawn(figure("phantom", *large, *frames), traces)
    (before, frame), layout = part["traces"], part["layout"]
    assert (before["xaxis"], frame["xaxis"]) == ("x2", "x4")
    assert (before["z"], before["zmin"], before["zmax"]) == (picture, -1, 2)
    assert before["hovertemplate"].startswith("grey &lt;1&gt;<br>")
    ticks = layout["yaxis2"]["tickvals"]
    assert (ticks[0], ticks[9], layout["yaxis2"]["ticktext"][9]) == (12, 237, "9")
    assert not any("tickvals" in layout[axis] for axis in ("yaxis", "yaxis3", "yaxis4"))
    titles = [title["text"] for title in layout["annotations"]]
    assert titles[1:] == ["<b>The before</b>", "<b>The after</b>", "σ &lt; 1<br>picture", ""]


def test_a_walk_says_of_each_step_how_far_it_has_come():
    study = LinearStudy(family="mwns", n_hidden=16, steps=2)
    found = study_linear(study)
    shown = linear_figures.walk_figure(study)
    part = drawn(shown, linear_figures.walk_traces(study, found))
    traces = {trace["uid"]: trace for trace in part["traces"]}
    heat = traces["walk-w1"]
    assert heat["z"]["shape"][0] == 3 and heat["zmax"] == np.abs(found.walk.networks.w1).max()
    assert (heat["z"]["low"] + heat["z"]["high"] * 127 / 128) == pytest.approx(0)
    assert traces["walk-now"]["x"]["steps"] == [[0], [1], [2]] and part["walk"]["last"] == 2
    assert len(traces["walk-trail"]["x"]["steps"]) == 3
    w1, *_, loss = part["layout"]["annotations"]
    assert w1["text"]["steps"][0] == "<b>Weights W1 wander</b><br>moved by 0"
    assert w1["compact"]["text"]["steps"][2].startswith("<b>W1</b><br>moved by ")
    assert loss["text"].endswith(" throughout")
    assert part["layout"]["yaxis6"]["range"][0] == 0 == part["layout"]["xaxis6"]["range"][0]


def test_two_representations_stand_side_by_side_and_zoom_together():
    matrix = {"bytes": "", "shape": [250, 250], "stride": 252}
    side = {"x": [0, 1], "y": [2, 3], "digits": [7, 1], "dissimilarity": matrix}
    side |= {"activations": matrix, "largest_distance": 2.0, "largest_activation": 3.0}
    shown = figure("representation", style("a", name="A: scaled (×3), <b>"), style("b"))
    part = drawn(shown, [{"key": "b", **side}])
    (distances, _, cloud), layout = part["traces"], part["layout"]
    assert distances["bitmap"] == {**matrix, "largest": 2.0, "colors": "Cividis"}
    assert [trace["xaxis"] for trace in part["traces"]] == ["x2", "x4", "x6"]
    assert cloud["text"] == ["7", "1"] and len(set(cloud["marker"]["color"])) == 2
    axes = ("xaxis2", "xaxis4", "xaxis6", "yaxis2", "yaxis4", "yaxis6", "xaxis", "yaxis")
    assert [layout[axis].get("matches") for axis in axes] == [
        *("x", None, "x5", "y", "y3", "y5"),
        *(None, None),
    ]
    told = [layout[axis]["showticklabels"] for axis in ("yaxis", "yaxis2", "yaxis5", "xaxis")]
    assert told == [True, False, False, False]
    # Two names beside each other are wider than a phone.
    name = layout["annotations"][1]
    assert name["text"] == "<b>A: scaled (×3), &lt;b&gt;</b>"
    assert name["compact"]["text"] == "<b>A: scaled<br>(×3),<br>&lt;b&gt;</b>"
