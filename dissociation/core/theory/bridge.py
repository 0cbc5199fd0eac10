"""The bridge from theory to measurement: σ50 of many networks against what the theory looks at."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from dissociation.core.experiment import Experiment
from dissociation.core.measures.base import Measure, SeedCurve
from dissociation.core.similarity.comparison import NetworkSpec
from dissociation.core.statistics.summary import sigma50_of
from dissociation.core.theory.norms import PREDICTORS, Norms, PowerLaw, fit_power_law


class Candidate(NamedTuple):
    """A network that may be a point.

    - `side`: the network.
    - `experiments`: ways in which its σ50 may have been measured, the best one first.
    - `wanted`: whether it is to be measured if it was not.
    """

    side: NetworkSpec
    experiments: tuple[Experiment, ...]
    wanted: bool

    @property
    def key(self) -> int:
        """Of random rewrites and of the noise."""
        return self.experiments[0].key


class Point(NamedTuple):
    """What is known of a network: how its σ50 was measured, σ50, and its norms.

    `sigma50` is NaN while it is not known, or if the curve does not cross.
    """

    side: NetworkSpec
    experiment: Experiment
    sigma50: float
    norms: Norms


def sigma50(measure: Measure, curve: SeedCurve) -> float:
    """σ50 of one network, mean over its draws; NaN if its curve does not cross."""
    return sigma50_of(measure.x, curve.rates.mean(0), curve.clean, measure.chance)


class Laws(NamedTuple):
    """What ties σ50 to a predictor: the best power law, and the best of the linear slope."""

    best: PowerLaw | None
    linear: PowerLaw | None


def laws(points: Sequence[Point], predictor: str) -> Laws:
    """The laws over all points, by the name of one of [`PREDICTORS`][]."""
    declared = PREDICTORS[predictor]
    known = [point for point in points if math.isfinite(point.sigma50)]
    x = np.array([declared.value(point.norms) for point in known])
    y = np.array([point.sigma50 for point in known])
    linear = None if declared.slope is None else fit_power_law(x, y, declared.slope)
    return Laws(fit_power_law(x, y), linear)


def within(points: Sequence[Point], predictor: str, law: PowerLaw, factor: float) -> int:
    """How many points have a σ50 that a law tells up to a factor above 1."""
    known = [point for point in points if math.isfinite(point.sigma50)]
    x = np.array([PREDICTORS[predictor].value(point.norms) for point in known])
    ratio = np.array([point.sigma50 for point in known]) / law(x)
    return int(np.sum((ratio <= factor) & (ratio >= 1 / factor)))
