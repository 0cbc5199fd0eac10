"""Training one seed: stochastic gradient descent on the cross-entropy, streamed as it goes.

Recipes: `PAPER` is the notebook's (Braun, Grant & Saxe 2025), `QUICK` reaches about the same test
error in seconds, and any other choice within the allowed ranges makes a custom one.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from dissociation.core._lazy import jax, jnp
from dissociation.core.data.datasets import Dataset, mnist_test, mnist_train
from dissociation.core.data.tasks import turned
from dissociation.core.draws import Key
from dissociation.core.networks.descent import (
    Data,
    Trained,
    first_loss,
    later,
    optimizer,
    pieces_of_batch,
)
from dissociation.core.networks.network import Network, forward, initial_network, silent_images
from dissociation.core.pauses import pause
from dissociation.core.validation import (
    InvalidValue,
    NotFinite,
    check_choice,
    check_finite,
    check_integer,
    check_number,
    set_frozen,
)

#: Raise it when a change to this module changes trained weights: stored networks then retrain.
CODE_VERSION = 1
PARTS_PER_EPOCH = 6
SHUFFLE_SALT = 1
#: Parts of an epoch, and the untrained network, are tested on every tenth image, whole epochs on
#: all of them: tests then take a tenth of the time that training takes.
PART_STRIDE = 10
#: At which networks of all widths and batches that were tried have trained: widths from 16 to
#: 4,096, batches from 8 to 4,096. Of those, training first failed at 0.7 (width 1,024, batch 8).
SAFE_RATE = 0.5
#: A network that is silent on nine of ten images errs on more than this: it gives all of them one
#: answer, and at most a quarter of the images are of one class.
LIVE_ERROR = 0.65
DIGITS, ROTATION = "digits", "rotation"
#: What a network may be trained to tell. Rotation has four classes, for the first four outputs.
LEARNED = {DIGITS: "Which digit?", ROTATION: "Which way up?"}


@dataclass(frozen=True)
class Recipe:
    """How a network is trained. Learning rates fall linearly over all steps.

    - `epochs`: passes over the 60,000 images, reshuffled each; 0 keeps the initial network.
    - `batch`: images a step; the remainder of an epoch is dropped.
    - `learning_rate`, `final_learning_rate`: first and last step size of plain SGD.
    - `width`: neurons in each hidden layer.
    - `task`: what is learned, one of [`LEARNED`][]; of rotation, every image is turned by 0 to 3
      quarters. The architecture is the same, with 10 outputs.

    **Raises:** `InvalidValue` if a value lies outside its range.
    """

    epochs: int = 4
    batch: int = 64
    learning_rate: float = 0.5
    final_learning_rate: float = 1e-4
    width: int = 1024
    task: str = DIGITS

    def __post_init__(self) -> None:
        set_frozen(
            self,
            epochs=check_integer("epochs", self.epochs, 0, 100),
            batch=check_integer("batch", self.batch, 8, 4096),
            learning_rate=check_number("learning_rate", self.learning_rate, 1e-6, 10.0),
            final_learning_rate=check_number(
                "final_learning_rate", self.final_learning_rate, 0.0, 10.0
            ),
            width=check_integer("width", self.width, 16, 4096),
            task=check_choice("task", self.task, tuple(LEARNED)),
        )
        if self.final_learning_rate > self.learning_rate:
            raise InvalidValue(
                "final_learning_rate",
                self.final_learning_rate,
                f"give at most the learning rate, {self.learning_rate:g}",
            )

    @property
    def name(self) -> str:
        """`quick`, `paper` or `custom`."""
        for name, recipe in RECIPES.items():
            if recipe == self:
                return name
        return "custom"

    def canonical(self) -> dict[str, Any]:
        """Plain values that determine the trained weights, for digests."""
        values = {**self.settings(), "code": CODE_VERSION}
        if self.pieces > 1:
            values["pieces"] = self.pieces
        return values

    @property
    def pieces(self) -> int:
        """How many pieces of a batch are worked on one after the other; 1 but for the largest."""
        return pieces_of_batch(self.width, self.batch)

    def settings(self) -> dict[str, Any]:
        """Plain values from which `Recipe(**values)` is the same recipe."""
        values = dataclasses.asdict(self)
        if self.task == DIGITS:
            # As before there was any other task: what is stored keeps its digest.
            del values["task"]
        return values


QUICK = Recipe()
PAPER = Recipe(epochs=30, batch=128, learning_rate=0.1, final_learning_rate=1e-6)
RECIPES = {"quick": QUICK, "paper": PAPER}


class Diverged(NotFinite):
    """Training has ended in numbers that are none.

    It advises half of the rate, and no more than [`SAFE_RATE`][].

    **Arguments:**

    - `recipe`: of the training; `epoch`: in which a loss or a weight was not finite, from 1.
    """

    def __init__(self, recipe: Recipe, epoch: int):
        self.epoch = epoch
        rate = min(SAFE_RATE, recipe.learning_rate / 2)
        super().__init__(
            f"Training diverged in epoch {epoch} at learning rate {recipe.learning_rate:g}; try "
            f"{rate:g} or less."
        )


@dataclass(frozen=True)
class Progress:
    """State after a part of an epoch.

    - `epoch`: epochs done so far, a multiple of 1 / `PARTS_PER_EPOCH` or so.
    - `loss`: mean training cross-entropy over that part (nats).
    - `error`: test error on `images` test images, in [0, 1].
    - `whole`: whether an epoch has just ended, or all are; `error` is over the complete test set.
    - `silent`: of the last state, on how many images no neuron of hidden layer 1, and of hidden
      layer 2, is active, if it errs on more than [`LIVE_ERROR`][] of them; else 0.
    - `network`: the weights; read them before asking for the next state, which reuses their memory.
    """

    epoch: float
    loss: float
    error: float
    images: int
    whole: bool
    network: Network
    silent: tuple[int, int] = (0, 0)


def error_rate(network: Network, data: Dataset, stride: int = 1) -> tuple[float, int]:
    """Share of every `stride`-th image that the network gets wrong, and how many those are."""
    images, labels = data.images[::stride], data.labels[::stride]
    wrong = int(np.sum(forward(network, images).argmax(1) != labels))
    return wrong / len(labels), len(labels)


def _silent(network: Network, data: Dataset, error: float) -> tuple[int, int]:
    return silent_images(network, data.images) if error > LIVE_ERROR else (0, 0)


def _parts(steps: int) -> list[slice]:
    edges = np.linspace(0, steps, min(PARTS_PER_EPOCH, steps) + 1).round().astype(int)
    return [slice(a, b) for a, b in zip(edges[:-1], edges[1:], strict=True)]


def train(
    recipe: Recipe,
    key: Key,
    *,
    train_data: Dataset | None = None,
    test_data: Dataset | None = None,
) -> Iterator[Progress]:
    """Trains one network and yields its state several times an epoch.

    **Arguments:**

    - `recipe`: a [`Recipe`][].
    - `key`: a JAX key; the initial weights are drawn from it as the notebook draws them.
    - `train_data`, `test_data`: images with their digits; by default MNIST. Recipes of rotation
        turn both.

    **Returns:** an iterator of [`Progress`][]. The first item is the untrained network; the last
    one's `network` is the result.

    **Raises:** `InvalidValue` if the batch is larger than the data; [`Diverged`][] at the first
    loss or weight that is not finite; `DamagedData` if MNIST is not as it should be.
    """
    train_data = mnist_train() if train_data is None else train_data
    test_data = mnist_test() if test_data is None else test_data
    if recipe.task == ROTATION:
        train_data, test_data = turned(train_data), turned(test_data)
    steps = len(train_data) // recipe.batch
    if steps == 0:
        raise InvalidValue("batch", recipe.batch, f"give at most {len(train_data):,} images")
    network = initial_network(key, recipe.width)
    pause()
    whole = recipe.epochs == 0
    error, images = error_rate(network, test_data, 1 if whole else PART_STRIDE)
    labels = jax.device_put(train_data.labels.astype(np.int32))
    pixels = jax.device_put(train_data.pixels)
    loss = first_loss(network, pixels, labels, recipe.batch)
    silent = _silent(network, test_data, error) if whole else (0, 0)
    yield Progress(0.0, loss, error, images, whole, network, silent)

    rates = jnp.array(
        [recipe.learning_rate, recipe.final_learning_rate, max(1, steps * recipe.epochs)],
        jnp.float32,
    )
    state = optimizer(rates).init(network)
    # Buffers are donated from step to step; the initial network handed out above must survive.
    so_far = Trained(Network(*(jnp.array(w) for w in network)), state, jnp.float32(0))
    shuffle = jax.random.fold_in(key, SHUFFLE_SALT)
    for epoch in range(recipe.epochs):
        order = jax.random.permutation(jax.random.fold_in(shuffle, epoch), len(train_data))
        batches = order[: steps * recipe.batch].reshape(steps, recipe.batch)
        data = Data(pixels, labels, batches)
        for part in _parts(steps):
            so_far, loss = later(so_far, data, part, rates)
            whole = part.stop == steps
            try:
                check_finite("training", loss, *so_far.network)
                error, images = error_rate(so_far.network, test_data, 1 if whole else PART_STRIDE)
            except NotFinite:
                raise Diverged(recipe, epoch + 1) from None
            last = whole and epoch + 1 == recipe.epochs
            silent = _silent(so_far.network, test_data, error) if last else (0, 0)
            done = epoch + part.stop / steps
            yield Progress(done, loss, error, images, whole, so_far.network, silent)


def trained(recipe: Recipe, key: Key, **data: Dataset) -> Network:
    """The network at the end of [`train`][], as NumPy arrays. **Raises:** as that."""
    last = None
    for progress in train(recipe, key, **data):
        last = progress.network
    assert last is not None
    return Network(*(np.asarray(weight) for weight in last))
