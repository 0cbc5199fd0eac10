"""A phantom under noise: how long its picture can be read, and how long the function holds.

The picture is laid into the network for 250 images, exactly; nothing keeps it there once weights or
images are noisy. Legibility is Pearson's correlation between the picture and what is to show it;
beside it stands the share of answers that are still those of the network without noise.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float64, Real

from dissociation.core import manipulations as manipulate
from dissociation.core._lazy import jax
from dissociation.core.data.datasets import PIXELS, mnist_test
from dissociation.core.data.sample import stratified_order
from dissociation.core.draws import normal
from dissociation.core.experiment import MAX_KEY, MAX_SEEDS, noise_key
from dissociation.core.manipulations.phantom import PAINTED, Phantom, painted_images
from dissociation.core.measures import InputNoise, ParameterNoise
from dissociation.core.networks.function_checks import FunctionCheck, function_check
from dissociation.core.networks.network import NOTEBOOK_KEY, Network, hidden_and_logits, seed_key
from dissociation.core.networks.training import QUICK, Recipe
from dissociation.core.phantom.views import Shade, View, shaded_by_quantiles
from dissociation.core.sizes import FLOAT, SLACK, network_bytes, widths_after
from dissociation.core.statistics.summary import sigma50_of
from dissociation.core.study import Result, Study, Trained
from dissociation.core.tables import Column, Table
from dissociation.core.validation import check_choice, check_integer, set_frozen

NOISES = {"parameter_noise": "the parameters", "input_noise": "the images"}
#: Noise scales, six a decade: in weight units, and in pixel units.
SCALES = {
    "parameter_noise": np.logspace(-5, 0, 31),
    "input_noise": np.logspace(-3, 1, 25),
}
#: Images whose answers are counted.
ANSWERED = 1_000
#: Pictures under noise that are kept.
FRAMES = 6
#: The first few noise scales are every so many.
_COARSE = 4


@dataclass(frozen=True)
class PhantomStudy(Study):
    """One phantom in one network, and one kind of noise.

    - `recipe`, `seed`: network `seed` of that recipe.
    - `phantom`: the rewrite.
    - `noise`: one of [`NOISES`][]; `draws` of it.
    - `key`: of the rewrite's random outgoing weights and of the noise.

    **Raises:** `InvalidValue` if a field lies outside its range.
    """

    name = "phantom"
    doing = ("Solving for the picture", "Adding noise")

    phantom: Phantom
    recipe: Recipe = QUICK
    seed: int = 0
    noise: str = "parameter_noise"
    draws: int = 8
    key: int = NOTEBOOK_KEY

    def __post_init__(self) -> None:
        check_choice("noise", self.noise, tuple(NOISES))
        set_frozen(
            self,
            seed=check_integer("seed", self.seed, 0, MAX_SEEDS - 1),
            draws=check_integer("draws", self.draws, 1, 64),
            key=check_integer("key", self.key, 0, MAX_KEY),
        )

    @property
    def x(self) -> Real[np.ndarray, " S"]:
        """`(S,)` noise scales σ."""
        return SCALES[self.noise]

    @property
    def axis(self) -> str:
        """Title of the axis of noise scales, with its unit."""
        return (ParameterNoise() if self.noise == "parameter_noise" else InputNoise()).noise_axis

    @property
    def title(self) -> str:
        """See [`Study.title`][]."""
        return self.phantom.describe()

    def needs(self) -> tuple[Trained, ...]:
        """See [`Study.needs`][]."""
        return ((self.recipe, self.seed),)

    def memory(self) -> float:
        """See [`Study.memory`][]: the rewritten network under noise, and its hidden layers."""
        widths = widths_after(self.recipe, (self.phantom,))
        hidden = FLOAT * float(ANSWERED * sum(widths))
        return SLACK * (6 * network_bytes(*widths) + 4 * hidden)

    def stream(self, *networks: Network) -> Iterator[PhantomResult]:
        """See [`Study.stream`][]: pictures first, then curves, draw by draw."""
        return _stream(self, *networks)


class Frame(NamedTuple):
    """What is seen at one noise scale: `position` of σ on the axis, and the picture."""

    position: int
    picture: Shade


@dataclass(frozen=True)
class PhantomResult(Result[PhantomStudy]):
    """What a study has found so far.

    - `before`, `after`: what is looked at, in the trained and in the rewritten network.
    - `neurons`: how many were added.
    - `residual`: largest difference between wanted and real activations of the new neurons, as a
      share of the largest wanted one.
    - `clean`: legibility without noise.
    - `check`: whether the function is the same.
    - `legibility`, `unchanged`: `(draws, S)` correlation and share of answers at each noise scale;
      NaN where nothing is known yet.
    - `frames`: the picture under the noise of the first draw, at a few scales.
    """

    before: Shade
    after: Shade
    neurons: int
    residual: float
    clean: float
    check: FunctionCheck | None
    legibility: Float64[np.ndarray, "draws scales"]
    unchanged: Float64[np.ndarray, "draws scales"]
    frames: tuple[Frame, ...] = ()

    @property
    def progress(self) -> float:
        """See [`Result.progress`][]: the share of noise scales and draws that are known."""
        return float(np.isfinite(self.unchanged).sum()) / (self.study.draws * len(self.study.x))

    @property
    def sample(self) -> str:
        """See [`Result.sample`][]."""
        count = len(self.legibility)
        return f"{count} draw{'' if count == 1 else 's'} of noise" if count else ""

    def tables(self) -> dict[str, Table]:
        """See [`Result.tables`][]: mean and standard deviation of both curves over the draws."""
        curves = {"legibility": self.legibility, "unchanged": self.unchanged}
        columns = [Column("sigma", self.study.x, words="noise scale σ")]
        for name, values in curves.items():
            columns.append(Column(f"{name}_mean", values.mean(0)))
            columns.append(Column(f"{name}_sd", values.std(0)))
        return {"curves": Table("Picture and answers under noise", tuple(columns))}

    def numbers(self) -> dict[str, Any]:
        """See [`Result.numbers`][]: every draw, the solve, and the check of the function."""
        assert self.check is not None
        return {
            "neurons": self.neurons,
            "residual": self.residual,
            "correlation": self.clean,
            "logit_change": self.check.logit_change,
            "predictions_changed": self.check.predictions_changed,
            "sigma": self.study.x.tolist(),
            "legibility": self.legibility.tolist(),
            "unchanged": self.unchanged.tolist(),
        }

    def sigma50s(self) -> tuple[float, float]:
        """σ at which the picture is half as legible as without noise, and half of the answers
        (above chance) are gone; NaN where they are not within the noise scales.
        """
        x = self.study.x
        if not len(self.legibility) or not self.clean > 0:
            return float("nan"), float("nan")
        lost = 1 - self.legibility.mean(0) / self.clean
        wrong = 1 - self.unchanged.mean(0)
        return sigma50_of(x, lost, 0.0, 1.0), sigma50_of(x, wrong, 0.0, 0.9)


class _Noise:
    """A network, or its images, at any noise scale of one draw."""

    def __init__(self, study: PhantomStudy, network: Network, images: np.ndarray, draw: int):
        key = noise_key(study.key)
        self.network, self.images = network, images
        self.on_images = study.noise == "input_noise"
        own = jax.random.fold_in(key, draw)
        if self.on_images:
            self.drawn: Any = normal(own, (len(images), PIXELS))
        else:
            self.drawn = ParameterNoise().noise(network, seed_key(study.seed, key), draw)

    def seen(self, sigma: float, layer: int) -> tuple[np.ndarray, np.ndarray]:
        """Hidden layer and logits at a noise scale."""
        if self.on_images:
            noisy = self.images + np.float32(sigma) * self.drawn
            return hidden_and_logits(self.network, noisy, layer)
        scale = np.float32(sigma)
        pairs = zip(self.network, self.drawn, strict=True)
        noisy_network = Network(*(weight + scale * noise for weight, noise in pairs))
        return hidden_and_logits(noisy_network, self.images, layer)


def _images() -> np.ndarray:
    """Those that are painted on, sorted by digit, then further ones."""
    further = mnist_test().images[stratified_order()[PAINTED:ANSWERED]]
    return np.concatenate([painted_images(), further])


def _frame_positions(legibility: np.ndarray, unchanged: np.ndarray, clean: float) -> np.ndarray:
    """Positions of σ from where the picture is whole to where half of the answers are gone."""
    whole, gone = legibility > 0.97 * clean, unchanged < 0.55
    first = int(np.argmin(whole)) - 1 if not whole.all() else len(whole) - FRAMES
    last = int(np.argmax(gone)) if gone.any() else len(gone) - 1
    first = max(min(first, last - FRAMES + 1), 0)
    return np.unique(np.linspace(first, max(last, first), FRAMES).round().astype(int))


PhantomStudy.result = PhantomResult
#: The name that scripts which were exported import.
phantom_from_json = PhantomStudy.from_json


def study_phantom(study: PhantomStudy, trained: Network) -> PhantomResult:
    """All that a study finds in its trained network, which is not rewritten."""
    return study.compute(trained)


def _stream(study: PhantomStudy, trained: Network) -> Iterator[PhantomResult]:
    phantom, layer = study.phantom, study.phantom.layer
    own = seed_key(study.seed, noise_key(study.key))
    network = manipulate.apply_all(trained, (phantom,), key=own)
    view = View(phantom, trained.widths[layer - 1])
    images = _images()
    hidden, logits = hidden_and_logits(network, images, layer)
    hidden, answers = hidden[:PAINTED], logits.argmax(1)
    wanted = phantom.wanted(trained)
    added = hidden[:, view.width :: phantom.group]
    empty = np.empty((0, len(study.x)))
    found = PhantomResult(
        study,
        before=view.before(hidden_and_logits(trained, images[:PAINTED], layer)[0]),
        after=view.whole(hidden),
        neurons=hidden.shape[1] - view.width,
        residual=float(np.abs(added - wanted).max() / (wanted.max() or 1.0)),
        clean=view.legibility(view.read(hidden)),
        check=None,
        legibility=empty,
        unchanged=empty,
    )
    yield found
    legibility, unchanged = (np.full((study.draws, len(study.x)), np.nan) for _ in range(2))
    order = np.argsort(np.arange(len(study.x)) % _COARSE != 0, kind="stable")
    for draw in range(study.draws):
        noise = _Noise(study, network, images, draw)
        shown = {}
        for count, position in enumerate(order):
            seen, outputs = noise.seen(study.x[position], layer)
            shown[position] = view.read(seen[:PAINTED])
            legibility[draw, position] = view.legibility(shown[position])
            unchanged[draw, position] = np.mean(outputs.argmax(1) == answers)
            if draw == 0 and count == len(study.x) // _COARSE:
                yield dataclasses.replace(
                    found, legibility=legibility[:1].copy(), unchanged=unchanged[:1].copy()
                )
        if draw == 0:
            positions = _frame_positions(legibility[0], unchanged[0], found.clean)
            frames = (Frame(int(place), shaded_by_quantiles(shown[place])) for place in positions)
            check = function_check(trained, network, key=noise_key(study.key))
            found = dataclasses.replace(found, frames=tuple(frames), check=check)
        found = dataclasses.replace(
            found, legibility=legibility[: draw + 1].copy(), unchanged=unchanged[: draw + 1].copy()
        )
        yield found
