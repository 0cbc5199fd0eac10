"""Memory: the estimate is held against real peaks, and what is too large never begins."""

from __future__ import annotations

import dataclasses

import pytest
from labs import TINY, Visit, fresh_lab

from benchmarks.memory import compare
from dissociation.cli.main import BAD_INPUT, main
from dissociation.core import manipulations as m
from dissociation.core.experiment import Experiment
from dissociation.core.measures import ParameterNoise
from dissociation.core.networks.training import Recipe
from dissociation.core.phantom.study import PhantomStudy
from dissociation.core.similarity.comparison import Comparison, NetworkSpec
from dissociation.core.sizes import BASE, GIB, PASSING
from dissociation.core.theory.causes import NoiseDecomposition
from dissociation.core.validation import InvalidValue
from dissociation.engine.settings import MEMORY
from dissociation.features.map.answer import ComparisonsQuestion

WIDE = Recipe(width=4096)
LARGE = Experiment(ParameterNoise(), (m.Duplicate(2.0),), WIDE, seeds=10)


@pytest.fixture
def lab(tmp_path, monkeypatch):
    made = fresh_lab(tmp_path / "cache", monkeypatch)
    monkeypatch.setenv(MEMORY.variable, "2")
    yield made
    made.stop()


def test_the_estimate_is_above_a_measured_peak(tmp_path):
    # `python -m benchmarks.memory` does many cases.
    (row,) = compare(["curves, tiny"], tmp_path)
    assert 1.0 <= row["expected"] / row["measured"] <= 1.6, row


@pytest.mark.parametrize(
    "ask",
    [
        lambda lab: lab.watch_curves([LARGE]),
        lambda lab: lab.watch_studies(
            [Comparison(NetworkSpec(WIDE), NetworkSpec(WIDE), images=10_000)]
        ),
        lambda lab: lab.watch_studies([PhantomStudy(m.Phantom(1.0), WIDE)]),
        lambda lab: lab.watch_studies([NoiseDecomposition(recipe=WIDE)]),
        lambda lab: lab.watch_training(dataclasses.replace(WIDE, batch=4096), 1),
        lambda lab: lab.watch_question(ComparisonsQuestion([], [LARGE])),
    ],
    ids=["curves", "contrast", "phantom", "causes", "training", "map"],
)
def test_refused_before_it_starts(ask, lab, monkeypatch):
    monkeypatch.setenv(MEMORY.variable, "1")
    with pytest.raises(InvalidValue, match="this fits:"):
        ask(lab)
    assert not lab.jobs.advance() and not any(lab.jobs.counts().values())


def test_what_fits_was_not_left_behind(lab, monkeypatch):
    monkeypatch.setenv(MEMORY.variable, "0.8")
    # The first of two groups fits and is asked for before the second is refused.
    small = Experiment(ParameterNoise(), (), Recipe(width=16), seeds=1)
    with pytest.raises(InvalidValue):
        lab.watch_curves([small, LARGE])
    assert not lab.jobs.advance()
    assert not any(lab.jobs.counts().values())


def test_a_page_says_what_would_fit(lab):
    query = {**TINY, "width": "4096", "seeds": "20", "show": "duplicate", "duplicate": "2"}
    visit = Visit("robustness", query)
    (message,) = visit.errors
    assert "GiB of memory and the lab may use 2; this fits: " in message
    assert not lab.jobs.advance() and not any(lab.jobs.counts().values())


def test_a_shell_says_it_too(lab, tmp_path, capsys):
    address = "Robustness?recipe=custom&width=4096&seeds=20&show=duplicate&duplicate=2"
    assert main(["run", address, "--cache", str(tmp_path / "own")]) == BAD_INPUT
    assert "this fits: " in capsys.readouterr().err


def test_jobs_that_fit_alone_but_not_together_take_turns(lab, monkeypatch):
    recipe = Recipe(epochs=0, width=64)
    comparisons = [
        Comparison(
            NetworkSpec(recipe, 0), NetworkSpec(recipe, 0, (m.Nuisance(groups),)), images=2_000
        )
        for groups in (50.0, 60.0, 70.0)
    ]
    lab.watch_training(recipe, 1)
    lab.jobs.drain()
    watch = lab.watch_studies(comparisons)
    each = max(job.task.memory for job in watch.watched)
    monkeypatch.setenv(MEMORY.variable, f"{(BASE + PASSING + 3.6 * each) / GIB}")
    assert len(lab.jobs._ready()) == 2
    monkeypatch.setenv(MEMORY.variable, f"{(BASE + PASSING + 0.5 * each) / GIB}")
    # Whatever has been admitted is not starved, should the limit be lower than it.
    assert len(lab.jobs._ready()) == 1
    monkeypatch.setenv(MEMORY.variable, "100")
    assert len(lab.jobs._ready()) == 3
    positions = [lab.jobs.snapshot(job).position for job in watch.watched]
    assert positions == [0, 1, 2]
