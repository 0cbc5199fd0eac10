"""Why a network is as fragile as it is: the noise of its logits by layers, neurons and margins."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from dissociation.core._lazy import jax
from dissociation.core.data.datasets import CLASSES, PIXELS, mnist_test
from dissociation.core.data.sample import TEST_IMAGES, visiting_order
from dissociation.core.experiment import noise_key
from dissociation.core.manipulations import Balance
from dissociation.core.networks.network import Network, seed_key
from dissociation.core.networks.normal_form import neuron_kinds
from dissociation.core.networks.training import DIGITS
from dissociation.core.one_network import OneNetwork
from dissociation.core.sizes import (
    DOUBLE,
    FLOAT,
    SLACK,
    network_bytes,
    rewriting_bytes,
    widths_after,
)
from dissociation.core.theory import margins as m
from dissociation.core.theory.causes_findings import (
    SCALES,
    TOLD,
    MarginPredictions,
    NoiseDecompositionResult,
    NoiseSamples,
)
from dissociation.core.theory.noise_sources import PIECE, SourceSums
from dissociation.core.theory.sampled_noise import AT_ONCE, draw, sample
from dissociation.core.validation import InvalidValue, check_integer, set_frozen

#: The first few noise scales are every so many.
_COARSE = 4
#: Keeps the noise apart from the draws of rewrites, which share a key.
_SALT = 307


@dataclass(frozen=True)
class NoiseDecomposition(OneNetwork):
    """One rewritten network under small and large parameter noise; see [`OneNetwork`][].

    - `images`: how many test images, in the lab's shuffled order; `draws`: of the noise, an image.

    **Raises:** `InvalidValue` if a field lies outside its range.
    """

    name = "causes"
    version = 2
    doing = ("Tracing the noise through the network", "Sampling noise")
    result = NoiseDecompositionResult

    images: int = 1_000
    draws: int = 4

    def __post_init__(self) -> None:
        super().__post_init__()
        images = check_integer("images", self.images, 100, TEST_IMAGES)
        set_frozen(self, images=images, draws=check_integer("draws", self.draws, 1, 64))
        if self.recipe.task != DIGITS:
            allowed = f"margins are those of networks trained on {DIGITS}"
            raise InvalidValue("task", self.recipe.task, allowed)

    @property
    def layer(self) -> int:
        """The hidden layer that the first rewrite is of; 2 if there is none."""
        return self.manipulations[0].layer if self.manipulations else 2

    def memory(self) -> float:
        """See [`Study.memory`][].

        Three networks, here and on the device, while gradients of ten logits are held; and the
        rewritten one once more, laid out for prediction.
        """
        first, second = widths_after(self.recipe, self.manipulations)
        networks = 9 * network_bytes(first, second) + 4 * network_bytes(*[self.recipe.width] * 2)
        networks += 2 * (FLOAT + DOUBLE) * float(CLASSES**2 * second)
        gradients = FLOAT * float(PIECE * CLASSES * 3 * (first + second))
        # Neurons are compared with one another in float64.
        compared = DOUBLE * float(max(PIXELS * first, first * second))
        held = networks + max(gradients, compared) + FLOAT * float(self.images * PIXELS)
        return SLACK * held + rewriting_bytes(self.recipe, self.manipulations)

    def stream(self, *networks: Network) -> Iterator[NoiseDecompositionResult | None]:
        """See [`Study.stream`][]: theory on few images first, then sampling, then more of both."""
        return _stream(self, *networks)


#: The name that scripts which were exported import.
causes_from_json = NoiseDecomposition.from_json


def _differences(
    before: Float[np.ndarray, "n 10"], after: Float[np.ndarray, "n 10"]
) -> tuple[float, float, int]:
    changed = int(np.sum(before.argmax(1) != after.argmax(1)))
    return float(np.abs(after - before).max()), float(np.abs(before).max()), changed


def study_causes(study: NoiseDecomposition, trained: Network) -> NoiseDecompositionResult:
    """All that a study finds.

    **Arguments:**

    - `trained`: network `study.seed` of `study.recipe`.
    """
    return study.compute(trained)


def _stream(
    study: NoiseDecomposition, trained: Network
) -> Iterator[NoiseDecompositionResult | None]:
    network = study.rewritten(trained)
    own = seed_key(study.seed, noise_key(study.key))
    order = visiting_order()[: study.images]
    data = mnist_test()
    parts = np.split(order, range(PIECE, len(order), PIECE))
    images, labels = data.images[order], data.labels[order]
    at = [slice(n * PIECE, n * PIECE + len(part)) for n, part in enumerate(parts)]

    tracing, tally = SourceSums(network), NoiseSamples()
    traced = tracing.add(images[at[0]])
    margins = MarginPredictions(network, m.clean_margins(traced.logits, labels[at[0]]))
    margins.add(traced, labels[at[0]])

    def tell(piece: slice, logits: np.ndarray) -> Iterator[None]:
        for start in range(0, len(logits), TOLD):
            some = slice(piece.start + start, min(piece.start + start + TOLD, piece.stop))
            margins.tell(images[some], logits[start : start + TOLD], labels[some])
            yield None

    telling = tell(at[0], traced.logits)
    next(telling)
    w1, w2, w3 = (np.asarray(weight) for weight in network)
    kinds = neuron_kinds(w1, w2), neuron_kinds(w2, w3)
    found = NoiseDecompositionResult(
        study, tracing.sources, kinds, margins.predicted, tally.measured
    )
    yield found
    others = SourceSums(trained), SourceSums(Balance(1.0).apply(trained, key=own))
    largest = scale = 0.0
    changed = 0

    def referred(piece: slice, after: np.ndarray) -> None:
        nonlocal largest, scale, changed
        before, _ = (other.add(images[piece]).logits for other in others)
        change, size, different = _differences(before, after)
        largest, scale, changed = max(largest, change), max(scale, size), changed + different

    def news() -> NoiseDecompositionResult:
        return dataclasses.replace(
            found,
            sources=tracing.sources,
            predicted=margins.predicted,
            measured=tally.measured,
            trained=others[0].sources,
            balanced=others[1].sources,
            logit_change=largest / scale if scale > 0 else 0.0,
            changed=changed,
        )

    yield from telling
    referred(at[0], traced.logits)
    yield news()
    coarse = np.arange(len(SCALES)) % _COARSE == 0
    for number in range(study.draws):
        drawing = jax.random.fold_in(jax.random.fold_in(own, _SALT), number)
        for place, piece in enumerate(at):
            if number == 0 and place > 0:
                traced = tracing.add(images[piece])
                margins.add(traced, labels[piece])
                yield None
                yield from tell(piece, traced.logits)
                referred(piece, traced.logits)
            xi = draw(tracing.network, network.widths, jax.random.fold_in(drawing, place))
            right = m.one_hot(labels[piece])
            first = number == place == 0
            for some in [coarse, ~coarse] if first else [np.ones(len(SCALES), bool)]:
                chosen = np.flatnonzero(some)
                for start in range(0, len(chosen), AT_ONCE):
                    positions = chosen[start : start + AT_ONCE]
                    seen = sample(tracing.network, images[piece], right, xi, SCALES[positions])
                    tally.add(positions, seen.squares, seen.margins, margins.limit)
                    yield None
                yield news()
