"""MNIST and trained ensembles, under the names the notebook imports."""

from __future__ import annotations

import dataclasses

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from dissociation.core.data.datasets import CLASSES, Dataset, mnist_test, mnist_train
from dissociation.core.networks.mlp import ensemble
from dissociation.core.networks.network import NOTEBOOK_KEY, initial_network
from dissociation.core.networks.training import PAPER, trained
from dissociation.core.validation import check_integer

KEY = jax.random.PRNGKey(NOTEBOOK_KEY)


def _one_hot(data: Dataset) -> jax.Array:
    return jnp.asarray(np.eye(CLASSES, dtype=np.float32)[data.labels])


def mnist_data() -> tuple[jax.Array, jax.Array, jax.Array, jax.Array]:
    """MNIST as the notebook uses it.

    Y. LeCun, C. Cortes and C. J. C. Burges, *The MNIST database of handwritten digits*.

    **Returns:** four float32 arrays:

    - training images `(60000, 784)` in [0, 1] and their one-hot labels `(60000, 10)`,
    - test images `(10000, 784)` and their one-hot labels `(10000, 10)`.

    **Raises:** `DamagedData` if a file is missing or is not the original.
    """
    train, test = mnist_train(), mnist_test()
    return (
        jnp.asarray(train.images),
        _one_hot(train),
        jnp.asarray(test.images),
        _one_hot(test),
    )


def train_mnist(*, num_epochs: int = 30, num_seeds: int = 10, key: jax.Array = KEY) -> eqx.nn.MLP:
    """Trains an ensemble of networks on MNIST by the paper's recipe (Braun, Grant & Saxe 2025).

    **Arguments:**

    - `num_epochs`: passes through the training images; 0 gives the initial ensemble. The learning
      rate falls linearly over all steps, so fewer epochs are a shorter schedule, not a cut one.
    - `num_seeds`: size of the ensemble.
    - `key`: split into one key a seed, each of which initialises and trains its network.

    **Returns:** one `equinox.nn.MLP(784, 10, width_size=1024, depth=2)` without biases whose arrays
    have a leading axis of `num_seeds`: weights `(seeds, 1024, 784)`, `(seeds, 1024, 1024)` and
    `(seeds, 10, 1024)`.

    **Raises:** `InvalidValue` for a number of epochs or seeds out of range.
    """
    num_seeds = check_integer("num_seeds", num_seeds, 1, 1_000)
    recipe = dataclasses.replace(PAPER, epochs=num_epochs)
    keys = jax.random.split(key, num_seeds)
    if recipe.epochs == 0:
        return ensemble([initial_network(seed_key, recipe.width) for seed_key in keys])
    return ensemble([trained(recipe, seed_key) for seed_key in keys])
