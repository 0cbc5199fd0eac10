"""The direct algorithms: what the notebook does, written plainly. What ours is compared with.

One full forward pass for each noise scale through `lax.map` in batches of 16; folds mapped over an
unrolled probe of 200 steps; a Python loop of jitted training steps over stacked seeds.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax

from dissociation.core.data.datasets import mnist_test, mnist_train
from dissociation.core.data.tasks import Task
from dissociation.core.measures.probes import LEARNING_RATE, LOG_OFFSET, NUM_FOLDS, STEPS
from dissociation.core.networks.network import Network, initial_mlp
from dissociation.core.networks.training import SHUFFLE_SALT, Recipe

BATCH = 16


def forward(network: Network, x: jax.Array) -> jax.Array:
    """Logits."""
    h1 = jax.nn.relu(x @ network.w1.T)
    return jax.nn.relu(h1 @ network.w2.T) @ network.w3.T


def _wrong(network, x, labels):
    return jnp.sum(jnp.argmax(forward(network, x), axis=1) != labels)


@jax.jit
def input_noise_curve(network, x, noise, labels, sigmas):
    """`(S,)` wrong predictions of one network."""
    return jax.lax.map(
        lambda sigma: _wrong(network, x + sigma * noise, labels), sigmas, batch_size=BATCH
    )


@jax.jit
def parameter_noise_curve(network, key, x, labels, sigmas):
    """`(S,)` wrong predictions of one network."""

    def at(sigma):
        keys = jax.random.split(key, len(network))
        noisy = Network(
            *(
                weight + sigma * jax.random.normal(own, weight.shape)
                for weight, own in zip(network, keys, strict=True)
            )
        )
        return _wrong(noisy, x, labels)

    return jax.lax.map(at, sigmas, batch_size=BATCH)


def noise_curves(
    networks: Sequence[Sequence[Network]], sigmas, images: int, *, keys=None, noise=None
) -> np.ndarray:
    """`(conditions, seeds, S)` wrong predictions, on the images that ours has seen at the end."""
    from dissociation.core.data.sample import visiting_order

    order = visiting_order()[:images]
    data = mnist_test()
    x, labels = jnp.asarray(data.images[order]), jnp.asarray(data.labels[order].astype(np.int32))
    sigmas = jnp.asarray(sigmas, jnp.float32)
    found = []
    for row in networks:
        for seed, network in enumerate(row):
            weights = Network(*map(jnp.asarray, network))
            if keys is None:
                curve = input_noise_curve(weights, x, jnp.asarray(noise[order]), labels, sigmas)
            else:
                curve = parameter_noise_curve(weights, keys[seed], x, labels, sigmas)
            found.append(np.asarray(curve))
    return np.stack(found).reshape(len(networks), -1, len(sigmas))


@functools.partial(jax.jit, static_argnames=("folds",))
def _cross_validated(h, y, *, folds):
    """Held-out scores `(n, classes)`: every fold gathers its rows and is fitted to the others."""
    rows = len(h) // folds

    def loss(parameters, x, y):
        weights, intercept = parameters
        p = jax.nn.softmax(x @ weights + intercept[None, :], axis=1)
        return -jnp.mean(jnp.sum(y * jnp.log(p + LOG_OFFSET), axis=1))

    def fold(number):
        held = number * rows + jnp.arange(rows)
        rest = (held[-1] + 1 + jnp.arange(len(h) - rows)) % len(h)
        x, targets = h[rest], y[rest]
        parameters = jnp.zeros((h.shape[1], y.shape[1])), jnp.zeros(y.shape[1])
        for _ in range(STEPS):
            slopes = jax.grad(loss)(parameters, x, targets)
            parameters = jax.tree.map(lambda p, g: p - LEARNING_RATE * g, parameters, slopes)
        return h[held] @ parameters[0] + parameters[1][None, :]

    return jax.vmap(fold)(jnp.arange(folds)).reshape(len(h), -1)


def transfer_curves(
    networks: Sequence[Sequence[Network]], task: Task, budgets: Sequence[int]
) -> np.ndarray:
    """`(conditions, seeds, budgets)` wrong held-out predictions."""
    found = []
    for row in networks:
        for network in row:
            for budget in budgets:
                x = jnp.asarray(task.images[:budget])
                weights = Network(*map(jnp.asarray, network))
                h = jax.nn.relu(jax.nn.relu(x @ weights.w1.T) @ weights.w2.T)
                y = jax.nn.one_hot(task.classes[:budget], len(task.names))
                scores = np.asarray(_cross_validated(h, y, folds=NUM_FOLDS))
                found.append(int(np.sum(scores.argmax(1) != task.classes[:budget])))
    return np.array(found).reshape(len(networks), -1, len(budgets))


def train(recipe: Recipe, keys: Sequence[jax.Array], epochs: int) -> list[Network]:
    """Networks after the first `epochs` epochs of a recipe, tested after each."""
    data, test = mnist_train(), mnist_test()
    images, labels = jnp.asarray(data.images), jnp.asarray(data.labels.astype(np.int32))
    steps = len(labels) // recipe.batch
    schedule = optax.linear_schedule(
        recipe.learning_rate, recipe.final_learning_rate, steps * recipe.epochs
    )
    optimizer = optax.sgd(schedule)

    def loss(model, x, y):
        scores = jax.vmap(model)(x)
        return optax.softmax_cross_entropy_with_integer_labels(scores, y).mean()

    @eqx.filter_jit
    @eqx.filter_vmap
    def step(model, state, x, y):
        gradient = eqx.filter_grad(loss)(model, x, y)
        updates, state = optimizer.update(gradient, state)
        return eqx.apply_updates(model, updates), state

    @eqx.filter_jit
    @eqx.filter_vmap(in_axes=(eqx.if_array(0), None))
    def predict(model, x):
        return jax.vmap(model)(x).argmax(-1)

    models = eqx.filter_vmap(lambda key: initial_mlp(key, recipe.width))(jnp.stack(keys))
    states = eqx.filter_vmap(lambda model: optimizer.init(eqx.filter(model, eqx.is_array)))(models)
    for epoch in range(epochs):
        orders = [
            jax.random.permutation(
                jax.random.fold_in(jax.random.fold_in(key, SHUFFLE_SALT), epoch), len(labels)
            )
            for key in keys
        ]
        for number in range(steps):
            part = slice(number * recipe.batch, (number + 1) * recipe.batch)
            batch = jnp.stack([order[part] for order in orders])
            models, states = step(models, states, images[batch], labels[batch])
        np.asarray(predict(models, jnp.asarray(test.images)))
    return [
        Network(*(np.asarray(layer.weight[s]) for layer in models.layers)) for s in range(len(keys))
    ]


def null_space(images: np.ndarray) -> np.ndarray:
    """Projector on the null space, from a full decomposition."""
    _, values, vectors = jnp.linalg.svd(jnp.asarray(images), full_matrices=True)
    rank = int(jnp.linalg.matrix_rank(jnp.asarray(images)))
    del values
    basis = np.asarray(vectors)[rank:]
    return basis.T @ basis
