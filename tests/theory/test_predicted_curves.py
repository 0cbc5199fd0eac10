"""Predicted curves against many draws of the noise, on trained networks, for every rewrite."""

from __future__ import annotations

import numpy as np
import pytest

from dissociation import manipulations as m
from dissociation.errors import InvalidValue
from dissociation.experiment import Experiment, noise_key
from dissociation.manipulations import REGISTRY
from dissociation.measures import InputNoise, ParameterNoise, Transfer
from dissociation.network import seed_key
from dissociation.theory import predicted_curve, stream_network
from dissociation.theory.noise_scales import between, coarse_scales, missing_scales
from dissociation.theory.residuals import largest_residual
from dissociation.measures.base import Curve, SeedCurve

IMAGES, KEY = 320, noise_key(37)
#: At the notebook's strengths, and some in sequence.
CHAINS = {
    "trained": (),
    **{name: (cls(),) for name, cls in REGISTRY.items()},
    "nuisance": (m.Nuisance(64.0),),
    "identical": (m.Nuisance(64.0, incoming="identical"),),
    "pairs": (m.Nuisance(32.0, group=2),),
    "duplicate, scale": (m.Duplicate(2.0), m.Scale(0.05)),
    "duplicate, nuisance": (m.Duplicate(1.2), m.Nuisance(16.0, group=3)),
    "layer 1": (m.Duplicate(2.0, layer=1), m.Nuisance(32.0, layer=1)),
}


def _measured(measure, networks, keys):
    """`(networks, draws, S)` error of each draw."""
    runs = []
    for key in keys:
        news = measure.stream([[n] for n in networks], keys=[seed_key(0, key)], key=key)
        *_, last = (curves for curves in news if curves is not None)
        runs.append(np.stack([row[0].rates for row in last]))
    return np.concatenate(runs, axis=1)


def _predicted(measure, network):
    *_, last = stream_network(measure, network)
    return last.errors


def _outside(predicted, runs, tolerance):
    """Largest difference that neither 2 standard errors nor the tolerance allow."""
    mean, error = runs.mean(0), runs.std(0, ddof=1) / np.sqrt(len(runs))
    difference = np.abs(predicted - mean)
    return np.max(np.where(difference > 2 * error, difference, 0)) - tolerance


def _rewritten(network, names):
    key = seed_key(0, KEY)
    return [m.apply_all(network, CHAINS[name], key=key) for name in names]
