"""Linear probes: how well a softmax regression reads a task from features it was not trained for.

Here is the *notebook's* probe: 200 steps of plain gradient descent, far from convergence, so its
error depends on the scale of the features. `converged_probe.py` has the other one.

All folds of all conditions are trained together. A condition's features are the shared ones times a
scale for each column, and gradient descent on scaled columns from zero is gradient descent on the
shared ones with step sizes times the squared scale. So the features `(n, d)` are multiplied once
with the weights of all conditions and folds, `(conditions · folds · classes, d)`, and each fold's
held-out rows are masked out of the residuals. Rows are taken in blocks that fit the cache: a block
is read once a step, for the scores and for the slope.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float32, Int32, Integer

from dissociation.core._lazy import jax, jit, jnp
from dissociation.core.buckets import bucket, column_bucket, pad_to
from dissociation.core.pauses import AT_ONCE
from dissociation.core.validation import check_finite

NUM_FOLDS = 10
STEPS = 200
LEARNING_RATE = 0.2
LOG_OFFSET = 1e-10
#: Rows are padded to multiples of this and multiplied so many at a time: of the sizes measured, 500
#: to 2,000 were fastest.
ROW_BLOCK = 500


def contiguous_folds(rows: int, num_folds: int) -> Int32[np.ndarray, " {rows}"]:
    """`(rows,)` int32: which fold holds each row out; near-equal runs of consecutive rows."""
    edges = np.linspace(0, rows, num_folds + 1).astype(int)
    return np.repeat(np.arange(num_folds, dtype=np.int32), np.diff(edges))


def training_share(folds: Int32[Any, " n"], num_folds: int) -> Float32[Any, "{num_folds} n"]:
    """`(num_folds, n)`: 1 / (training rows of the fold) for each row it trains on, else 0.

    **Arguments:**

    - `folds`: `(n,)` int32 held-out fold of each row; -1 for padding rows, which nobody trains on.
    """
    numbers = jnp.arange(num_folds, dtype=folds.dtype)[:, None]
    share = ((folds[None, :] != numbers) & (folds[None, :] >= 0)).astype(jnp.float32)
    return share / jnp.maximum(share.sum(1, keepdims=True), 1.0)


def softmax_over_classes(
    scores: Float32[Any, "*rest classes n"],
) -> Float32[Any, "*rest classes n"]:
    """Softmax over the last axis but one: `(..., classes, n)`, images side by side in memory."""
    powers = jnp.exp(scores - scores.max(-2, keepdims=True))
    return powers / powers.sum(-2, keepdims=True)


def held_out(
    scores: Float32[Any, "*rest folds classes n"], folds: Int32[Any, " n"]
) -> Float32[Any, "*rest classes n"]:
    """`(..., classes, n)` from `(..., folds, classes, n)`: each row by the probe that spared it."""
    index = jnp.clip(folds, 0, scores.shape[-3] - 1)
    index = index.reshape((1,) * (scores.ndim - 1) + (-1,))
    return jnp.take_along_axis(scores, index, axis=-3).squeeze(-3)


def slope_over_blocks(
    x: Float32[Any, "blocks rows d"],
    count: int | Int32[Any, ""],
    weights: Float32[Any, "outputs d"],
    residual_of: Any,
) -> tuple[Float32[Any, "outputs d"], Float32[Any, "outputs 1"]]:
    """Slopes `(outputs, d)` of the weights and `(outputs, 1)` of an intercept.

    **Arguments:**

    - `x`: `(blocks, rows, d)`, of which `count` blocks are real; `weights`: `(outputs, d)`.
    - `residual_of`: gives the residuals `(outputs, rows)` of block `k` from `k` and its products
      with the weights, `(outputs, rows)`.
    """
    block = jax.lax.optimization_barrier

    def add(k: Any, slopes: Any) -> Any:
        # Weights and residuals are kept as rows, images side by side: XLA's products of a few rows
        # with many are several times as fast this way round as with their transposes.
        residual = block(residual_of(k, block(weights @ x[k].T)))
        return slopes[0] + residual @ x[k], slopes[1] + residual.sum(1, keepdims=True)

    nothing = jnp.zeros_like(weights), jnp.zeros((len(weights), 1))
    return jax.lax.fori_loop(0, count, add, nothing)


class _Regressions(NamedTuple):
    """Softmax regressions on rows in blocks.

    - `x`: `(blocks, rows, d)` features, of which `count` blocks are real.
    - `y`: `(blocks, classes, rows)` one-hot; `folds`: `(blocks, rows)`, -1 for padding.
    - `rates`: `(conditions, d + 1)` step size of each column, and of the intercept.
    """

    x: Float32[Any, "blocks rows d"]
    y: Float32[Any, "blocks classes rows"]
    folds: Int32[Any, "blocks rows"]
    rates: Float32[Any, "conditions columns"]
    count: Any

    def shape(self, num_folds: int) -> tuple[int, int, int, int]:
        """Conditions, folds, classes and rows of a block."""
        return self.rates.shape[0], num_folds, self.y.shape[1], self.x.shape[1]

    def start(self, num_folds: int) -> tuple[Float32[Any, "outputs d"], Float32[Any, "outputs 1"]]:
        """Weights and intercepts of zero, one row for each condition, fold and class."""
        outputs = math.prod(self.shape(num_folds)[:3])
        return jnp.zeros((outputs, self.x.shape[2])), jnp.zeros((outputs, 1))


def _descend(given: _Regressions, start: Any, steps: Any, *, num_folds: int) -> Any:
    """Weights and intercepts after some steps of gradient descent."""
    x, y, folds, rates, count = given
    shape = given.shape(num_folds)
    share = training_share(folds.reshape(-1), num_folds)
    share = share.reshape(num_folds, len(x), 1, shape[-1])
    each = jnp.repeat(rates, num_folds * shape[2], axis=0)

    def step(_: Any, carry: Any) -> Any:
        weights, intercept = carry

        def residual_of(k: Any, products: Any) -> Any:
            probabilities = softmax_over_classes((products + intercept).reshape(shape))
            truth = y[k][None, None]
            # The notebook minimises -log(p + 1e-10), whose slope fades where p is below 1e-10: on
            # large features, where probes are confidently wrong, this decides what they learn.
            right = (probabilities * truth).sum(2, keepdims=True)
            residual = (probabilities - truth) * (right / (right + LOG_OFFSET))
            return (residual * share[:, k][None]).reshape(len(weights), shape[-1])

        slope, intercept_slope = slope_over_blocks(x, count, weights, residual_of)
        return weights - each[:, :-1] * slope, intercept - each[:, -1:] * intercept_slope

    return jax.lax.fori_loop(0, steps, step, start)


def _scores(
    given: _Regressions, found: Any, *, num_folds: int
) -> Float32[Any, "blocks conditions classes rows"]:
    """Held-out scores `(blocks, conditions, classes, rows)`."""
    conditions, _, classes, rows = shape = given.shape(num_folds)
    weights, intercept = found

    def predict(k: Any, scores: Any) -> Any:
        own = (weights @ given.x[k].T + intercept).reshape(shape)
        return scores.at[k].set(held_out(own, given.folds[k]))

    nothing = jnp.zeros((len(given.x), conditions, classes, rows))
    return jax.lax.fori_loop(0, given.count, predict, nothing)


_descend_some = jit(static_argnames=("num_folds",), donate_argnames=("start",))(_descend)
_held_out_scores = jit(static_argnames=("num_folds",))(_scores)


@jit(static_argnames=("num_folds", "steps"))
def gradient_descent_probe(
    x: Float32[Any, "n d"],
    y: Float32[Any, "n c"],
    folds: Int32[Any, " n"],
    learning_rate: Float32[Any, ""],
    *,
    num_folds: int,
    steps: int,
) -> Float32[Any, "n c"]:
    """Held-out scores of softmax regressions after a fixed number of gradient steps from zero.

    **Arguments:**

    - `x`: `(n, d)` features; `y`: `(n, c)` one-hot classes.
    - `folds`: `(n,)` int32 held-out fold of each row; -1 for padding rows, which are ignored.
    - `learning_rate`: step size on the mean cross-entropy, with intercept.

    **Returns:** `(n, c)` scores (before the softmax) by the probe that did not see the row.
    """
    rates = jnp.full((1, x.shape[1] + 1), learning_rate)
    given = _Regressions(x[None], y.T[None], folds[None], rates, 1)
    found = _descend(given, given.start(num_folds), steps, num_folds=num_folds)
    return _scores(given, found, num_folds=num_folds)[0, 0].T


def notebook_probe_logits(
    x: Float32[Any, "n d"],
    y: Float32[Any, "n c"],
    *,
    num_folds: int = NUM_FOLDS,
    steps: int = STEPS,
    learning_rate: float = LEARNING_RATE,
) -> Float32[Any, "n c"]:
    """The notebook's probe: `(n, c)` held-out scores over contiguous folds.

    **Arguments:**

    - `x`: `(n, d)` features; `y`: `(n, c)` one-hot classes.
    - `num_folds`, `steps`, `learning_rate`: 10 folds, 200 steps of 0.2, from zero, with intercept.
    """
    folds = jnp.asarray(contiguous_folds(x.shape[0], num_folds))
    rate = jnp.float32(learning_rate)
    return gradient_descent_probe(x, y, folds, rate, num_folds=num_folds, steps=steps)


@dataclass(frozen=True)
class ProbeResult:
    """What a probe found.

    - `predicted`: `(n,)` held-out class of each row.
    - `penalty`: the chosen L2 penalty, on features of root mean square 1.
    - `iterations`: of the chosen penalty; `gradient`: its final gradient norm relative to that at
      zero; `converged`: whether it reached the tolerance.
    """

    predicted: Integer[np.ndarray, " n"]
    penalty: float = 0.0
    iterations: int = STEPS
    gradient: float = float("nan")
    converged: bool = False


class Blocks(NamedTuple):
    """Rows of a probe on the device, padded, in blocks of [`ROW_BLOCK`][]; `count` are real.

    - `x`: `(blocks, rows, d)`, `y`: `(blocks, classes, rows)`, `folds`: `(blocks, rows)`.
    """

    x: Float32[Any, "blocks rows d"]
    y: Float32[Any, "blocks classes rows"]
    folds: Int32[Any, "blocks rows"]
    count: Any


def in_blocks(
    x: Float32[np.ndarray, "n d"],
    classes: Integer[np.ndarray, " n"],
    num_classes: int,
    num_folds: int,
    *,
    columns: int,
    room: int = 0,
) -> Blocks:
    """Puts `(n, d)` features and `(n,)` classes on the device, with `columns` columns.

    `room`: rows of the largest call to come, so that one program serves all of them.
    """
    rows = len(x)
    count = -(-rows // ROW_BLOCK)
    blocks = max(count, -(-room // ROW_BLOCK))
    shape = (blocks, ROW_BLOCK)
    one_hot = np.zeros((blocks * ROW_BLOCK, num_classes), np.float32)
    one_hot[np.arange(rows), classes] = 1
    folds = np.full(blocks * ROW_BLOCK, -1, np.int32)
    folds[:rows] = contiguous_folds(rows, num_folds)
    return Blocks(
        jax.device_put(pad_to(x, blocks * ROW_BLOCK, columns).reshape(*shape, columns)),
        jax.device_put(one_hot.reshape(*shape, num_classes).swapaxes(1, 2)),
        jax.device_put(folds.reshape(shape)),
        jnp.int32(count),
    )


def notebook_probes(
    x: Float32[np.ndarray, "n d"],
    scales: Float32[np.ndarray, "conditions d"],
    classes: Integer[np.ndarray, " n"],
    num_classes: int,
    *,
    num_folds: int = NUM_FOLDS,
    room: int = 0,
) -> list[ProbeResult]:
    """The notebook's probe on the features `x · scales[c]` of every condition `c`.

    The fixed number of steps ties its error to the scale of the features: on larger features it
    has effectively trained longer. See `converged_probe.py`.

    **Arguments:**

    - `x`: `(n, d)` shared features; `scales`: `(conditions, d)`, 0 for columns a condition has not.
    - `classes`: `(n,)` ints below `num_classes`.
    - `room`: rows of the largest call to come, so that one program serves all of them.

    **Raises:** `NotFinite` if gradient descent diverges.
    """
    rows, width = x.shape
    columns = column_bucket(bucket(width))
    data = in_blocks(x, classes, num_classes, num_folds, columns=columns, room=room)
    rates = np.ones((len(scales), columns + 1), np.float32)
    rates[:, :-1] = pad_to(np.square(scales, dtype=np.float32), len(scales), columns)
    given = _Regressions(data.x, data.y, data.folds, jnp.array(LEARNING_RATE * rates), data.count)
    found = given.start(num_folds)
    at_once = max(1, int(AT_ONCE / (4.0 * data.x.size * len(found[0]))))
    for done in range(0, STEPS, at_once):
        steps = jnp.int32(min(at_once, STEPS - done))
        found = _descend_some(given, found, steps, num_folds=num_folds)
    scores = _held_out_scores(given, found, num_folds=num_folds)
    check_finite(
        "The notebook's probe diverges on features this large; choose the converged probe, which "
        "normalises them.",
        scores,
    )
    predicted = np.asarray(scores).argmax(2).swapaxes(0, 1).reshape(len(scales), -1)
    return [ProbeResult(own[:rows]) for own in predicted]


def notebook_probe(
    x: Float32[np.ndarray, "n d"],
    classes: Integer[np.ndarray, " n"],
    num_classes: int,
    *,
    num_folds: int = NUM_FOLDS,
) -> ProbeResult:
    """[`notebook_probes`][] of a single condition, on features `(n, d)` and classes `(n,)`."""
    same = np.ones((1, x.shape[1]), np.float32)
    return notebook_probes(x, same, classes, num_classes, num_folds=num_folds)[0]
