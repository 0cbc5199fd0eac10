from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from labs import TINY, Visit

from dissociation.address.table import Condition
from dissociation.core.experiment import Experiment
from dissociation.core.manipulations import InputNull, Scale
from dissociation.core.measures import InputNoise, ParameterNoise, Transfer
from dissociation.core.measures.base import Curve, SeedCurve
from dissociation.core.networks.function_checks import FunctionCheck
from dissociation.core.statistics.summary import interval, summarise
from dissociation.features.curves import explanation
from dissociation.features.curves.explanation import same_function_line
from dissociation.features.curves.tables import summary_table, value_table
from dissociation.web import chart as lc
from dissociation.web.shell import watching

X = np.logspace(-4, 0, 5)
ERRORS = np.array([100, 200, 4_000, 8_000, 9_000])


def curve(seeds: int = 2, factor: float = 1.0, clean: int = 100) -> Curve:
    """A curve that rises from 1 % to 90 % of 10,000 images."""
    total = np.full(5, 10_000)
    rows = [(ERRORS * factor + seed).astype(np.int64)[None] for seed in range(seeds)]
    return Curve(X, tuple(SeedCurve(row, total, clean, 10_000) for row in rows), total)


TRAINED, SCALED = (Experiment(ParameterNoise(points=5), steps) for steps in ((), (Scale(),)))


class TestSameFunction:
    def test_verifying(self):
        line = same_function_line("Name", SCALED, None)
        assert "all inputs" in line and line.endswith("verifying …")

    def test_verified(self):
        checks = (FunctionCheck(1e-7, 0, 2e-7, 1, 10_000), FunctionCheck(3e-7, 2, 1e-8, 0, 10_000))
        line = same_function_line("Name", SCALED, checks).replace("\\", "")
        assert "2 of 20,000 predictions changed (largest logit change 3.0 × 10⁻⁷" in line
        assert "on noisy images (σ = 1) 1 changed (largest logit change 2.0 × 10⁻⁷" in line

    def test_identical_curves_are_named(self):
        named = "this curve is identical to the trained one"
        exact = Experiment(InputNoise(), (Scale(),))
        assert named in same_function_line("Name", exact, None)
        assert named not in same_function_line("Name", SCALED, None)
        null = same_function_line("Name", Experiment(InputNoise(), (InputNull(),)), None)
        assert named not in null and "the test images" in null


class TestSummary:
    def test_rows(self):
        table = summary_table(
            [Condition(TRAINED), Condition(SCALED)], [curve(), curve(factor=1.1, clean=110)]
        )
        assert list(table["Condition"]) == ["Trained", "Scaled (α = 20)"]
        assert list(table["Clean error"]) == ["1.00%", "1.10%"]
        assert table["σ50 / trained"][0] == "1" and float(table["σ50 / trained"][1]) < 1
        assert float(table["σ50"][0]) > float(table["σ50"][1])
        assert table["95 % interval"][0] == "needs 3 networks"

    def test_intervals(self):
        curves = [curve(3), curve(3, factor=1.1)]
        table = summary_table([Condition(TRAINED), Condition(SCALED)], curves)
        low, high = summarise(curves[1], curves[0], 0.9).interval
        assert table["95 % interval"][1] == f"{low:.2%} – {high:.2%}"
        low, high = summarise(curves[1], curves[0], 0.9).ratio_interval
        assert list(table["95 % interval of σ50 / trained"]) == ["–", f"{low:.3g} – {high:.3g}"]

    def test_outside_the_range(self):
        table = summary_table([Condition(TRAINED)], [curve(factor=0.01)])
        assert table["σ50"][0] == "outside the range"

    def test_a_condition_with_fewer_networks_waits(self):
        table = summary_table([Condition(TRAINED), Condition(SCALED)], [curve(2), curve(1)])
        assert set(table.iloc[1, 1:]) == {"…"} and "…" not in set(table.iloc[0])

    def test_rows_rest_on_the_same_images(self):
        """Scaled by α = 1 is the trained network: 1.43 % never stands beside 1.52 %."""
        whole = curve(2)
        few = [SeedCurve(s.errors * 0 + 3, whole.total * 0 + 160, 2, 160) for s in whole.seeds]
        filling = Curve(X, tuple(few), whole.total)
        for curves in ([whole, filling], [filling, whole]):
            table = summary_table([Condition(TRAINED), Condition(SCALED)], curves)
            assert set(table.iloc[1, 1:]) == {"…"}
        both = summary_table([Condition(TRAINED), Condition(SCALED)], [filling, filling])
        assert both["Clean error"][0] == both["Clean error"][1] == "1.25%"

    @pytest.mark.parametrize("other, of", [({"seeds": 3}, "networks"), ({"key": 1}, "settings")])
    def test_others_have_no_ratio_and_wait_for_all_their_images(self, other, of):
        others = Condition(Experiment(ParameterNoise(points=5), (), seeds=2))
        conditions = [others, Condition(dataclasses.replace(others.experiment, **other))]
        own = curve(other.get("seeds", 2))
        table = summary_table(conditions, [curve(2), own])
        assert list(table["σ50 / trained"]) == ["1", f"other {of}"]
        one = Curve(X, own.seeds[:1], own.total)
        assert set(summary_table(conditions, [curve(2), one]).iloc[1, 1:]) == {"…"}


def test_value_table():
    table = value_table([Condition(TRAINED), Condition(SCALED)], [curve(), curve(factor=1.1)])
    assert len(table) == 10 and set(table["Networks"]) == {2} and set(table["Images"]) == {10_000}
    first = table.iloc[2]
    assert first["Error"] == pytest.approx(0.40005)
    assert first["Band low"] < first["Error"] < first["Band high"]
    assert table["95 % low"].isna().all() and "SD between draws" not in table
    assert TRAINED.measure.axes[0].title in table.columns


def test_value_table_of_several_networks_and_draws():
    total = np.full(5, 10_000)
    draws = np.array([[0, 8], [4, 4], [1, 7]])
    seeds = tuple(SeedCurve(ERRORS + own[:, None], total, 100, 10_000) for own in draws)
    table = value_table([Condition(TRAINED)], [Curve(X, seeds, total)])
    # The networks' means are all the same; their draws are not.
    assert table["95 % low"].isna().all() and (table["SD between networks"] == 0).all()
    expected = np.sqrt(draws.var(1, ddof=1).mean()) / 10_000
    np.testing.assert_allclose(table["SD between draws"], expected)
    whole = curve(3)
    table = value_table([Condition(TRAINED)], [whole])
    np.testing.assert_allclose(table[["95 % low", "95 % high"]].T, interval(whole.rates))


def test_value_table_of_a_coarse_curve():
    whole = curve(1)
    seen = np.array([160, 0, 160, 0, 160])
    seed = SeedCurve(whole.seeds[0].errors * (seen > 0) // 100, seen, 1, 160)
    table = value_table([Condition(TRAINED)], [Curve(X, (seed,), whole.total)])
    assert len(table) == 3 and set(table["Images"]) == {160}
    assert np.isfinite(table["Error"]).all()


@pytest.fixture
def charts(monkeypatch):
    """What pages hand to the live chart; `charts.press` is a button the visitor presses next."""

    class Charts(list):
        press = ""

        def chart(self, figure, snapshot, *, address, key, alt, **calls):
            self.append((figure, snapshot, address, key, alt))
            if self.press:
                calls[self.press]()
                self.press = ""
            return lc.Events(False, False, False, False)

    made = Charts()
    monkeypatch.setattr(lc, "live_chart", made.chart)
    return made


QUERY = {**TINY, "show": "scale"}


def test_the_chart_is_explained(lab, charts):
    Visit("robustness", QUERY)
    ((figure, snapshot, address, key, alt),) = charts
    assert [trace.key for trace in figure.traces] == ["trained", "scale"]
    assert figure.y.log and figure.x.log and key == "robustness"
    assert "Trained" in alt and "Scaled (α = 20)" in alt and "table" in alt
    assert snapshot["state"] == "training"
    # Nothing serves the routes here, so the script must follow.
    assert address is None


def test_the_zoom_is_kept_while_the_axes_are(lab, charts):
    visit = Visit("robustness", QUERY)
    visit.widget("scale").set_value(visit.widget("scale").value)
    visit.widget("show").set_value([])
    visit.run()
    visit.widget("parameter_range").set_value((1e-3, 1.0))
    visit.run()
    revisions = [figure.revision for figure, *_ in charts]
    assert revisions[0] == revisions[1] != revisions[2]


def test_the_socket_s_address(lab, charts, monkeypatch):
    monkeypatch.setattr(watching, "routes_are_served", lambda: True)
    visit = Visit("robustness", QUERY)
    assert charts[-1][2] == f"/api/jobs/{visit.watch().id}"
    lab.jobs.drain()
    visit.run()
    assert charts[-1][2] is None and charts[-1][1]["state"] == "done"


def test_cancel(lab, charts):
    visit = Visit("robustness", QUERY)
    charts.press = "on_cancel"
    visit.run()
    while lab.jobs.advance():
        pass
    visit.run()
    assert charts[-1][1]["state"] == "cancelled"
    assert all(job.state == "cancelled" for job in visit.watch().watched)
    # Asked for again, it starts again.
    charts.press = "on_retry"
    visit.run()
    visit.run()
    lab.jobs.drain()
    visit.run()
    assert charts[-1][1]["state"] == "done"


def test_start_over(lab, charts):
    visit = Visit("robustness", QUERY)
    before = visit.watch().id
    charts.press = "on_retry"
    visit.run()
    visit.run()
    assert visit.watch().id != before and lab.find(before) is None
    assert lab.find(visit.watch().id) is visit.watch()


def test_what_the_lab_no_longer_knows_is_replaced_once_however_often_it_is_said(lab, charts):
    visit = Visit("robustness", QUERY)
    lost = visit.watch()
    lab.release(lost)
    found = []
    for _ in range(2):
        charts.press = "on_lost"
        visit.run()
        visit.run()
        found.append(visit.watch())
    assert found[0] is not lost and found[1] is found[0]
    assert lab.find(found[0].id) is found[0]


def test_another_question_keeps_the_jobs_it_shares(lab, charts):
    visit = Visit("robustness", QUERY)
    before = visit.watch()
    training = before.watched[0].needs
    visit.widget("scale").set_value(50.0)
    visit.run()
    after = visit.watch()
    assert after is not before and lab.find(before.id) is None
    lab.jobs.advance()
    assert all(job.state == "running" for job in training)
    lab.jobs.drain()
    assert after.status().state == "done"


def test_visitors_share_jobs(lab, charts):
    first, second = Visit("robustness", QUERY), Visit("robustness", QUERY)
    assert first.watch() is not second.watch()
    # What the first one began is found at once by the second.
    assert set(first.watch().watched) == set(second.watch().watched)


def test_leaving_and_coming_back_finds_the_same_watch(lab, charts):
    visit = Visit("robustness", QUERY)
    watch = visit.watch()
    visit.run()
    assert visit.watch() is watch and len(lab.curves) == 1


def test_unconverged_probes_are_named(lab, charts):
    def probed(converged: bool) -> Curve:
        notes = {"probe": [{"budget": 200, "converged": converged}]}
        seed = SeedCurve(np.array([[20]]), np.array([200]), notes=notes)
        return Curve(np.array([200.0]), (seed,), np.array([200]))

    said: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        for kind in ("info", "warning"):
            patch.setattr(
                explanation.st, kind, lambda text, kind=kind, **_: said.append(kind + text)
            )
        pair = [Condition(Experiment(Transfer(200, 1), steps)) for steps in ((), (Scale(),))]
        explanation._probe_notes(pair, [probed(True), probed(True)])
        assert said == []
        explanation._probe_notes(pair, [probed(True), probed(False)])
        assert said[0].startswith("warning") and "Scaled" in said[0] and "Trained" not in said[0]
        early = [Condition(Experiment(Transfer(200, 1, probe="notebook")))]
        explanation._probe_notes(early, [probed(False)])
        assert said[1].startswith("info") and "200 steps" in said[1]
