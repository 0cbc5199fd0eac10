"""The lab in Python: one store with the pages, figures and tables of what it finds."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import plotly.graph_objects as go
import pytest

import dissociation
from dissociation import (
    Comparison,
    Experiment,
    InputNoise,
    InvalidValue,
    NetworkSpec,
    ParameterNoise,
    Recipe,
    Rescale,
    Scale,
    Transfer,
    beside,
)
from dissociation.core.curves import curve_studies
from dissociation.core.networks.network import seed_key
from dissociation.core.networks.training import trained
from dissociation.core.runner import run as measured
from dissociation.core.same_function import check_studies
from dissociation.engine.library import Library
from dissociation.engine.store import Store
from dissociation.python.lab import Lab, default_lab

SMALL = Recipe(width=16, epochs=0, batch=2048)
MEASURE = ParameterNoise(images=100, points=3)
EXPERIMENT = Experiment(MEASURE, (Scale(3.0),), SMALL, seeds=1)


@pytest.fixture(scope="module")
def lab(tmp_path_factory) -> Iterator[Lab]:
    made = Lab(tmp_path_factory.mktemp("python"), progress=False)
    yield made
    made.close()


@pytest.fixture(scope="module")
def networks():
    return [trained(SMALL, seed_key(0))]


@pytest.fixture
def without_jobs(lab, monkeypatch):
    """Whatever is asked for must be there already."""

    def refuse(*arguments, **more):
        raise AssertionError("something is computed again")

    monkeypatch.setattr(lab._engine.jobs, "submit", refuse)


class TestRun:
    def test_the_numbers_of_the_page_which_finds_them(self, lab, networks):
        found = lab.run(EXPERIMENT)
        alone = measured(EXPERIMENT, networks)
        np.testing.assert_array_equal(found.seeds[0].errors, alone.seeds[0].errors)
        np.testing.assert_array_equal(found.x, alone.x)
        store = Store(lab.folder)
        library = Library(store)
        (kept,) = library.results(curve_studies(EXPERIMENT))
        assert library.results(check_studies(EXPERIMENT)) is not None
        assert library.network(SMALL, 0) is not None
        np.testing.assert_array_equal(kept.curve.errors, alone.seeds[0].errors)
        store.close()

    def test_a_second_time_nothing_is_computed(self, lab, request):
        first = lab.run(EXPERIMENT)
        request.getfixturevalue("without_jobs")
        assert repr(lab.run(EXPERIMENT)) == repr(first)
        assert lab.network(SMALL, 0) is lab.network(SMALL, 0)

    def test_several_side_by_side(self, lab):
        plain = Experiment(MEASURE, (), SMALL, seeds=1)
        found = lab.run([plain, EXPERIMENT])
        assert found.names == ["Trained", "Scaled (α = 3)"]
        assert len(found.results) == 2
        with pytest.raises(AttributeError, match="2 results have no 'mean' together: see results"):
            found.mean  # noqa: B018
        assert set(found.to_frame()["condition"]) == set(found.names)
        figure = found.plot()
        assert isinstance(figure, go.Figure)
        named = {t.name: t for t in figure.data if t.showlegend is not False and t.name}
        for name, curve in zip(found.names, found.results, strict=True):
            np.testing.assert_allclose(named[name].y, curve.mean)
            np.testing.assert_allclose(named[name].x, curve.x)

    def test_a_study(self, lab):
        other = NetworkSpec(SMALL, 0, (Rescale(2.0),))
        found = lab.run(Comparison(NetworkSpec(SMALL, 0), other, thorough=True))
        assert found.values["disagreement"] == 0
        assert {"linear CKA", "measure"} & {*found.to_frame().columns, "measure"}
        assert "<table" in found._repr_html_()

    def test_two_panels(self, lab):
        inputs = Experiment(InputNoise(images=100, points=3), (Scale(3.0),), SMALL, seeds=1)
        figure = beside(lab.run(inputs), lab.run(EXPERIMENT))
        titles = figure.layout.xaxis.title.text, figure.layout.xaxis2.title.text
        assert all("noise" in title for title in titles) and len(set(titles)) == 2
        assert figure.layout.yaxis.tickformat == "~p"
        assert {trace.xaxis for trace in figure.data} == {"x", "x2"}
        named = [t.name for t in figure.data if t.showlegend is not False and t.name]
        assert len(named) == len(set(named))

    def test_what_an_address_holds_and_is_not_used_is_told(self, lab):
        with pytest.warns(UserWarning, match="nonsense"):
            lab.run(
                "Robustness?recipe=custom&width=16&epochs=0&batch=2048&seeds=1&images=100"
                "&points=2&show=&nonsense=1"
            )


class TestRefused:
    @pytest.mark.parametrize("asked", [[], [1], 7, {"a": 1}, None])
    def test_what_is_no_question(self, lab, asked):
        with pytest.raises(InvalidValue):
            lab.run(asked)

    def test_a_study_without_a_page(self, lab):
        with pytest.raises(InvalidValue, match="PhantomStudy"):
            lab.run(curve_studies(EXPERIMENT)[0])

    def test_experiments_on_several_axes(self, lab):
        with pytest.raises(InvalidValue, match="one measure at a time"):
            lab.run([EXPERIMENT, Experiment(Transfer(images=100, points=1), (), SMALL, seeds=1)])

    @pytest.mark.parametrize("cache", ["", "\0", __file__, "/proc/store", True, 7])
    def test_no_folder(self, cache):
        with pytest.raises(InvalidValue, match="cache"):
            Lab(cache)

    @pytest.mark.parametrize("seed", [-1, 0.5, "0", 10**9])
    def test_no_seed(self, lab, seed):
        with pytest.raises(InvalidValue, match="seed"):
            lab.network(SMALL, seed)

    def test_no_recipe(self, lab):
        with pytest.raises(InvalidValue, match="recipe"):
            lab.network("quick")

    @pytest.mark.parametrize("steps", [Scale(2.0), [Scale(2.0)], (2.0,), SMALL])
    def test_no_manipulations(self, steps):
        with pytest.raises(InvalidValue, match="manipulations"):
            Experiment(MEASURE, steps)

    def test_panels_beside_curves(self, lab):
        with pytest.raises(InvalidValue, match="one pair of axes"):
            beside(lab.run(EXPERIMENT), lab.run("Linear"))

    def test_a_setting(self, monkeypatch, tmp_path):
        monkeypatch.setenv("DISSOCIATION_MEMORY", "a lot")
        with pytest.raises(InvalidValue, match="DISSOCIATION_MEMORY"):
            Lab(tmp_path)


def test_nothing_is_kept_where_nothing_shall_be():
    made = Lab(None, progress=False)
    folder = made.folder
    assert made.network(SMALL, 0).widths == (16, 16)
    made.close()
    assert not folder.exists()


def test_progress_is_told(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("dissociation.python.lab.PATIENCE", 0)
    made = Lab(tmp_path)
    made.run(EXPERIMENT)
    made.close()
    assert "Complete" in capsys.readouterr().err


def test_functions_ask_the_lab_of_the_pages(lab, networks, monkeypatch):
    monkeypatch.setattr("dissociation.python.lab.default_lab", lambda: lab)
    assert repr(dissociation.run(EXPERIMENT)) == repr(lab.run(EXPERIMENT))
    own = dissociation.run(EXPERIMENT, networks)
    np.testing.assert_array_equal(own.mean, lab.run(EXPERIMENT).mean)
    comparison = Comparison(NetworkSpec(SMALL, 0), NetworkSpec(SMALL, 0, (Scale(2.0),)))
    assert (
        dissociation.compare(comparison, networks).values == dissociation.compare(comparison).values
    )
    with pytest.raises(InvalidValue, match="Experiment"):
        dissociation.run("Linear", networks)


def test_the_lab_of_the_pages_is_not_ended_by_one_who_asked_it(lab, monkeypatch):
    monkeypatch.setattr("dissociation.python.lab.engine.lab", lambda: lab._engine)
    for strength in (7.0, 8.0):
        shared = Lab(progress=False)
        assert shared.run(Experiment(MEASURE, (Scale(strength),), SMALL, seeds=1)).results
        shared.close()


def test_a_folder_may_have_any_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    made = Lab("shared")
    assert made.folder.resolve() == tmp_path / "shared"
    made.close()


def test_one_default(monkeypatch):
    made = object()
    monkeypatch.setattr("dissociation.python.lab.engine.lab", lambda: made)
    default_lab.cache_clear()
    try:
        assert default_lab()._engine is made and default_lab() is default_lab()
    finally:
        default_lab.cache_clear()
