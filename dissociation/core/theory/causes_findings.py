"""What is found about the causes of fragility, and how it adds up piece by piece of the images."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float, Float64, Integer, Real

from dissociation.core.buckets import pad_to
from dissociation.core.measures.parameter_noise import ParameterNoise
from dissociation.core.networks.network import Network
from dissociation.core.networks.normal_form import Kinds
from dissociation.core.study import Result
from dissociation.core.tables import Column, Table
from dissociation.core.theory import margins as m
from dissociation.core.theory.noise_sources import Sources, Traced
from dissociation.core.theory.parameter_noise import PredictedParameterNoise

#: Noise scales, six a decade.
SCALES = np.array([a * 10.0**b for b in range(-4, 0) for a in (1, 1.5, 2, 3, 5, 7)] + [1.0])
#: Widths of the noise, in units of small noise, at which the predicted error is known besides.
WIDTHS = np.logspace(-4, 3, 36)
#: Images whose noisy margins are told at once, in less than a tenth of a second.
TOLD = 50


@dataclass(frozen=True)
class Predicted:
    """What noise is predicted to do to margins, by the moments that it leaves the logits.

    - `limit`: the histograms go from -limit to limit, in logits.
    - `clean`: `(60,)` images by margin, without noise.
    - `margins`: `(S, 60)` share of predicted noisy margins in each bin.
    - `errors`: `(S,)` share of them below 0; `by_width`: `(36,)` that of small noise at `WIDTHS`.
    - `width`: `(S,)` root mean square of the noise of a margin.
    """

    limit: float
    clean: Float64[np.ndarray, " 60"]
    margins: Float64[np.ndarray, "scales 60"]
    errors: Float64[np.ndarray, " scales"]
    by_width: Float64[np.ndarray, " 36"]
    width: Float64[np.ndarray, " scales"]


@dataclass(frozen=True)
class Measured:
    """What sampled noise has done; all `(S, …)`, NaN or 0 where nothing is known yet.

    - `samples`: `(S,)` pairs of an image and a draw.
    - `noise`: `(S, 4)` mean ‖Δlogits‖² with noise in W1, W2, W3 alone and in all; `error`: `(S, 4)`
      its standard error.
    - `margins`: `(S, 60)` counts of noisy margins; `wrong`: `(S,)` how many are not above 0.
    """

    samples: Float64[np.ndarray, " scales"]
    noise: Float64[np.ndarray, "scales 4"]
    error: Float64[np.ndarray, "scales 4"]
    margins: Float64[np.ndarray, "scales 60"]
    wrong: Float64[np.ndarray, " scales"]

    @property
    def errors(self) -> Float64[np.ndarray, " S"]:
        """`(S,)` share of wrong answers."""
        return self.wrong / np.where(self.samples > 0, self.samples, np.nan)

    @property
    def shares(self) -> Float64[np.ndarray, "S 4"]:
        """`(S, 4)` of the whole noise: W1, W2, W3 alone, and what only comes of them together.

        Where together they make less than the sum of each alone, that sum is the whole.
        """
        alone = self.noise[:, :3]
        whole = np.maximum(self.noise[:, 3], alone.sum(1))
        rest = whole - alone.sum(1)
        # A dead network has no noise to share out.
        return np.column_stack([alone, rest]) / np.where(whole > 0, whole, np.nan)[:, None]


@dataclass(frozen=True)
class NoiseDecompositionResult(Result[Any]):
    """What a study has found so far.

    - `sources`: of the rewritten network; `kinds`: of the neurons of its two hidden layers.
    - `trained`, `balanced`: of the trained network, and of that balanced; on the same images.
    - `logit_change`: largest |Δlogit| between rewritten and trained network, of the largest logit;
      `changed`: how many answers differ.
    - `predicted`, `measured`: margins and errors under noise.
    """

    sources: Sources
    kinds: tuple[Kinds, Kinds]
    predicted: Predicted
    measured: Measured
    trained: Sources | None = None
    balanced: Sources | None = None
    logit_change: float = float("nan")
    changed: int = 0

    @property
    def scales(self) -> Real[np.ndarray, " S"]:
        """`(S,)` noise scales σ."""
        return SCALES

    @property
    def progress(self) -> float:
        """See [`Result.progress`][]: of all draws of the noise at all scales."""
        if self.trained is None or self.balanced is None:
            return 0.0
        whole = len(SCALES) * self.study.images * self.study.draws
        return float(self.measured.samples.sum()) / whole

    @property
    def sample(self) -> str:
        """See [`Result.sample`][]."""
        images, samples = self.sources.images, int(self.measured.samples.max())
        draws, rest = divmod(samples, images)
        if not samples:
            return f"{images:,} images, no noise drawn yet"
        if draws and not rest:
            return f"{images:,} images × {draws} draw{'' if draws == 1 else 's'}"
        return f"{images:,} images, {samples:,} draws"

    def tables(self) -> dict[str, Table]:
        """See [`Result.tables`][].

        Over the noise scales: shares of the layers and of what they make only together,
        ‖Δlogits‖² / σ² as sampled and by the formula, the error as predicted and as measured.
        """
        measured, errors = self.measured, self.measured.errors
        count = np.where(measured.samples > 0, measured.samples, np.nan)
        shares = measured.shares.T
        columns = {
            "sigma": SCALES,
            **dict(zip(("w1", "w2", "w3", "together"), shares, strict=True)),
            "noise": measured.noise[:, 3] / SCALES**2,
            "noise_se": measured.error[:, 3] / SCALES**2,
            "formula": self.sources.noise(SCALES) / SCALES**2,
            "predicted_error": self.predicted.errors,
            "predicted_error_measured_width": self.overlap_at_measured_width(),
            "measured_error": errors,
            "measured_error_se": np.sqrt(np.maximum(errors * (1 - errors), 0) / count),
        }
        made = (Column(name, values) for name, values in columns.items())
        return {"scales": Table("Noise of the logits, and errors", tuple(made))}

    def numbers(self) -> dict[str, Any]:
        """See [`Result.numbers`][]: with the terms, and every neuron's part of them."""
        assert self.trained is not None and self.balanced is not None
        networks = {"network": self.sources, "trained": self.trained, "balanced": self.balanced}
        return {
            "logit_change": self.logit_change,
            "predictions_changed": self.changed,
            "images": self.sources.images,
            **{f"terms_{name}": sources.terms.tolist() for name, sources in networks.items()},
            **{f"products_{name}": sources.products.tolist() for name, sources in networks.items()},
            "scales": self.tables()["scales"].records(),
            "neurons": {f"layer{layer + 1}": self._neurons(layer) for layer in range(2)},
        }

    def _neurons(self, layer: int) -> dict[str, Any]:
        kinds = self.kinds[layer]
        return {
            "incoming": self.sources.incoming[layer].tolist(),
            "outgoing": self.sources.outgoing[layer].tolist(),
            "copies": kinds.copies.tolist(),
            "has_say": kinds.contributes.tolist(),
        }

    def overlap_at_measured_width(self) -> Float64[np.ndarray, " S"]:
        """`(S,)` error that small noise would leave if it was as wide as noise was measured."""
        relative = np.sqrt(self.measured.noise[:, 3] / (self.sources.gain or np.nan))
        narrow = np.maximum(relative, WIDTHS[0])
        found = np.interp(np.log(narrow), np.log(WIDTHS), self.predicted.by_width)
        return np.where(np.isfinite(relative), found, np.nan)


class MarginPredictions:
    """Adds up what is predicted, piece by piece of the images.

    **Arguments:**

    - `network`: the rewritten network.
    - `margins`: `(n,)` of the first images, without noise; they set the range of the histograms.
    """

    def __init__(self, network: Network, margins: Float[np.ndarray, " _"]):
        self._prepared = PredictedParameterNoise(ParameterNoise()).prepare(network)
        # Rounded up, so that networks of the same function have the same bins.
        largest = float(np.abs(margins).max()) or 1.0
        digit = 10.0 ** np.floor(np.log10(largest) - 1)
        self.limit = float(np.ceil(largest / digit) * digit)
        self._images = self._told = 0
        self._clean, self._by_width = np.zeros(m.BINS), np.zeros(len(WIDTHS))
        self._hist = np.zeros((len(SCALES), m.BINS))
        self._wrong, self._squares = np.zeros(len(SCALES)), np.zeros(len(SCALES))

    def add(self, found: Traced, labels: Integer[np.ndarray, " n"]) -> None:
        """Takes in what further images show without noise and with small noise.

        **Arguments:**

        - `labels`: `(n,)` of the images.
        """
        widths = np.broadcast_to(WIDTHS[:, None], (len(WIDTHS), len(labels)))
        noisy = m.predicted_margins(found.logits, found.covariance, labels, widths)
        self._images += len(labels)
        self._clean += m.histogram(m.clean_margins(found.logits, labels)[None], self.limit)[0]
        self._by_width += (noisy <= 0).sum((1, 2)) / m.PREDICTED

    def tell(
        self,
        images: Float[np.ndarray, "n 784"],
        logits: Float[np.ndarray, "n 10"],
        labels: Integer[np.ndarray, " n"],
    ) -> None:
        """Takes in what noise of any scale is predicted to do to further images.

        **Arguments:**

        - `images`: `(n, 784)`, at most [`TOLD`][] of them; `labels`: `(n,)`;
        - `logits`: `(n, 10)` without noise.
        """
        chunk = self._prepared.chunk(pad_to(images, TOLD), pad_to(labels.astype(np.int32), TOLD))
        xi = m.own_draws(TOLD, self._told)
        for place, sigma in enumerate(SCALES):
            moments = self._prepared.moments(chunk, float(sigma))
            noisy, chances = m.noisy_margins(moments, labels, xi)
            counts = m.histogram(noisy.reshape(len(noisy), -1), self.limit)
            self._hist[place] += chances @ counts / m.PREDICTED
            self._wrong[place] += chances @ (noisy <= 0).sum((1, 2)) / m.PREDICTED
            self._squares[place] += m.margin_squares(logits, labels, moments).sum(dtype=float)
        self._told += len(labels)

    @property
    def predicted(self) -> Predicted:
        """The mean over all images so far."""
        return Predicted(
            self.limit,
            self._clean / self._images,
            self._hist / self._told,
            self._wrong / self._told,
            self._by_width / self._images,
            np.sqrt(self._squares / self._told),
        )


class NoiseSamples:
    """Adds up what is measured."""

    def __init__(self) -> None:
        scales = len(SCALES)
        self._samples = np.zeros(scales)
        self._sums, self._squares = (np.zeros((scales, 4)) for _ in range(2))
        self._margins = np.zeros((scales, m.BINS))
        self._wrong = np.zeros(scales)

    def add(
        self,
        positions: Integer[np.ndarray, " s"],
        squares: Float[np.ndarray, "s 4 n"],
        margins: Float[np.ndarray, "s n"],
        limit: float,
    ) -> None:
        """Takes samples in.

        **Arguments:**

        - `positions`: `(s,)` of their noise scales; `squares`: `(s, 4, n)`; `margins`: `(s, n)`.
        - `limit`: of the histograms.
        """
        values = squares.astype(np.float64)
        self._samples[positions] += values.shape[-1]
        self._sums[positions] += values.sum(-1)
        self._squares[positions] += (values**2).sum(-1)
        self._margins[positions] += m.histogram(margins, limit)
        self._wrong[positions] += (margins <= 0).sum(-1)

    @property
    def measured(self) -> Measured:
        """All so far."""
        count = np.where(self._samples > 0, self._samples, np.nan)[:, None]
        mean = self._sums / count
        variance = np.maximum(self._squares / count - mean**2, 0)
        error = np.sqrt(variance / count)
        return Measured(self._samples.copy(), mean, error, self._margins.copy(), self._wrong.copy())
