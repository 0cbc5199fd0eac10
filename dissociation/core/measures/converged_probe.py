"""The converged probe: a softmax regression that says what the features hold, whatever their scale.

Features are centred and divided by one global root mean square, the regression is optimised to a
gradient tolerance, and its penalty is chosen on held-out folds; so, unlike the notebook's probe
(`probes.py`), it is blind to scale. All folds are trained together, as there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float32, Int32, Integer

from dissociation.core._lazy import jax, jit, jnp
from dissociation.core.buckets import bucket, column_bucket
from dissociation.core.measures.probes import (
    NUM_FOLDS,
    Blocks,
    ProbeResult,
    held_out,
    in_blocks,
    slope_over_blocks,
    softmax_over_classes,
    training_share,
)
from dissociation.core.pauses import AT_ONCE, apart
from dissociation.core.validation import check_finite

#: Penalties that the converged probe chooses from, strongest first, each a warm start for the next.
PENALTIES = (1e-1, 1e-2, 1e-3)
TOLERANCE = 1e-4
#: Enough to tell which penalty predicts best; only that one is then optimised to the tolerance.
CHOICE_TOLERANCE = 2e-3
MAX_ITERATIONS = 400


class _Descent(NamedTuple):
    """What is carried from iteration to iteration.

    - `weights`, `ahead`: `(folds · classes, d)`, and where momentum leads from there.
    - `momentum`, `iteration`; `norm`: of the last gradient.
    """

    weights: Float32[Any, "outputs d"]
    ahead: Float32[Any, "outputs d"]
    momentum: Float32[Any, ""]
    iteration: Int32[Any, ""]
    norm: Float32[Any, ""]


class _Loss(NamedTuple):
    """All folds' penalised losses.

    - `data`: features in principal axes, the last column constant 1; `curvature`: `(d,)` of each.
    - `penalty`: on all columns but the last.
    """

    data: Blocks
    curvature: Float32[Any, " d"]
    penalty: Float32[Any, ""]

    def parts(self, num_folds: int) -> tuple[Callable[[Any], Any], Any]:
        """The gradient of weights, and the inverse of what bounds the Hessian."""
        x, y, folds, count = self.data
        blocks, rows, depth = x.shape
        share = training_share(folds.reshape(-1), num_folds)
        bound = share.max() * jnp.sum((folds >= 0).astype(jnp.float32))
        share = share.reshape(num_folds, blocks, 1, rows)
        # The intercept, in the last column, is not penalised.
        shrink = self.penalty * jnp.ones((1, depth)).at[:, -1].set(0.0)
        inverse = 1.0 / (bound * (self.curvature[None, :] + shrink + 1e-6))

        def gradient(weights: Any) -> Any:
            def residual_of(k: Any, products: Any) -> Any:
                probabilities = softmax_over_classes(products.reshape(num_folds, -1, rows))
                residual = (probabilities - y[k][None]) * share[:, k]
                return residual.reshape(len(weights), rows)

            return slope_over_blocks(x, count, weights, residual_of)[0] + shrink * weights

        return gradient, inverse


@jit(static_argnames=("num_folds",))
def _scale(loss: _Loss, start: Float32[Any, "outputs d"], *, num_folds: int) -> Float32[Any, ""]:
    gradient, _ = loss.parts(num_folds)
    return jnp.linalg.norm(gradient(jnp.zeros_like(start)))


@jit(static_argnames=("num_folds",))
def _converge(
    loss: _Loss, so_far: _Descent, least: Float32[Any, ""], until: Int32[Any, ""], *, num_folds: int
) -> _Descent:
    """Minimises all folds' penalised losses by preconditioned accelerated gradient descent.

    The Hessian of softmax regression is at most ½ XᵀX/n (Böhning 1992), for every fold at once up
    to the factor n / n_train. In principal axes that is diagonal, and its inverse as preconditioner
    makes the step size 1 safe and the speed independent of the features' scale and correlations.
    Momentum restarts whenever it points uphill (O'Donoghue & Candès 2015).

    **Arguments:**

    - `least`: the gradient's norm that is small enough; `until`: iterations in all by then.
    """
    gradient, inverse = loss.parts(num_folds)

    def unfinished(carry: Any) -> Any:
        return (carry.iteration < until) & (carry.norm > least)

    def step(carry: Any) -> Any:
        slope = gradient(carry.ahead)
        moved = carry.ahead - slope * inverse
        uphill = jnp.sum(slope * (moved - carry.weights)) > 0
        following = jnp.where(uphill, 1.0, (1 + jnp.sqrt(1 + 4 * carry.momentum**2)) / 2)
        inertia = jnp.where(uphill, 0.0, (carry.momentum - 1) / following)
        return _Descent(
            moved,
            moved + inertia * (moved - carry.weights),
            following,
            carry.iteration + 1,
            jnp.linalg.norm(slope),
        )

    return jax.lax.while_loop(unfinished, step, so_far)


@jit(static_argnames=("num_folds",))
def _scores(
    data: Blocks, weights: Float32[Any, "outputs d"], *, num_folds: int
) -> Float32[Any, "blocks classes rows"]:
    """Held-out scores `(blocks, classes, rows)`."""

    def predict(k: Any, found: Any) -> Any:
        scores = (weights @ data.x[k].T).reshape(num_folds, -1, data.x.shape[1])
        return found.at[k].set(held_out(scores, data.folds[k]))

    return jax.lax.fori_loop(0, data.count, predict, jnp.zeros_like(data.y))


def _descended(
    loss: _Loss, start: Float32[Any, "outputs d"], tolerance: float, num_folds: int
) -> tuple[Float32[Any, "outputs d"], Float32[Any, "blocks classes rows"], int, float]:
    """Descends from `(folds · classes, d)` weights, some iterations at a time.

    **Arguments:**

    - `tolerance`: on the gradient, relative to that at 0.

    **Returns:** weights, held-out scores, iterations, and the last gradient, relative as well.
    """
    scale = _scale(loss, start, num_folds=num_folds)
    limit = jnp.float32(tolerance) * scale
    so_far = _Descent(start, start, jnp.float32(1), jnp.int32(0), jnp.float32(jnp.inf))
    at_once = max(1, int(AT_ONCE / (4.0 * loss.data.x.size * len(start))))
    for until in range(at_once, MAX_ITERATIONS + at_once, at_once):
        last = jnp.int32(min(until, MAX_ITERATIONS))
        so_far = _converge(loss, so_far, limit, last, num_folds=num_folds)
        if not so_far.norm > limit:
            break
    scores = _scores(loss.data, so_far.weights, num_folds=num_folds)
    return so_far.weights, scores, int(so_far.iteration), float(so_far.norm / scale)


def principal_axes(
    x: Float32[np.ndarray, "n d"],
) -> tuple[Float32[np.ndarray, "n axes"], Float32[np.ndarray, " axes"]]:
    """Centred features over one global root mean square, turned into their principal axes.

    A rotation changes neither the penalty nor what can be fitted. With fewer rows than columns the
    axes come from the small matrix of inner products, and there are only as many as rows.

    **Arguments:**

    - `x`: `(n, d)` features.

    **Returns:** `(n, min(n, d))` features and the mean square of each, both float32.
    """
    # By a power of two, which changes no digit: squares of very large features would overflow, and
    # those of very small ones vanish.
    x = np.ldexp(x, -np.frexp(np.abs(x).max())[1])
    centred = x - x.mean(0, keepdims=True, dtype=np.float64).astype(np.float32)
    scale = np.sqrt(np.mean(np.square(centred), dtype=np.float64))
    centred /= max(float(scale), 1e-30)
    if len(x) < x.shape[1]:
        squares, turned = np.linalg.eigh(centred @ centred.T)
        squares = np.maximum(squares, 0)
        turned *= np.sqrt(squares)
    else:
        squares, axes = np.linalg.eigh(centred.T @ centred)
        turned = centred @ axes
    return turned, np.maximum(squares, 0) / np.float32(len(x))


@jit()
def _held_out_loss(scores: Float32[Any, "blocks classes rows"], data: Blocks) -> Float32[Any, ""]:
    losses = -jnp.sum(data.y * jax.nn.log_softmax(scores, axis=1), axis=1)
    real = (data.folds >= 0).astype(jnp.float32)
    return jnp.sum(losses * real) / real.sum()


def converged_probe(
    x: Float32[np.ndarray, "n d"],
    classes: Integer[np.ndarray, " n"],
    num_classes: int,
    *,
    num_folds: int = NUM_FOLDS,
    room: int = 0,
) -> ProbeResult:
    """L2-regularised softmax regression, normalised and optimised to a gradient tolerance.

    **Arguments:**

    - `x`: `(n, d)` features, centred and divided by one global root mean square before use.
    - `classes`: `(n,)` ints below `num_classes`.
    - `num_folds`: contiguous folds; the penalty with the least held-out cross-entropy is chosen.
    - `room`: rows of the largest call to come, so that one program serves all of them.

    **Returns:** a [`ProbeResult`][] that says whether it converged. **Raises:** `NotFinite`.
    """
    small = min(x.shape)
    # Of float32, twice as many in the same time.
    operations = (9.0 * small**3 + 4.0 * x.size * small) / 2
    turned, squares = apart(principal_axes, x, operations=operations)
    rows, axes = turned.shape
    columns = column_bucket(bucket(axes + 1))
    features = np.zeros((rows, columns), np.float32)
    features[:, :axes], features[:, -1] = turned, 1
    curvature = np.zeros(columns, np.float32)
    curvature[:axes], curvature[-1] = 0.5 * squares, 0.5
    data = in_blocks(features, classes, num_classes, num_folds, columns=columns, room=room)
    device_curvature = jax.device_put(curvature)

    def descend(start: Any, penalty: float, tolerance: float) -> Any:
        loss = _Loss(data, device_curvature, jnp.float32(penalty))
        return _descended(loss, start, tolerance, num_folds)

    weights = jnp.zeros((num_folds * num_classes, columns))
    candidates = []
    for penalty in PENALTIES:
        weights, scores, spent, _ = descend(weights, penalty, CHOICE_TOLERANCE)
        candidates.append((float(_held_out_loss(scores, data)), penalty, weights, spent))
    _, penalty, weights, spent = min(candidates, key=lambda candidate: candidate[0])
    _, scores, more, gradient = descend(weights, penalty, TOLERANCE)
    check_finite("The converged probe met numbers that are not finite.", scores)
    predicted = np.asarray(scores).argmax(1).reshape(-1)[:rows]
    return ProbeResult(
        predicted,
        penalty,
        spent + more,
        gradient,
        bool(gradient <= TOLERANCE),
    )
