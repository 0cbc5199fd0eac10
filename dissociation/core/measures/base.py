"""What a measure declares, and the curve it streams.

To add one, write one file in this folder with a frozen dataclass derived from [`Measure`][] and
add it to the registry in `__init__.py`.
"""

from __future__ import annotations

import abc
import dataclasses
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Any, ClassVar

import numpy as np
from jaxtyping import Float64, Int64, Real

from dissociation.core.data.sample import TEST_IMAGES, visiting_order
from dissociation.core.draws import Key, Keys
from dissociation.core.networks.network import Network
from dissociation.core.validation import check_integer

#: Images are measured in chunks: a small one first, so that a whole coarse curve is there at once,
#: then larger ones. Of the sizes measured, those from 700 to 1,000 images were fastest: weights and
#: activations then stay in the cache. 160 + 12 · 820 is 10,000.
FIRST_CHUNK, CHUNK = 160, 820


@dataclass(frozen=True)
class Axis:
    """An axis of a measure's chart: title with unit, default range, and its kind."""

    title: str
    low: float
    high: float
    log: bool = False
    percent: bool = False


@dataclass(frozen=True)
class SeedCurve:
    """The curve of one network, as counts.

    - `errors`: `(draws, S)` int64 wrong predictions at each noise scale or budget.
    - `images`: `(S,)` int64 predictions made so far at each; 0 where nothing is known yet.
    - `clean_errors`: wrong predictions without any noise, `clean_images` of how many; 0 and 0 for
      measures that have no such point.
    - `notes`: what the measure wants known about this network, as plain values.
    """

    errors: Int64[np.ndarray, "draws points"]
    images: Int64[np.ndarray, " points"]
    clean_errors: int = 0
    clean_images: int = 0
    notes: dict[str, Any] = dataclasses.field(default_factory=dict)

    @property
    def rates(self) -> Float64[np.ndarray, "draws S"]:
        """`(draws, S)` float64 error in [0, 1]; NaN where nothing is known yet."""
        images = np.where(self.images > 0, self.images, np.nan)
        return self.errors / images

    @property
    def clean(self) -> float:
        """Error without noise, NaN if not measured."""
        return self.clean_errors / self.clean_images if self.clean_images else float("nan")


@dataclass(frozen=True)
class Curve:
    """The curve of one condition: the curves of its seeds over a common axis.

    - `x`: `(S,)` noise scales or budgets.
    - `seeds`: one [`SeedCurve`][] a seed.
    - `total`: `(S,)` predictions at each point when complete.
    - `networks`: which network each seed is, while some have not begun; the first ones if empty.
    """

    x: Real[np.ndarray, " S"]
    seeds: tuple[SeedCurve, ...]
    total: Int64[np.ndarray, " S"]
    networks: tuple[int, ...] = ()

    @property
    def numbers(self) -> tuple[int, ...]:
        """The number of each network."""
        return self.networks or tuple(range(len(self.seeds)))

    @property
    def rates(self) -> Real[np.ndarray, "seeds S"]:
        """`(seeds, S)` error of each seed, mean over its draws."""
        return np.stack([seed.rates.mean(0) for seed in self.seeds])

    @property
    def runs(self) -> Float64[np.ndarray, "runs S"]:
        """`(seeds · draws, S)` error of every run on its own."""
        return np.concatenate([seed.rates for seed in self.seeds])

    @property
    def mean(self) -> Real[np.ndarray, " S"]:
        """`(S,)` mean error over seeds and draws."""
        return self.rates.mean(0)

    @property
    def images(self) -> Real[np.ndarray, " S"]:
        """`(S,)` predictions so far at each point: the least over the seeds."""
        return np.min([seed.images for seed in self.seeds], axis=0)

    @property
    def complete(self) -> bool:
        """Whether all predictions are made."""
        return bool(np.all(self.images >= self.total))

    @property
    def spread(self) -> Real[np.ndarray, " S"]:
        """`(S,)` half-width of the band: ± 1 standard deviation over seeds and draws.

        While the curve is filling, the binomial standard error of the mean over the images seen so
        far is added in quadrature, so a coarse curve looks as uncertain as it is.
        """
        runs, mean = self.runs, self.mean
        deviation = runs.std(0)
        images = np.maximum(self.images, 1) * len(runs)
        sampling = np.where(self.images < self.total, mean * (1 - mean) / images, 0.0)
        return np.sqrt(deviation**2 + sampling)


#: `curves[condition][seed]`.
Curves = list[list[SeedCurve]]


def added(first: SeedCurve, second: SeedCurve) -> SeedCurve:
    """Both counts of one network as one: predictions add up, lists of notes follow one another."""
    notes = {name: [*first.notes.get(name, []), *more] for name, more in second.notes.items()}
    return SeedCurve(
        first.errors + second.errors,
        first.images + second.images,
        first.clean_errors + second.clean_errors,
        first.clean_images + second.clean_images,
        {**first.notes, **notes},
    )


class PreparedMeasurement(abc.ABC):
    """Networks laid out to be measured, in parts of which none depends on another.

    What the parts of a measure count, added in order, is the complete curve, wherever each of them
    was counted. Networks of different seeds do not depend on one another either.
    """

    @abc.abstractmethod
    def part(self, number: int) -> Generator[None, None, Curves]:
        """Measures one of the measure's parts; pauses are yielded, its counts alone returned."""


@dataclass(frozen=True)
class Measure(abc.ABC):
    """A way to tell networks of equal function apart. Its fields are its settings.

    Declarations (class attributes): `name` for addresses, `label` for people, `about`, `cite`,
    `version` (raise it when a change to the code changes numbers), `sees_only_function`: networks
    that compute the same function on every input get exactly the same curve, and `reads_digits`:
    its errors are digits read wrongly, which only networks trained to read them should answer for.
    """

    images: int = TEST_IMAGES

    name: ClassVar[str]
    label: ClassVar[str]
    about: ClassVar[str]
    cite: ClassVar[str]
    version: ClassVar[int] = 1
    sees_only_function: ClassVar[bool] = False
    reads_digits: ClassVar[bool] = True

    @property
    @abc.abstractmethod
    def x(self) -> Float64[np.ndarray, " S"]:
        """`(S,)` float64 noise scales or budgets."""

    @property
    @abc.abstractmethod
    def total(self) -> Real[np.ndarray, " S"]:
        """`(S,)` predictions a network and draw will have made at each point at the end."""

    @property
    @abc.abstractmethod
    def axes(self) -> tuple[Axis, Axis]:
        """The x and y axis of the chart."""

    @property
    @abc.abstractmethod
    def chance(self) -> float:
        """Error of guessing."""

    @property
    @abc.abstractmethod
    def parts(self) -> int:
        """How many parts a [`PreparedMeasurement`][] measures, coarse to fine."""

    @abc.abstractmethod
    def prepared(
        self, networks: Sequence[Sequence[Network]], *, keys: Keys, key: Key
    ) -> PreparedMeasurement:
        """Lays networks out to be measured together.

        **Arguments:**

        - `networks`: `networks[condition][seed]`; conditions of one seed share their noise draws.
        - `keys`: one JAX key a seed, for draws that differ between seeds.
        - `key`: a JAX key for draws that all seeds share.
        """

    def stream(
        self,
        networks: Sequence[Sequence[Network]],
        *,
        keys: Keys,
        key: Key,
        begun: tuple[int, Curves] = (0, []),
    ) -> Iterator[Curves | None]:
        """Measures networks together, coarse to fine.

        **Arguments:** as of [`prepared`][Measure.prepared], and

        - `begun`: how many parts were measured before, and what they have counted together; these
          are not measured again.

        **Returns:** an iterator of `curves[condition][seed]`, each time over more of the data; the
        last item is complete. `None` in between means nothing new, but a good moment to pause.
        """
        before, curves = begun
        prepared = self.prepared(networks, keys=keys, key=key)
        for number in range(before, self.parts):
            found = yield from prepared.part(number)
            together = zip(curves, found, strict=True)
            curves = [list(map(added, *rows)) for rows in together] if curves else found
            yield curves

    def canonical(self) -> dict[str, Any]:
        """Plain values that determine the numbers, for digests."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {"name": self.name, "version": self.version, **values}


def check_images(images: int) -> int:
    """**Returns:** the number. **Raises:** `InvalidValue` unless there are that many images."""
    return check_integer("images", images, 100, TEST_IMAGES)


def chunks(images: int) -> list[Int64[np.ndarray, " _"]]:
    """Which test images are measured in each chunk, a small chunk first; `images` in all."""
    edges = range(FIRST_CHUNK, images, CHUNK)
    return np.split(visiting_order()[:images], edges)


def padded(rows: Real[np.ndarray, " n *rest"], fill: float = 0) -> Real[np.ndarray, " _ *rest"]:
    """Rows filled up to one of the few chunk shapes that are ever compiled."""
    size = FIRST_CHUNK if len(rows) <= FIRST_CHUNK else CHUNK
    padding = [(0, size - len(rows))] + [(0, 0)] * (rows.ndim - 1)
    return np.pad(rows, padding, constant_values=fill)
