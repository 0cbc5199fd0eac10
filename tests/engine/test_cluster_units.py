"""What a worker does, without a worker: parts that add up, and what is refused on either side."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from curve_studies import curve_study

from dissociation.core.digests import training_digest
from dissociation.core.experiment import Experiment
from dissociation.core.manipulations import InputNull, Nuisance
from dissociation.core.measures import InputNoise, ParameterNoise, Transfer
from dissociation.core.measures.base import SeedCurve, added
from dissociation.core.networks.network import weights_digest
from dissociation.core.networks.training import Diverged, Recipe
from dissociation.core.runner import run
from dissociation.core.same_function import check_studies
from dissociation.core.validation import InvalidValue, NotFinite
from dissociation.engine import records, settings
from dissociation.engine.cluster import units
from dissociation.engine.cluster.prepared import PreparedMeasurements
from dissociation.engine.cluster.remote_batch import (
    FAILURE,
    RESULT,
    SAID,
    Arrival,
    News,
    Unit,
    collect,
)
from dissociation.engine.codec import decode
from dissociation.engine.settings import check_settings
from dissociation.engine.store import DamagedEntry

RECIPE = Recipe(epochs=0, width=16)
MEASURES = (
    ParameterNoise(images=1_300, points=7, draws=2),
    InputNoise(images=300, points=3),
    Transfer(images=200, points=2),
)


@pytest.fixture(autouse=True)
def worker(monkeypatch):
    """A worker sets variables for the JAX of its own process, and keeps what it has laid out."""
    monkeypatch.setattr(units, "_prepare", lambda: None)
    monkeypatch.setattr(units, "_prepared", PreparedMeasurements())


def unpacked(found, plan, seed):
    (raw,) = found["results"]
    return decode(raw, curve_study(plan, seed), whole=False).result.curve


def arguments(plans, seed, network, number):
    weights = weights_digest(network)
    studies = [curve_study(plan, seed) for plan in plans]
    digests = [study.digest((weights,)) for study in studies]
    described = [study.to_json() for study in studies]
    return described, digests, weights, number, records.pack_network(network)


@pytest.mark.parametrize("measure", MEASURES, ids=lambda measure: measure.name)
def test_parts_in_any_order_are_the_curve(measure, small_networks):
    plan = Experiment(measure, (InputNull(0.1),), RECIPE)
    expected = run(plan, small_networks[:2])
    for seed in range(2):
        own = {
            number: units.measure_part(*arguments([plan], seed, small_networks[seed], number))
            for number in reversed(range(measure.parts))
        }
        assert all(found["seconds"] > 0 for found in own.values())
        parts = [unpacked(own[number], plan, seed) for number in range(measure.parts)]
        total = parts[0]
        for part in parts[1:]:
            total = added(total, part)
        np.testing.assert_array_equal(total.errors, expected.seeds[seed].errors)
        np.testing.assert_array_equal(total.images, measure.total)
        assert total.clean_errors == expected.seeds[seed].clean_errors
        assert total.clean_images == expected.seeds[seed].clean_images
        assert total.notes == expected.seeds[seed].notes


def test_other_code_and_other_weights_are_refused(small_networks):
    plan = Experiment(MEASURES[0], (Nuisance(8.0),), RECIPE)
    given = list(arguments([plan], 0, small_networks[0], 0))
    other = [given[0], ["0" * 64], *given[2:]]
    with pytest.raises(RuntimeError, match="another version of the lab"):
        units.measure_part(*other)
    swapped = [*given[:4], records.pack_network(small_networks[1])]
    with pytest.raises(RuntimeError, match="another network"):
        units.measure_part(*swapped)
    with pytest.raises(RuntimeError, match="another version"):
        units.train_network(RECIPE.settings(), 0, "0" * 64, "topic")
    with pytest.raises(RuntimeError, match="another version"):
        units.check_network(check_studies(plan)[0].to_json(), "0" * 64, given[2], given[4])
    # What is raised can be read by a lab that knows none of the worker's classes.
    with pytest.raises(RuntimeError, match="InvalidValue: images") as caught:
        described = {**given[0][0], "measure": {"name": "transfer", "images": 1}}
        units.measure_part([described], *given[1:])
    assert type(caught.value) is RuntimeError


def test_prepared_measurements_used_last_stay():
    kept, made = PreparedMeasurements(room=100), []

    def get(name, size):
        kept.get(name, lambda: (made.append(name), size))

    for name, size in (("a", 60), ("b", 40), ("a", 60), ("c", 10), ("a", 60), ("b", 40)):
        get(name, size)
    # When c came, b had to go; when b came back, c.
    assert made == ["a", "b", "c", "b"]
    get("huge", 1_000)
    get("huge", 1_000)
    assert made == ["a", "b", "c", "b", "huge"]


def test_notes_follow_one_another_and_counts_add():
    first = SeedCurve(np.ones((1, 2), int), np.array([5, 0]), 1, 5, {"probe": [1], "a": [0]})
    second = SeedCurve(np.ones((1, 2), int), np.array([0, 5]), 2, 6, {"probe": [2]})
    found = added(first, second)
    assert found.errors.tolist() == [[2, 2]] and found.images.tolist() == [5, 5]
    assert (found.clean_errors, found.clean_images) == (3, 11)
    assert found.notes == {"probe": [1, 2], "a": [0]}


class FakeLink:
    """Delivers what it is told to, at once."""

    def __init__(self, *deliveries):
        self.deliveries, self.warning, self.recalled = deliveries, "", 0

    def send(self, units, batch):
        for number, kind, value in self.deliveries:
            batch.deliver(number, kind, value)
        batch.end()
        return self._recall

    def _recall(self):
        self.recalled += 1


def unit(name):
    def here():
        yield None
        return f"{name} here"

    def read(results):
        if results != [name]:
            raise DamagedEntry("not mine")
        return results[0]

    return Unit(name, units.hold, (), read, here)


class TestWhatDoesNotComeBack:
    @pytest.mark.parametrize(
        ("kind", "value"),
        [
            (FAILURE, "RuntimeError: no memory"),
            (RESULT, {"results": ["b"], "seconds": 1.0}),
            (RESULT, {"results": ["a"]}),
            (RESULT, b"nonsense"),
            (SAID, "half way"),
        ],
    )
    def test_is_done_here(self, kind, value):
        link = FakeLink((0, kind, value), (1, RESULT, {"results": ["b"], "seconds": 2.0}))
        found = list(collect(link, [unit("a"), unit("b")], lambda: None))
        arrivals = [one for one in found if isinstance(one, Arrival)]
        assert arrivals[0] == Arrival(1, "b", 2.0, True)
        assert (arrivals[1].result, arrivals[1].elsewhere) == ("a here", False)
        assert [one.said for one in found if isinstance(one, News)] == ["half way"] * (kind == SAID)
        assert None in found and link.recalled == 1

    def test_closed_it_takes_its_units_back(self):
        link = FakeLink((0, RESULT, {"results": ["a"], "seconds": 1.0}))
        steps = collect(link, [unit("a"), unit("b")], lambda: None)
        assert isinstance(next(steps), Arrival)
        steps.close()
        assert link.recalled == 1

    def test_a_failure_is_told_until_something_succeeds(self):
        link = FakeLink((0, FAILURE, "KilledWorker"))
        list(collect(link, [unit("a")], lambda: None))
        assert "by itself" in link.warning
        link.deliveries = ((0, RESULT, {"results": ["a"], "seconds": 1.0}),)
        list(collect(link, [unit("a")], lambda: None))
        assert link.warning == ""

    def test_numbers_that_are_none_are_not_computed_again(self, monkeypatch):
        def diverged(*_):
            raise Diverged(RECIPE, 1)

        monkeypatch.setattr(units, "training", diverged)
        name = training_digest(RECIPE, 0)
        found = units.train_network(RECIPE.settings(), 0, name, "topic")
        assert found["refused"] == str(Diverged(RECIPE, 1)) and found["seconds"] >= 0
        link = FakeLink((0, RESULT, found))
        with pytest.raises(NotFinite, match="^Training diverged in epoch 1"):
            list(collect(link, [unit("a")], lambda: None))
        assert link.recalled == 1 and link.warning == ""

    def test_news_wakes_the_scheduler(self):
        woken = threading.Event()
        steps = collect(FakeLink((0, SAID, 1)), [unit("a")], woken.set)
        assert next(steps) == News(0, 1) and woken.is_set()


class TestAddress:
    @pytest.mark.parametrize("text", ["", "  "])
    def test_none(self, monkeypatch, text):
        monkeypatch.setenv(settings.SCHEDULER_VARIABLE, text)
        assert settings.scheduler_address() is None

    @pytest.mark.parametrize(
        "text", ["tcp://10.0.0.1:8786", " tls://lab.example:443 ", "tcp://[::1]:1"]
    )
    def test_good_ones(self, monkeypatch, text):
        monkeypatch.setenv(settings.SCHEDULER_VARIABLE, text)
        assert settings.scheduler_address() == text.strip()

    @pytest.mark.parametrize(
        "text",
        [
            "10.0.0.1:8786",
            "http://10.0.0.1:8786",
            "tcp://10.0.0.1",
            "tcp://:8786",
            "tcp://host:0",
            "tcp://host:99999",
            "tcp://host:1/path",
            "tcp://me@host:1",
            "tcp://[::1:1",
            "inproc://host:1",
        ],
    )
    def test_bad_ones_name_the_variable(self, monkeypatch, text):
        monkeypatch.setenv(settings.SCHEDULER_VARIABLE, text)
        with pytest.raises(InvalidValue, match="give tcp://HOST:PORT or tls://HOST:PORT") as caught:
            check_settings()
        assert caught.value.field == "DISSOCIATION_SCHEDULER"

    def test_what_is_not_installed_is_named(self, monkeypatch):
        monkeypatch.setenv(settings.SCHEDULER_VARIABLE, "tcp://10.0.0.1:8786")
        monkeypatch.setattr(settings.importlib.util, "find_spec", lambda name: None)
        with pytest.raises(InvalidValue, match=r"pip install -r requirements-cluster\.txt"):
            settings.scheduler_address()
