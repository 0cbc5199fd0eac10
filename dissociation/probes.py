"""Linear probes: how well a softmax regression reads a task from features it was not trained for.

Two probes. The *notebook's* takes 200 steps of plain gradient descent, far from convergence, so its
error depends on the scale of the features. The *converged* probe normalises the features, is
optimised to a gradient tolerance, and chooses its penalty on held-out folds; it is blind to scale.

Both train all folds together: the features `(n, d)` are multiplied once with the weights of all
folds `(folds · classes, d)`, and each fold's held-out rows are masked out of the residuals.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from dissociation._lazy import jax, jit, jnp

NUM_FOLDS = 10
STEPS = 200
LEARNING_RATE = 0.2
LOG_OFFSET = 1e-10
#: Penalties that the converged probe chooses from, strongest first, each a warm start for the next.
PENALTIES = (1e-1, 1e-2, 1e-3)
TOLERANCE = 1e-4
#: Enough to tell which penalty predicts best; only that one is then optimised to the tolerance.
CHOICE_TOLERANCE = 2e-3
MAX_ITERATIONS = 400
#: Features are padded with zeros to multiples of these, so that few shapes are compiled.
ROW_BUCKET, COLUMN_BUCKET = 500, 128


def contiguous_folds(rows: int, num_folds: int) -> np.ndarray:
    """`(rows,)` int32: which fold holds each row out; near-equal runs of consecutive rows."""
    edges = np.linspace(0, rows, num_folds + 1).astype(int)
    return np.repeat(np.arange(num_folds, dtype=np.int32), np.diff(edges))


def _scores(x: Any, weights: Any, num_folds: int) -> Any:
    """`(n, folds, classes)` from features `(n, d)` and weights `(folds · classes, d)`."""
    # Weights are kept as rows and turned here, and the residuals turned in `_slope`: XLA's product
    # of two such matrices is up to four times as fast this way round. The barriers keep it from
    # undoing that.
    columns = jax.lax.optimization_barrier(weights.T)
    return (x @ columns).reshape(x.shape[0], num_folds, -1)


def _slope(x: Any, residual: Any) -> Any:
    """`(folds · classes, d)` gradient from residuals `(n, folds, classes)`."""
    rows = jax.lax.optimization_barrier(residual.reshape(x.shape[0], -1).T)
    return rows @ x


def _held_out(scores: Any, folds: Any) -> Any:
    index = jnp.clip(folds, 0, scores.shape[1] - 1)[:, None, None]
    return jnp.take_along_axis(scores, index, axis=1)[:, 0]


def _training_weights(folds: Any, num_folds: int) -> Any:
    """`(n, folds)`: 1 / (training rows of the fold) for each row it trains on, else 0."""
    used = (folds[:, None] != jnp.arange(num_folds, dtype=folds.dtype)[None, :]) & (
        folds[:, None] >= 0
    )
    share = used.astype(jnp.float32)
    return share / jnp.maximum(share.sum(0, keepdims=True), 1.0)


@jit(static_argnames=("num_folds", "steps"))
def gradient_descent_probe(
    x: Any, y: Any, folds: Any, learning_rate: Any, *, num_folds: int, steps: int
) -> Any:
    """Held-out scores of softmax regressions after a fixed number of gradient steps from zero.

    **Arguments:**

    - `x`: `(n, d)` features; `y`: `(n, c)` one-hot classes.
    - `folds`: `(n,)` int32 held-out fold of each row; -1 for padding rows, which are ignored.
    - `learning_rate`: step size on the mean cross-entropy, with intercept.

    **Returns:** `(n, c)` scores (before the softmax) by the probe that did not see the row.
    """
    share = _training_weights(folds, num_folds)
    classes = y.shape[1]

    def step(_, carry):
        weights, intercept = carry
        scores = _scores(x, weights, num_folds) + intercept
        probabilities = jax.nn.softmax(scores, axis=-1)
        # The notebook minimises -log(p + 1e-10), whose slope fades where p is below 1e-10: on
        # large features, where probes are confidently wrong, this decides what they learn.
        right = (probabilities * y[:, None, :]).sum(-1, keepdims=True)
        residual = (probabilities - y[:, None, :]) * (right / (right + LOG_OFFSET))
        residual = residual * share[:, :, None]
        return (
            weights - learning_rate * _slope(x, residual),
            intercept - learning_rate * residual.sum(0, keepdims=True),
        )

    zero = jnp.zeros((num_folds * classes, x.shape[1])), jnp.zeros((1, num_folds, classes))
    weights, intercept = jax.lax.fori_loop(0, steps, step, zero)
    return _held_out(_scores(x, weights, num_folds) + intercept, folds)


def notebook_probe_logits(
    x: Any,
    y: Any,
    *,
    num_folds: int = NUM_FOLDS,
    steps: int = STEPS,
    learning_rate: float = LEARNING_RATE,
) -> Any:
    """The notebook's probe: `(n, c)` held-out scores over contiguous folds.

    **Arguments:**

    - `x`: `(n, d)` features; `y`: `(n, c)` one-hot classes.
    - `num_folds`, `steps`, `learning_rate`: 10 folds, 200 steps of 0.2, from zero, with intercept.
    """
    folds = jnp.asarray(contiguous_folds(x.shape[0], num_folds))
    rate = jnp.float32(learning_rate)
    return gradient_descent_probe(x, y, folds, rate, num_folds=num_folds, steps=steps)


@jit(static_argnames=("num_folds",))
def _converge(
    x: Any,
    y: Any,
    folds: Any,
    preconditioner: Any,
    penalty: Any,
    start: Any,
    tolerance: Any,
    *,
    num_folds: int,
) -> tuple[Any, Any, Any, Any]:
    """Minimises all folds' penalised losses by preconditioned accelerated gradient descent.

    The Hessian of softmax regression is at most ½ XᵀX/n (Böhning 1992), for every fold at once up
    to the factor n / n_train; its inverse as preconditioner makes the step size 1 safe and the
    speed independent of the features' scale and correlations. Momentum restarts whenever it points
    uphill (O'Donoghue & Candès 2015).
    """
    share = _training_weights(folds, num_folds)
    bound = share.max() * jnp.sum((folds >= 0).astype(jnp.float32))
    # The features' last column is the intercept's constant, which is not penalised.
    shrink = penalty * jnp.ones((1, x.shape[1])).at[:, -1].set(0.0)

    def gradient(weights):
        residual = jax.nn.softmax(_scores(x, weights, num_folds), axis=-1) - y[:, None, :]
        return _slope(x, residual * share[:, :, None]) + shrink * weights

    scale = jnp.linalg.norm(gradient(jnp.zeros_like(start)))

    def unfinished(carry):
        _, _, _, iteration, norm = carry
        return (iteration < MAX_ITERATIONS) & (norm > tolerance * scale)

    def step(carry):
        weights, ahead, momentum, iteration, _ = carry
        slope = gradient(ahead)
        moved = ahead - (slope @ preconditioner) / bound
        uphill = jnp.sum(slope * (moved - weights)) > 0
        following = jnp.where(uphill, 1.0, (1 + jnp.sqrt(1 + 4 * momentum**2)) / 2)
        inertia = jnp.where(uphill, 0.0, (momentum - 1) / following)
        return (
            moved,
            moved + inertia * (moved - weights),
            following,
            iteration + 1,
            jnp.linalg.norm(slope),
        )

    first = (start, start, jnp.float32(1), jnp.int32(0), jnp.float32(jnp.inf))
    weights, _, _, iterations, norm = jax.lax.while_loop(unfinished, step, first)
    scores = _held_out(_scores(x, weights, num_folds), folds)
    return weights, scores, iterations, norm / scale


@jit()
def _normalise(x: Any, real: Any, width: Any) -> Any:
    """Centred features over one global root mean square, a constant column appended."""
    count = real.sum()
    centred = (x - (x * real).sum(0, keepdims=True) / count) * real
    scale = jnp.sqrt(jnp.sum(centred**2) / (count * width))
    return jnp.concatenate([centred / jnp.maximum(scale, 1e-30), real], axis=1)


@jit()
def _curvature(x: Any, real: Any) -> Any:
    return 0.5 * (x.T @ x) / real.sum()


def _preconditioner(curvature: np.ndarray, penalty: float) -> Any:
    """Inverse of curvature and penalty, by LAPACK: ten times as fast as XLA's solver on a CPU."""
    ridge = np.full(len(curvature), penalty + 1e-6, np.float32)
    ridge[-1] = 1e-6
    return jnp.asarray(np.linalg.inv(curvature + np.diag(ridge)))


@jit()
def _held_out_loss(scores: Any, y: Any, real: Any) -> Any:
    losses = -jnp.sum(y * jax.nn.log_softmax(scores), axis=1, keepdims=True)
    return jnp.sum(losses * real) / real.sum()


@dataclass(frozen=True)
class ProbeResult:
    """What a probe found.

    - `predicted`: `(n,)` held-out class of each row.
    - `penalty`: the chosen L2 penalty, on features of root mean square 1.
    - `iterations`: of the chosen penalty; `gradient`: its final gradient norm relative to that at
      zero; `converged`: whether it reached the tolerance.
    """

    predicted: np.ndarray
    penalty: float = 0.0
    iterations: int = STEPS
    gradient: float = float("nan")
    converged: bool = False


def _padded(x: np.ndarray, classes: np.ndarray, num_classes: int, num_folds: int) -> tuple:
    rows, width = x.shape
    size = -(-rows // ROW_BUCKET) * ROW_BUCKET
    # One column short of a whole bucket: the converged probe appends its constant there.
    columns = -(-(width + 1) // COLUMN_BUCKET) * COLUMN_BUCKET - 1
    padded = np.zeros((size, columns), np.float32)
    padded[:rows, :width] = x
    one_hot = np.zeros((size, num_classes), np.float32)
    one_hot[np.arange(rows), classes] = 1
    folds = np.full(size, -1, np.int32)
    folds[:rows] = contiguous_folds(rows, num_folds)
    return jnp.asarray(padded), jnp.asarray(one_hot), jnp.asarray(folds)


def notebook_probe(
    x: np.ndarray, classes: np.ndarray, num_classes: int, *, num_folds: int = NUM_FOLDS
) -> ProbeResult:
    """The notebook's probe on features `(n, d)` and classes `(n,)`.

    The fixed number of steps ties its error to the scale of the features: on larger features it
    has effectively trained longer. See [`converged_probe`][].
    """
    features, one_hot, folds = _padded(x, classes, num_classes, num_folds)
    scores = gradient_descent_probe(
        features, one_hot, folds, jnp.float32(LEARNING_RATE), num_folds=num_folds, steps=STEPS
    )
    return ProbeResult(np.asarray(scores)[: len(x)].argmax(1))


def converged_probe(
    x: np.ndarray, classes: np.ndarray, num_classes: int, *, num_folds: int = NUM_FOLDS
) -> ProbeResult:
    """L2-regularised softmax regression, normalised and optimised to a gradient tolerance.

    **Arguments:**

    - `x`: `(n, d)` features, centred and divided by one global root mean square before use.
    - `classes`: `(n,)` ints below `num_classes`.
    - `num_folds`: contiguous folds; the penalty with the least held-out cross-entropy is chosen.

    **Returns:** a [`ProbeResult`][] that says whether it converged.
    """
    raw, one_hot, folds = _padded(x, classes, num_classes, num_folds)
    real = (folds >= 0).astype(jnp.float32)[:, None]
    features = _normalise(raw, real, jnp.float32(x.shape[1]))

    curvature = np.asarray(_curvature(features, real))

    def descend(start: Any, strength: Any, preconditioner: Any, tolerance: float) -> Any:
        limit = jnp.float32(tolerance)
        return _converge(
            features, one_hot, folds, preconditioner, strength, start, limit, num_folds=num_folds
        )

    weights = jnp.zeros((num_folds * num_classes, features.shape[1]))
    candidates = []
    for penalty in PENALTIES:
        step = jnp.float32(penalty), _preconditioner(curvature, penalty)
        weights, scores, spent, _ = descend(weights, *step, CHOICE_TOLERANCE)
        loss = float(_held_out_loss(scores, one_hot, real))
        candidates.append((loss, penalty, weights, step, int(spent)))
    _, penalty, weights, step, spent = min(candidates, key=lambda candidate: candidate[0])
    _, scores, more, gradient = descend(weights, *step, TOLERANCE)
    return ProbeResult(
        np.asarray(scores)[: len(x)].argmax(1),
        penalty,
        spent + int(more),
        float(gradient),
        bool(gradient <= TOLERANCE),
    )
