"""Other tasks than reading digits: which way up an image is, and the digit's least prime factor."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Integer, Real

from dissociation.core._lazy import jax
from dissociation.core.data.datasets import Dataset
from dissociation.core.validation import check_choice

TASKS = {
    "rotation": "Which way up? (0°, 90°, 180°, 270°)",
    "least_prime_factor": "Least prime factor of the digit",
}
#: How the rotation classes are drawn: as the notebook does, or from a shuffled test set.
SPLITS = {
    "shuffled": "shuffled: every rotation sees the same mix of images",
    "notebook": "notebook: four consecutive quarters of the test set",
}
LEAST_PRIME_FACTOR = np.array([0, 1, 2, 3, 2, 5, 2, 7, 2, 3], np.uint8)
TRANSFER_KEY = 432
SPLIT_SALT = 1
#: Of the networks that are trained on rotation: which image is turned how, and their order.
TURN_KEY = 90


@dataclass(frozen=True)
class Task:
    """A labelled set of images.

    - `images`: `(n, 784)`, of the type that they were given in.
    - `classes`: `(n,)` int32 in `range(len(names))`.
    - `names`: what each class means.
    """

    images: Real[np.ndarray, "n 784"]
    classes: Integer[np.ndarray, " n"]
    names: tuple[str, ...]


def rotation_task(
    images: Real[np.ndarray, "n 784"], *, split: str = "notebook", seed: int = TRANSFER_KEY
) -> Task:
    """Four-way rotation: quarter `q` turned by `q` × 90° anticlockwise, then all shuffled.

    **Arguments:**

    - `images`: `(n, 784)`; the first `4 * (n // 4)` are used.
    - `split`: `"notebook"` takes consecutive quarters, so that class and position in the test set
      are confounded (its first half is known to be easier); `"shuffled"` permutes first.
    - `seed`: the final permutation is `jax.random.permutation(PRNGKey(seed), n)`.

    **Returns:** a [`Task`][] with `4 * (n // 4)` images.

    **Raises:** `InvalidValue` for an unknown split.
    """
    check_choice("split", split, tuple(SPLITS))
    quarter = len(images) // 4
    key = jax.random.PRNGKey(seed)
    squares = np.asarray(images)[: 4 * quarter].reshape(-1, 28, 28)
    if split == "shuffled":
        mixed = jax.random.permutation(jax.random.fold_in(key, SPLIT_SALT), 4 * quarter)
        squares = squares[np.asarray(mixed)]
    turned = np.concatenate(
        [np.rot90(squares[q * quarter : (q + 1) * quarter], q, axes=(1, 2)) for q in range(4)]
    )
    classes = np.repeat(np.arange(4, dtype=np.int32), quarter)
    order = np.asarray(jax.random.permutation(key, 4 * quarter))
    return Task(turned.reshape(-1, 784)[order], classes[order], ("0°", "90°", "180°", "270°"))


def turned(data: Dataset, *, seed: int = TURN_KEY) -> Dataset:
    """Images to be told apart by which way up they are, whatever they show.

    **Arguments:**

    - `data`: `n` images; the first `4 * (n // 4)` are used, a quarter of them for each rotation.
    - `seed`: of which is turned how, and of their order; see [`rotation_task`][].

    **Returns:** as many turned images, labelled 0 to 3: quarters, anticlockwise.
    """
    task = rotation_task(data.pixels, split="shuffled", seed=seed)
    return Dataset(task.images, task.classes.astype(np.uint8))


def least_prime_factor_task(
    images: Real[np.ndarray, "n 784"],
    labels: Integer[np.ndarray, " n"],
    *,
    seed: int = TRANSFER_KEY,
) -> Task:
    """Digits by least prime factor: 0→0, 1→1, {2,4,6,8}→2, {3,9}→3, 5→5, 7→7; then shuffled.

    The notebook names this task but rebuilds the rotation task in its place.

    **Arguments:**

    - `images`: `(n, 784)`; `labels`: `(n,)` digits.
    - `seed`: the permutation is `jax.random.permutation(PRNGKey(seed), n)`.

    **Returns:** a [`Task`][] of six classes.
    """
    factors = LEAST_PRIME_FACTOR[np.asarray(labels)]
    values = np.unique(LEAST_PRIME_FACTOR)
    order = np.asarray(jax.random.permutation(jax.random.PRNGKey(seed), len(factors)))
    classes = np.searchsorted(values, factors).astype(np.int32)
    return Task(np.asarray(images)[order], classes[order], tuple(str(v) for v in values))
