"""Robustness: what its controls ask the lab for, and what it shows of finished experiments."""

from __future__ import annotations

import pytest
from labs import TINY, Visit, other_value

from dissociation.address.parameters import manipulation_of
from dissociation.core.experiment import Experiment
from dissociation.core.manipulations import REGISTRY, Duplicate, InputNull, Nuisance, Scale
from dissociation.core.measures import InputNoise, ParameterNoise
from dissociation.core.networks.training import PAPER, QUICK, Recipe
from dissociation.web.controls.controls import log_options
from dissociation.web.shell.snapshots import traces_of

ALL = {"show": ",".join(REGISTRY)}
STRENGTHS = [*REGISTRY, "scale.layer", "nuisance.incoming", "nuisance.group", "input_null.images"]
MEASURED = ["parameter_range", "points", "images", "mode", "layers", "draws"]
NETWORKS = ["epochs", "rate", "batch", "width", "seeds", "key"]


def moved(visit: Visit, name: str):
    """Moves a control as a visitor would, and gives its new value."""
    parameter, widget = visit.parameters[name], visit.widget(name)
    value = other_value(parameter)
    if parameter.kind in ("number", "integer") and parameter.log:
        value = next(v for v in log_options(parameter, parameter.default) if v > parameter.default)
    if parameter.kind == "range":
        options = log_options(parameter, *parameter.default)
        value = (options[3], options[-3])
    if parameter.kind == "choices":
        value = value[:1]
    widget.set_value(value)
    visit.run()
    return value


def test_defaults(lab):
    Visit("robustness")
    steps = ((), (Scale(),), (Duplicate(),), (Nuisance(),), (InputNull(),))
    assert lab.curves == [tuple(Experiment(ParameterNoise(), rewrite) for rewrite in steps)]


@pytest.mark.parametrize("name", STRENGTHS)
def test_strengths_and_options(name, lab):
    visit = Visit("robustness", ALL)
    value = moved(visit, name)
    manipulation = name.split(".")[0]
    (step,) = lab.curves[-1][1 + list(REGISTRY).index(manipulation)].manipulations
    assert step == manipulation_of(manipulation, visit.values) != REGISTRY[manipulation]()
    assert visit.query[name] == visit.parameters[name].format(value)
    # The others are what they were.
    assert sum(new != old for new, old in zip(*lab.curves[::-1], strict=True)) == 1


@pytest.mark.parametrize("name", MEASURED)
def test_measure(name, lab):
    visit = Visit("robustness")
    value = moved(visit, name)
    measure = lab.curves[-1][0].measure
    if name == "parameter_range":
        assert (measure.noise_low, measure.noise_high) == value
    else:
        assert getattr(measure, name) == value
    assert len({experiment.measure for experiment in lab.curves[-1]}) == 1


@pytest.mark.parametrize("name", NETWORKS)
def test_networks(name, lab):
    visit = Visit("robustness", {"recipe": "custom"})
    value = moved(visit, name)
    for experiment in lab.curves[-1]:
        recipe = experiment.recipe
        found = {"rate": recipe.learning_rate, "seeds": experiment.seeds, "key": experiment.key}
        assert (found[name] if name in found else getattr(recipe, name)) == value


def test_recipes(lab):
    visit = Visit("robustness")
    visit.widget("recipe").set_value("paper")
    visit.run()
    assert {experiment.recipe for experiment in lab.curves[-1]} == {PAPER}
    assert visit.widget("epochs") is None
    visit = Visit("robustness", {"recipe": "quick", "epochs": "9"})
    assert visit.widget("epochs") is None and "“epochs” counts only with" in visit.notices[0]
    assert {experiment.recipe for experiment in lab.curves[-1]} == {QUICK} and visit.query == {}
    visit = Visit("robustness", {"epochs": "9"})
    assert visit.widget("epochs").value == 9 and visit.values["recipe"] == "custom"
    assert {experiment.recipe.epochs for experiment in lab.curves[-1]} == {9}


def test_a_tiny_learning_rate_still_falls(lab):
    Visit("robustness", {"recipe": "custom", "rate": "0.0001"})
    assert lab.curves[-1][0].recipe == Recipe(learning_rate=1e-4, final_learning_rate=1e-4)


def test_noise_on_the_inputs(lab):
    visit = Visit("robustness")
    visit.widget("measure").set_value("input_noise")
    visit.run()
    assert {experiment.measure for experiment in lab.curves[-1]} == {InputNoise()}
    # Exact rewrites share the trained network's curve: one job for two units of work.
    assert "identical to the trained one" in visit.text()
    assert visit.widget("parameter_range") is None and visit.widget("draws") is None
    visit.widget("anyway").set_value(True)
    visit.run()
    assert all(experiment.measure_anyway for experiment in lab.curves[-1])
    visit.widget("input_range").set_value((0.2, 5.0))
    visit.run()
    assert lab.curves[-1][0].measure == InputNoise(noise_low=0.2, noise_high=5.0)


def test_what_is_shown(lab):
    visit = Visit("robustness")
    visit.widget("show").set_value(["permute", "scale"])
    visit.run()
    names = [[step.name for step in e.manipulations] for e in lab.curves[-1]]
    assert names == [[], ["scale"], ["permute"]]
    visit.widget("show").set_value([])
    visit.run()
    assert [experiment.manipulations for experiment in lab.curves[-1]] == [()]
    assert visit.query == {"show": ""}
    # An address with nothing chosen is kept as it is.
    assert Visit("robustness", {"show": ""}).values["show"] == []


def test_values_survive_while_their_control_is_hidden(lab):
    visit = Visit("robustness", {"scale": "50", "draws": "3"})
    visit.widget("show").set_value(["permute"])
    visit.widget("measure").set_value("input_noise")
    visit.run()
    visit.run()
    visit.widget("show").set_value(["scale"])
    visit.widget("measure").set_value("parameter_noise")
    visit.run()
    assert visit.widget("scale").value == 50 and visit.widget("draws").value == 3
    assert lab.curves[-1][1].manipulations == (Scale(50.0),)


def test_a_position_between_the_slider_s_own(lab):
    visit = Visit("robustness", {"scale": "20.000001", "parameter_range": "0.0123456789~0.5"})
    visit.run()
    assert lab.curves[-1][1].manipulations == (Scale(20.000001),)
    assert lab.curves[-1][0].measure.noise_low == 0.0123456789


@pytest.fixture
def measured(disk_lab):
    """A small experiment, really trained and measured, and the visit that asked for it."""
    visit = Visit("robustness", {**TINY, "show": "scale,input_null"})
    disk_lab.jobs.drain()
    return disk_lab, visit.run()


def test_stored(measured):
    lab, visit = measured
    assert "computed now" in visit.text()
    later = Visit("robustness", {**TINY, "show": "scale,input_null"})
    assert "from the store" in later.text()
    assert lab.jobs.counts() == {"queued": 0, "waiting": 0, "running": 0}
    for shown in (visit, later):
        frames = {tuple(frame.value.columns): frame.value for frame in shown.test.dataframe}
        summary = next(frame for columns, frame in frames.items() if "σ50" in columns)
        names = ["Trained", "Scaled (α = 20)", "Input-null noise (s = 0.1)"]
        assert list(summary["Condition"]) == names
        values = next(frame for columns, frame in frames.items() if "Band low" in columns)
        assert len(values) == 3 * 2 and set(values["Images"]) == {200}
        assert (values["Networks"] == 1).all() and values["Error"].between(0, 1).all()
        lines = [line for line in shown.text().splitlines() if "same function on" in line]
        assert len(lines) == 2 and all("of 10,000 predictions changed" in line for line in lines)
        assert "all inputs" in lines[0] and "the test images" in lines[1]
        htmls = [html.proto.body for html in shown.test.get("html")]
        assert any("api/export/csv/Robustness?v=1" in html for html in htmls)
    assert not visit.errors and not later.errors


def test_one_more_condition_leaves_the_others_stored(measured):
    lab, visit = measured
    visit.widget("show").set_value(["scale", "input_null", "permute"])
    visit.run()
    # Nothing is trained or measured again.
    theory, measure, check = (job.task for job in visit.watch().watched)
    assert [task.kind for task in (theory, measure, check)] == ["theory", "curve", "check"]
    for task in (theory, measure, check):
        assert [[s.name for s in study.manipulations] for study in task.studies] == [["permute"]]
    lab.jobs.drain()
    assert "Permuted" in visit.run().text()


def test_a_failed_job_is_told_and_can_be_retried(lab, monkeypatch, caplog):
    from dissociation.engine.jobs import APOLOGY
    from dissociation.engine.tasks import TrainTask

    def broken(self):
        raise RuntimeError("secret path /root")
        yield

    with monkeypatch.context() as patch:
        patch.setattr(TrainTask, "run", broken)
        visit = Visit("robustness", {**TINY, "show": ""})
        lab.jobs.drain()
        visit.run()
        status = visit.watch().status()
        assert (status.state, status.message) == ("failed", APOLOGY)
        assert "secret" not in visit.text() and "a job failed" in caplog.text
    # Another visitor asks again.
    Visit("robustness", {**TINY, "show": ""})
    lab.jobs.drain()
    assert "from the store" in Visit("robustness", {**TINY, "show": ""}).text()


def test_theory_is_drawn_under_what_is_measured_unless_it_is_switched_off(lab):
    visit = Visit("robustness", {**TINY, "show": "scale"})
    assert visit.watch().predicted and "**Theory.**" not in visit.text()
    lab.jobs.drain()
    visit.run()
    said = visit.text().split("**Theory.**")[1]
    assert "200 images" in said and "**Scaled (α = 20)**: furthest apart at σ =" in said
    table = visit.test.dataframe[1].value
    assert table["Predicted by theory"].between(0, 1).all()
    for trace in traces_of(visit.watch()):
        theory = trace["theory"]
        assert theory["x"] == trace["x"] and theory["detail"].endswith("all draws, 200 images")
    visit.widget("theory").set_value(False)
    visit.run()
    assert visit.query["theory"] == "no" and not visit.watch().predicted
    assert "**Theory.**" not in visit.text()
    assert "Predicted by theory" not in visit.test.dataframe[1].value
