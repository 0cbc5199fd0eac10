from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import scipy.optimize
from hypothesis import given, settings
from hypothesis import strategies as st

from dissociation.core.measures import converged_probe as converged
from dissociation.core.measures import probes
from dissociation.core.measures.converged_probe import PENALTIES, TOLERANCE, converged_probe
from dissociation.core.measures.probes import (
    LEARNING_RATE,
    ROW_BLOCK,
    STEPS,
    contiguous_folds,
    gradient_descent_probe,
    notebook_probe,
    notebook_probe_logits,
)

ROWS, WIDTH, CLASSES, FOLDS = 230, 12, 4, 5


def toy(rows: int = ROWS, noise: float = 1.0, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Correlated non-negative features of unlike sizes, with classes partly readable from them."""
    rng = np.random.default_rng(seed)
    classes = rng.integers(0, CLASSES, rows)
    centres = rng.normal(size=(CLASSES, WIDTH))
    x = centres[classes] + noise * rng.normal(size=(rows, WIDTH)) @ rng.normal(size=(WIDTH, WIDTH))
    return np.maximum(x * rng.uniform(0.1, 2, WIDTH), 0).astype(np.float32), classes


@pytest.fixture(scope="module")
def data():
    return toy()


def one_hot(classes: np.ndarray) -> np.ndarray:
    return np.eye(CLASSES, dtype=np.float32)[classes]


class TestFolds:
    @settings(max_examples=50)
    @given(rows=st.integers(1, 400), folds=st.integers(1, 12))
    def test_near_equal_runs(self, rows, folds):
        found = contiguous_folds(rows, folds)
        assert found.shape == (rows,) and found.dtype == np.int32
        assert (np.diff(found) >= 0).all()
        sizes = np.bincount(found, minlength=folds)
        assert len(sizes) == folds and sizes.max() - sizes.min() <= 1


def autodiff_probe(x, y, folds, learning_rate, steps, offset=1e-10):
    """Fold by fold, in float64: the notebook's loss, -log(p + 1e-10), differentiated by JAX."""
    held_out = np.zeros_like(y, dtype=np.float64)
    with jax.enable_x64(True):
        x, y = jnp.asarray(x, jnp.float64), jnp.asarray(y, jnp.float64)

        @jax.jit
        def gradient(parameters, x, y):
            def loss(parameters):
                weights, intercept = parameters
                p = jax.nn.softmax(x @ weights + intercept[None, :], axis=1)
                return -jnp.mean(jnp.sum(y * jnp.log(p + offset), axis=1))

            return jax.grad(loss)(parameters)

        for fold in np.unique(folds[folds >= 0]):
            use = (folds != fold) & (folds >= 0)
            parameters = (jnp.zeros((x.shape[1], y.shape[1])), jnp.zeros(y.shape[1]))
            for _ in range(steps):
                slopes = gradient(parameters, x[use], y[use])
                parameters = tuple(
                    p - learning_rate * s for p, s in zip(parameters, slopes, strict=True)
                )
            weights, intercept = parameters
            held_out[folds == fold] = np.asarray(x[folds == fold] @ weights + intercept[None, :])
    return held_out


class TestGradientDescentProbe:
    def scores(self, x, classes, steps, extra=0, filling=0.0):
        """Held-out scores, with `extra` rows of padding."""
        x = np.concatenate([x, np.full((extra, WIDTH), filling, np.float32)])
        y = np.concatenate([one_hot(classes), np.zeros((extra, CLASSES), np.float32)])
        folds = np.concatenate([contiguous_folds(ROWS, FOLDS), np.full(extra, -1, np.int32)])
        found = gradient_descent_probe(
            *map(jnp.asarray, (x, y, folds)), jnp.float32(0.2), num_folds=FOLDS, steps=steps
        )
        assert found.dtype == np.float32
        return np.asarray(found)[:ROWS]

    def test_equals_a_loop_over_folds(self, data):
        x, classes = data
        folds = contiguous_folds(ROWS, FOLDS)
        expected = autodiff_probe(x, one_hot(classes), folds, 0.2, 25)
        assert np.abs(expected).max() > 1
        np.testing.assert_allclose(self.scores(x, classes, 25), expected, atol=2e-5)
        assert np.abs(self.scores(x, classes, 24) - expected).max() > 1e-3

    def test_has_the_slope_of_the_notebooks_loss_where_it_fades(self, data):
        # On features times 20 probabilities fall below 1e-10, where the loss is not the
        # cross-entropy. Few steps, because such a path is chaotic.
        x, classes = data[0] * np.float32(20), data[1]
        folds = contiguous_folds(ROWS, FOLDS)
        found = self.scores(x, classes, 3)
        expected = autodiff_probe(x, one_hot(classes), folds, 0.2, 3)
        np.testing.assert_allclose(found, expected, atol=0.1)
        cross_entropy = autodiff_probe(x, one_hot(classes), folds, 0.2, 3, offset=1e-300)
        assert np.abs(cross_entropy - expected).max() > 10

    def test_padding_rows_do_not_matter(self, data):
        plain = self.scores(*data, 25)
        for filling in (0.0, 9.0):
            padded = self.scores(*data, 25, extra=70, filling=filling)
            np.testing.assert_allclose(padded, plain, atol=1e-5)

    def test_held_out_rows_do_not_teach_their_own_probe(self, data):
        x, classes = data
        first = contiguous_folds(ROWS, FOLDS) == 0
        shuffled = classes.copy()
        shuffled[first] = (classes[first] + 1) % CLASSES
        before, after = self.scores(x, classes, 25), self.scores(x, shuffled, 25)
        np.testing.assert_allclose(before[first], after[first], atol=1e-6)
        assert np.abs(before[~first] - after[~first]).max() > 0.01


class TestNotebookProbe:
    def test_settings_and_result(self, data):
        x, classes = data
        scores = notebook_probe_logits(jnp.asarray(x), jnp.asarray(one_hot(classes)))
        result = notebook_probe(x, classes, CLASSES)
        assert (probes.NUM_FOLDS, STEPS, LEARNING_RATE) == (10, 200, 0.2)
        np.testing.assert_array_equal(result.predicted, np.asarray(scores).argmax(1))
        assert result.iterations == 200 and not result.converged and result.penalty == 0
        assert np.mean(result.predicted != classes) < 0.5

    def test_depends_on_the_scale_of_features(self, data):
        # What the notebook takes for an effect of the representation.
        x, classes = data
        errors = [
            np.mean(notebook_probe(x * np.float32(s), classes, CLASSES).predicted != classes)
            for s in (0.02, 1)
        ]
        assert errors[0] > errors[1] + 0.01


def normalised(x: np.ndarray) -> np.ndarray:
    centred = x.astype(np.float64) - x.mean(0, dtype=np.float64)
    return centred / np.sqrt(np.mean(centred**2))


def scipy_probe(x, classes, penalty, folds):
    """The converged probe's objective, fold by fold, minimised by SciPy's L-BFGS in float64."""
    features = np.concatenate([normalised(x), np.ones((len(x), 1))], axis=1)
    y = one_hot(classes).astype(np.float64)
    shrink = np.full((WIDTH + 1, 1), penalty)
    shrink[-1] = 0
    held_out = np.zeros((len(x), CLASSES))
    for fold in range(folds.max() + 1):
        use = folds != fold
        inputs, targets = features[use], y[use]

        def loss(flat, inputs=inputs, targets=targets):
            weights = flat.reshape(WIDTH + 1, CLASSES)
            scores = inputs @ weights
            top = scores.max(1, keepdims=True)
            logs = scores - top - np.log(np.exp(scores - top).sum(1, keepdims=True))
            slope = inputs.T @ (np.exp(logs) - targets) / len(inputs) + shrink * weights
            value = -np.sum(logs * targets) / len(inputs) + 0.5 * np.sum(shrink * weights**2)
            return value, slope.ravel()

        start = np.zeros((WIDTH + 1) * CLASSES)
        options = {"maxiter": 5_000, "ftol": 1e-14, "gtol": 1e-9}
        best = scipy.optimize.minimize(loss, start, jac=True, method="L-BFGS-B", options=options)
        weights = best.x.reshape(WIDTH + 1, CLASSES)
        held_out[folds == fold] = features[folds == fold] @ weights
    return held_out


def log_softmax(scores):
    top = scores.max(1, keepdims=True)
    return scores - top - np.log(np.exp(scores - top).sum(1, keepdims=True))


class TestConvergedProbe:
    @pytest.mark.parametrize("penalty", [max(PENALTIES), min(PENALTIES)])
    def test_agrees_with_scipy(self, data, penalty, monkeypatch):
        x, classes = data
        monkeypatch.setattr(converged, "PENALTIES", (penalty,))
        found = {}
        converge = converged._descended

        def kept(*args, **kwargs):
            found["result"] = converge(*args, **kwargs)
            return found["result"]

        monkeypatch.setattr(converged, "_descended", kept)
        result = converged_probe(x, classes, CLASSES, num_folds=FOLDS)
        assert result.converged and result.penalty == penalty
        expected = scipy_probe(x, classes, penalty, contiguous_folds(ROWS, FOLDS))
        scores = np.asarray(found["result"][1])[0].T[:ROWS]
        # The intercepts are free up to a constant; log-probabilities are not.
        # The tolerance tells penalties apart that differ by a tenth.
        np.testing.assert_allclose(log_softmax(scores), log_softmax(expected), atol=0.02)
        assert np.mean(result.predicted != expected.argmax(1)) < 0.01

    def test_reports_convergence_truthfully(self, data, monkeypatch):
        x, classes = data
        result = converged_probe(x, classes, CLASSES, num_folds=FOLDS)
        assert result.converged and result.gradient <= TOLERANCE
        assert 0 < result.iterations < converged.MAX_ITERATIONS
        monkeypatch.setattr(converged, "MAX_ITERATIONS", 2)
        result = converged_probe(x, classes, CLASSES, num_folds=FOLDS)
        assert not result.converged and result.gradient > TOLERANCE and result.iterations < 10

    @pytest.mark.parametrize("scale, shift", [(0.05, 0.0), (20.0, 0.0), (20.0, 3.0)])
    def test_blind_to_the_scale_and_offset_of_features(self, data, scale, shift):
        x, classes = data
        plain = converged_probe(x, classes, CLASSES)
        moved = converged_probe(x * np.float32(scale) + np.float32(shift * scale), classes, CLASSES)
        np.testing.assert_array_equal(moved.predicted, plain.predicted)
        assert moved.penalty == plain.penalty and moved.converged

    def test_blind_to_duplicated_and_silent_features_of_equal_size(self, data):
        # Duplicating all features leaves the root mean square as it is; the penalty then counts
        # half as much, which changes little.
        x, classes = data
        plain = np.mean(converged_probe(x, classes, CLASSES).predicted != classes)
        doubled = converged_probe(np.concatenate([x, x], axis=1), classes, CLASSES)
        assert doubled.converged
        assert np.mean(doubled.predicted != classes) == pytest.approx(plain, abs=0.03)
        constant = np.concatenate([x, np.zeros_like(x)], axis=1)
        assert converged_probe(constant, classes, CLASSES).converged

    @pytest.mark.parametrize("rows", [ROW_BLOCK, ROW_BLOCK + 1])
    def test_any_number_of_rows(self, rows):
        x, classes = toy(rows)
        result = converged_probe(x, classes, CLASSES)
        assert result.predicted.shape == (rows,) and result.converged
        assert result.penalty in PENALTIES
        assert np.mean(result.predicted != classes) < 0.45

    def test_size_of_the_padding_does_not_matter(self, data, monkeypatch):
        x, classes = data
        plain = converged_probe(x, classes, CLASSES)
        monkeypatch.setattr(probes, "ROW_BLOCK", 230)
        tight = converged_probe(x, classes, CLASSES)
        np.testing.assert_array_equal(tight.predicted, plain.predicted)
        assert tight.penalty == plain.penalty

    def test_chooses_the_penalty_by_held_out_loss(self):
        # Pure noise asks for the strongest penalty, readable classes with plenty of rows for less.
        rng = np.random.default_rng(3)
        noise = rng.normal(size=(100, WIDTH)).astype(np.float32)
        nothing = converged_probe(noise, rng.integers(0, CLASSES, 100), CLASSES)
        assert nothing.penalty == max(PENALTIES)
        x, classes = toy(499, noise=0.2)
        assert converged_probe(x, classes, CLASSES).penalty == min(PENALTIES)

    def test_features_that_say_nothing(self):
        result = converged_probe(np.zeros((100, 5), np.float32), np.arange(100) % 4, CLASSES)
        assert result.converged and set(result.predicted) <= set(range(CLASSES))
