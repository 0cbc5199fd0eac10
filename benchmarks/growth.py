"""How time grows with width, networks, images, noise scales and budget."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from benchmarks import works
from benchmarks.works import Work

#: Two conditions, one network, few images: small enough that the direct way takes seconds.
STEPS = (None, works.m.Scale(20.0))
IMAGES, POINTS = 2_000, 16


@dataclass(frozen=True)
class Series:
    """Works that differ in one size.

    - `label`: of that size; `values`: what it takes; `direct`: up to which the direct way is timed.
    """

    label: str
    values: Sequence[int]
    work: Callable[[int], Work]
    direct: int


def _noise(width=works.WIDTH, seeds=1, images=IMAGES, points=POINTS) -> Work:
    return works.parameter_noise(width, seeds, images, points, STEPS)


SERIES = {
    "width": Series(
        "width of the hidden layers", (64, 256, 1024, 4096), lambda v: _noise(width=v), 4096
    ),
    "seeds": Series("networks", (1, 2, 5, 10), lambda v: _noise(seeds=v), 10),
    "images": Series(
        "images", (500, 1_000, 2_500, 5_000, 10_000), lambda v: _noise(images=v), 10_000
    ),
    "points": Series("noise scales", (8, 16, 40, 100, 200), lambda v: _noise(points=v), 200),
    "budget": Series(
        "budget (images for the probe)",
        (500, 1_000, 2_000, 4_000, 10_000),
        lambda v: works.transfer(works.WIDTH, 1, v, 1, (None,)),
        2_000,
    ),
}
