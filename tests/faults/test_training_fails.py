"""Training that diverges says so to all who wait for it; networks that died are told of."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from labs import PAGES, TINY, Visit, fresh_lab

from dissociation.core.data.datasets import mnist_test
from dissociation.core.networks import training
from dissociation.core.networks.network import (
    Network,
    initial_network,
    seed_key,
    silent_images,
    weights_digest,
)
from dissociation.core.networks.training import Recipe
from dissociation.engine import records
from dissociation.engine.job import FAILED
from dissociation.engine.records import History
from dissociation.engine.tasks import training as trained_states
from dissociation.engine.words import dead_words
from dissociation.web.shell.snapshots import state_of

from .tiny import RECIPE

WORDS = "Training diverged in epoch 1 at learning rate 2; try 0.5 or less."
#: Pages whose charts look at trained networks.
OF_NETWORKS = tuple(name for name in PAGES if name not in ("start", "inputs", "linear"))


@pytest.fixture
def lab(tmp_path, monkeypatch):
    made = fresh_lab(tmp_path / "cache", monkeypatch)
    yield made
    made.stop()


def test_a_page_can_ask_again_and_go_on(lab, monkeypatch):
    def large(key, width):
        return Network(*(1e8 * np.asarray(w) for w in initial_network(key, width)))

    with monkeypatch.context() as patch:
        patch.setattr(training, "initial_network", large)
        visit = Visit("robustness", {**TINY, "rate": "2", "show": "scale"})
        lab.jobs.drain()
        status = visit.watch().status()
        assert (status.state, status.message) == (FAILED, WORDS)
        assert visit.run().watch().status().message == WORDS
        # Nothing was kept: whoever opens the link is told the same.
        recipe = visit.watch().experiments[0].recipe
        assert recipe.learning_rate == 2 and lab.library.history(recipe, 0) is None
        other = Visit("robustness", {**TINY, "rate": "2", "show": "scale"})
        assert not other.watch().status().finished
        lab.jobs.drain()
        assert other.watch().status().message == WORDS
    visit.test.query_params["rate"] = "0.5"
    visit.run()
    recipe = visit.watch().experiments[0].recipe
    while lab.library.history(recipe, 0) is None:
        assert lab.jobs.advance()
    assert recipe.learning_rate == 0.5 and not visit.watch().status().finished


def test_a_dead_network_is_noted_and_stored_as_such():
    states = list(trained_states(dataclasses.replace(RECIPE, learning_rate=10.0), 1))
    history, network = states[-1]
    assert network is not None and all(early.silent == (0, 0) for early, _ in states[:-1])
    assert history.silent == silent_images(network, mnist_test().images)
    assert min(history.silent) > 9_000 and history.errors[-1] > 0.9
    assert records.unpack_history(records.pack_history(history)) == history


@pytest.mark.parametrize("page", OF_NETWORKS)
def test_every_page_says_which_networks_are_dead(page, lab):
    Visit(page, {**TINY, "compute": "all"} if page == "bridge" else TINY)
    watches = list(lab._watches.values())
    assert watches and all("dead" not in state_of(watch)["message"] for watch in watches)
    for watch in watches:
        for recipe, seed in watch.networks:
            network = initial_network(seed_key(seed), recipe.width)
            dead = network._replace(w2=-np.abs(np.asarray(network.w2)))
            digest = weights_digest(dead)
            history = History((0.0, 1.0), (2.3, 2.3), (0.9, 0.902), (1_000, 10_000), digest)
            history = dataclasses.replace(history, silent=(0, 10_000))
            # As it is once its training is done.
            lab.jobs.find = lambda _: None
            lab.library.save_network(recipe, seed, dead, history)
        message = state_of(watch)["message"]
        assert "dead: no neuron of hidden layer 2 is active on any test image." in message
        assert message.startswith(watch.status().message)


def test_words():
    recipe, rotated = Recipe(width=16), Recipe(width=16, task="rotation")
    live = History((0.0,), (2.3,), (0.1,), (10_000,), "a")
    silent = dataclasses.replace(live, silent=(0, 10_000))
    nearly = dataclasses.replace(live, silent=(9_998, 9_998))
    assert dead_words({(recipe, 0): live, (recipe, 1): silent}) == (
        "Network 2 is dead: no neuron of hidden layer 2 is active on any test image."
    )
    assert dead_words(
        {(recipe, 0): silent, (recipe, 1): silent, (rotated, 2): silent, (recipe, 4): nearly}
    ) == (
        "Networks 1, 2 and 3 (trained on rotation) are dead: no neuron of hidden layer 2 is active "
        "on any test image. Network 5 is dead: on 9,998 of 10,000 test images no neuron of hidden "
        "layer 1 is active."
    )
    assert dead_words({(recipe, 0): dataclasses.replace(live, silent=(0, 8_999))}) == ""
