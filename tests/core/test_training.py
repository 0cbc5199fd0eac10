from __future__ import annotations

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from dissociation.core import pauses
from dissociation.core.data.datasets import Dataset, mnist_test, mnist_train
from dissociation.core.data.tasks import turned
from dissociation.core.networks import descent, training
from dissociation.core.networks.network import (
    Network,
    initial_network,
    logits,
    seed_key,
    weights_digest,
)
from dissociation.core.networks.training import (
    PAPER,
    PART_STRIDE,
    PARTS_PER_EPOCH,
    QUICK,
    RECIPES,
    SHUFFLE_SALT,
    Recipe,
    error_rate,
    train,
    trained,
)
from dissociation.core.validation import InvalidValue

KEY = seed_key(0)
SMALL = Recipe(epochs=2, batch=32, learning_rate=0.3, final_learning_rate=0.05, width=16)


def first(data: Dataset, count: int) -> Dataset:
    return Dataset(data.pixels[:count], data.labels[:count])


@pytest.fixture(scope="module")
def data() -> dict[str, Dataset]:
    """700 training images, which is no multiple of the batch, and 501 test images."""
    return {"train_data": first(mnist_train(), 700), "test_data": first(mnist_test(), 501)}


@pytest.fixture(scope="module")
def stream(data) -> list:
    """All states of one training, their weights copied before the next state reuses them."""
    return [
        (progress, Network(*(np.array(weight) for weight in progress.network)))
        for progress in train(SMALL, KEY, **data)
    ]


def reference_weights(recipe: Recipe, data: Dataset) -> list[Network]:
    """A plain optax loop: weights after every step, first the initial ones."""
    steps = len(data) // recipe.batch
    schedule = optax.linear_schedule(
        recipe.learning_rate, recipe.final_learning_rate, steps * recipe.epochs
    )
    optimizer = optax.sgd(schedule)
    network = initial_network(KEY, recipe.width)
    state = optimizer.init(network)

    @jax.jit
    def step(network, state, images, labels):
        def loss(network):
            h1 = jax.nn.relu(images @ network.w1.T)
            h2 = jax.nn.relu(h1 @ network.w2.T)
            scores = jax.nn.log_softmax(h2 @ network.w3.T)
            return -jnp.mean(jnp.sum(scores * jax.nn.one_hot(labels, 10), axis=1))

        gradient = jax.grad(loss)(network)
        updates, state = optimizer.update(gradient, state)
        return optax.apply_updates(network, updates), state

    found = [network]
    for epoch in range(recipe.epochs):
        key = jax.random.fold_in(jax.random.fold_in(KEY, SHUFFLE_SALT), epoch)
        order = np.asarray(jax.random.permutation(key, len(data)))
        for index in range(steps):
            rows = order[index * recipe.batch : (index + 1) * recipe.batch]
            network, state = step(
                network,
                state,
                jnp.asarray(data.images[rows]),
                jnp.asarray(data.labels[rows].astype(np.int32)),
            )
            found.append(network)
    return found


def close(one: Network, other: Network) -> bool:
    return all(np.allclose(a, b, rtol=0, atol=2e-6) for a, b in zip(one, other, strict=True))


class TestStream:
    def test_first_state_is_the_untrained_network(self, stream, data):
        progress, network = stream[0]
        assert (progress.epoch, progress.whole, progress.images) == (0.0, False, 51)
        assert weights_digest(network) == weights_digest(initial_network(KEY, 16))
        # Not trained yet: the loss of guessing.
        assert progress.loss == pytest.approx(np.log(10), abs=0.1)
        assert progress.error > 0.6

    def test_states_come_several_times_an_epoch(self, stream):
        steps = 700 // 32
        epochs = [progress.epoch for progress, _ in stream]
        assert len(epochs) == 1 + 2 * PARTS_PER_EPOCH
        assert epochs == sorted(epochs) and epochs[-1] == 2.0
        assert np.allclose(np.diff(epochs), 1 / PARTS_PER_EPOCH, atol=1 / steps)
        assert [p.epoch for p, _ in stream if p.whole] == [1.0, 2.0]

    def test_whole_epochs_are_tested_on_all_images(self, stream, data):
        test = data["test_data"]
        for progress, network in stream:
            stride = 1 if progress.whole else PART_STRIDE
            predicted = logits(network, test.images[::stride]).argmax(1)
            assert progress.images == len(predicted) == (501 if progress.whole else 51)
            assert progress.error == np.mean(predicted != test.labels[::stride])

    def test_loss_and_error_fall(self, stream):
        losses = [progress.loss for progress, _ in stream]
        assert losses[-1] < 0.8 * losses[0]
        assert stream[-1][0].error < 0.5 < stream[0][0].error

    def test_equals_a_plain_optax_loop_step_by_step(self, stream, data):
        expected = reference_weights(SMALL, data["train_data"])
        steps = 700 // 32
        assert len(expected) == 1 + 2 * steps
        for progress, network in stream:
            assert close(network, expected[round(progress.epoch * steps)]), progress.epoch
        # Near enough to notice a single step too many.
        assert not close(stream[-1][1], expected[-2])

    def test_reported_loss_is_the_mean_over_the_part(self, stream, data):
        weights = reference_weights(SMALL, data["train_data"])
        train_data, steps = data["train_data"], 700 // 32
        key = jax.random.fold_in(jax.random.fold_in(KEY, SHUFFLE_SALT), 0)
        order = np.asarray(jax.random.permutation(key, 700))
        part = range(*(round(stream[number][0].epoch * steps) for number in (1, 2)))
        losses = []
        for index in part:
            rows = order[index * 32 : (index + 1) * 32]
            scores = logits(weights[index], train_data.images[rows])
            right = scores[np.arange(32), train_data.labels[rows]]
            losses.append(np.mean(np.log(np.exp(scores).sum(1)) - right))
        assert stream[2][0].loss == pytest.approx(np.mean(losses), rel=1e-4)


class TestTrained:
    def test_is_the_last_state_and_deterministic(self, stream, data):
        network = trained(SMALL, KEY, **data)
        assert all(isinstance(w, np.ndarray) and w.dtype == np.float32 for w in network)
        assert weights_digest(network) == weights_digest(stream[-1][1])

    def test_another_key_another_network(self, stream, data):
        other = trained(SMALL, seed_key(1), **data)
        assert weights_digest(other) != weights_digest(stream[-1][1])

    def test_abandoned_and_interleaved_trainings_do_not_disturb_each_other(self, stream, data):
        # Buffers are donated from step to step; two trainings must never share one.
        one, other = train(SMALL, KEY, **data), train(SMALL, seed_key(1), **data)
        states = []
        for _ in range(4):
            states.append(next(one))
            next(other)
        last = Network(*(np.array(w) for w in states[-1].network))
        assert weights_digest(last) == weights_digest(stream[3][1])
        # The initial network that was handed out survives.
        assert weights_digest(states[0].network) == weights_digest(stream[0][1])
        one.close()
        other.close()

    def test_no_epochs_keep_the_initial_network(self, data):
        recipe = Recipe(epochs=0, width=16)
        assert [p.epoch for p in train(recipe, KEY, **data)] == [0.0]
        network = trained(recipe, KEY, **data)
        assert weights_digest(network) == weights_digest(initial_network(KEY, 16))

    def test_rotation_is_told_on_turned_images(self, data):
        recipe = Recipe(epochs=6, batch=16, learning_rate=0.3, width=32, task="rotation")
        last = list(train(recipe, KEY, **data))[-1]
        test = turned(data["test_data"])
        answers = logits(last.network, test.images).argmax(1)
        assert last.images == len(test) == 500
        assert last.error == np.mean(answers != test.labels) < 0.4
        # The same start as for digits, and as many outputs; those beyond four are never answered.
        untrained = dataclasses.replace(recipe, epochs=0)
        assert weights_digest(trained(untrained, KEY, **data)) == weights_digest(
            trained(Recipe(epochs=0, width=32), KEY, **data)
        )
        assert last.network.w3.shape == (10, 32) and set(answers) <= {0, 1, 2, 3}

    def test_fewer_steps_than_parts(self, data):
        recipe = Recipe(epochs=1, batch=256, width=16)
        assert [p.epoch for p in train(recipe, KEY, **data)] == [0.0, 0.5, 1.0]


def test_compiles_once(data):
    # Parts of unequal length, other learning rates and other seeds share one compiled loop. A width
    # that no other test uses makes sure that it is compiled here.
    compiled = descent._train_steps.jitted()._cache_size
    before = compiled()
    rates = dict(batch=32, width=17)
    steps = {len(range(part.start, part.stop)) for part in training._parts(700 // 32)}
    assert len(steps) > 1
    list(train(Recipe(epochs=2, learning_rate=0.5, **rates), KEY, **data))
    list(train(Recipe(epochs=1, learning_rate=0.1, **rates), seed_key(1), **data))
    assert compiled() == before + 1


class Counting:
    """Counts the moments at which others may have their turn."""

    def __init__(self):
        self.pauses = 0

    def beside(self, work):
        return work()

    def pause(self):
        self.pauses += 1

    def apart(self, work, *arrays):
        return work(*arrays)


def test_a_step_at_a_time_is_the_same_training(stream, data, monkeypatch):
    monkeypatch.setattr(descent, "AT_ONCE", descent._operations(SMALL.width, SMALL.batch))
    turn = Counting()
    with pauses.taking(turn):
        states = [(p.epoch, p.loss, weights_digest(p.network)) for p in train(SMALL, KEY, **data)]
    assert states == [(p.epoch, p.loss, weights_digest(network)) for p, network in stream]
    assert turn.pauses > 700 // SMALL.batch * SMALL.epochs


def test_a_step_in_pieces_is_nearly_the_same(stream, data, monkeypatch):
    assert QUICK.pieces == PAPER.pieces == SMALL.pieces == 1 and "pieces" not in PAPER.canonical()
    assert Recipe(width=4096, batch=4096).canonical()["pieces"] > 1
    monkeypatch.setattr(descent, "AT_ONCE", descent._operations(SMALL.width, SMALL.batch) / 4)
    assert SMALL.pieces == 4
    states = list(train(SMALL, KEY, **data))
    for found, (expected, _) in zip(states, stream, strict=True):
        assert found.loss == pytest.approx(expected.loss, rel=1e-4)
    for found, expected in zip(states[-1].network, stream[-1][1], strict=True):
        np.testing.assert_allclose(found, expected, atol=1e-4)


@pytest.mark.parametrize("steps", [1, 2, 5, 6, 7, 21, 937])
def test_parts_cover_every_step_once(steps):
    parts = training._parts(steps)
    assert len(parts) == min(steps, PARTS_PER_EPOCH)
    covered = [step for part in parts for step in range(part.start, part.stop)]
    assert covered == list(range(steps))
    lengths = [part.stop - part.start for part in parts]
    assert max(lengths) - min(lengths) <= 1


def test_error_rate(small_networks, data):
    test = data["test_data"]
    predicted = logits(small_networks[0], test.images).argmax(1)
    assert error_rate(small_networks[0], test) == (np.mean(predicted != test.labels), 501)
    strided = predicted[::10] != test.labels[::10]
    assert error_rate(small_networks[0], test, 10) == (np.mean(strided), 51)


class TestRecipe:
    def test_names(self):
        assert {name: recipe.name for name, recipe in RECIPES.items()} == {
            "quick": "quick",
            "paper": "paper",
        }
        assert Recipe(epochs=5).name == "custom" and Recipe() == QUICK
        assert (PAPER.epochs, PAPER.batch, PAPER.learning_rate) == (30, 128, 0.1)
        assert (PAPER.final_learning_rate, PAPER.width) == (1e-6, 1024)

    @pytest.mark.parametrize(
        "field, value",
        [
            ("epochs", -1),
            ("epochs", 101),
            ("epochs", 1.5),
            ("epochs", "4"),
            ("epochs", True),
            ("epochs", None),
            ("batch", 7),
            ("batch", 4097),
            ("batch", float("nan")),
            ("learning_rate", 0.0),
            ("learning_rate", 11.0),
            ("learning_rate", float("inf")),
            ("learning_rate", "fast"),
            ("final_learning_rate", -0.1),
            ("final_learning_rate", 0.6),
            ("width", 15),
            ("width", 5000),
            ("width", [64]),
            ("task", "parity"),
            ("task", None),
        ],
    )
    def test_refuses(self, field, value):
        with pytest.raises(InvalidValue) as caught:
            Recipe(**{field: value})
        assert caught.value.field == field and field in str(caught.value)

    def test_what_was_stored_before_there_were_tasks_is_found(self):
        assert QUICK.canonical() == {
            "epochs": 4,
            "batch": 64,
            "learning_rate": 0.5,
            "final_learning_rate": 1e-4,
            "width": 1024,
            "code": training.CODE_VERSION,
        }
        assert Recipe(task="rotation").canonical() == {**QUICK.canonical(), "task": "rotation"}

    def test_canonical_values_follow_every_field_and_the_code(self, monkeypatch):
        changed = dict(epochs=5, batch=65, learning_rate=0.4, final_learning_rate=2e-4, width=1000)
        changed["task"] = "rotation"
        plain = QUICK.canonical()
        for field, value in changed.items():
            assert Recipe(**{field: value}).canonical() != plain
        monkeypatch.setattr(training, "CODE_VERSION", training.CODE_VERSION + 1)
        assert QUICK.canonical() != plain

    def test_a_batch_larger_than_the_data(self, data):
        with pytest.raises(InvalidValue, match="at most 700 images") as caught:
            next(train(Recipe(batch=701, width=16), KEY, **data))
        assert caught.value.field == "batch"
