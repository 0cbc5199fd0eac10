"""How predicted curves are named, written into the store and read back, validated."""

from __future__ import annotations

import dataclasses
import functools
from typing import Any

from dissociation.core.data.datasets import fingerprint
from dissociation.core.digests import digest
from dissociation.core.experiment import Experiment
from dissociation.core.theory import SeedPrediction
from dissociation.core.validation import check_finite
from dissociation.engine.store import DamagedEntry, pack, unpack

#: Raise it when a change to the theory changes numbers.
CODE_VERSION = 5


def theory_digest(experiment: Experiment, seed: int, weights: str | None = None) -> str:
    """Identifies the predicted curve of one seed; see [`Experiment.seed_digest`][].

    The same however many draws of the noise are measured: it is the mean over all there are.
    """
    return _digest(experiment, seed, weights, fingerprint())


@functools.lru_cache(maxsize=4_096)
def _digest(experiment: Experiment, seed: int, weights: str | None, _data: str) -> str:
    measure: Any = experiment.measure
    if hasattr(measure, "draws"):
        experiment = dataclasses.replace(experiment, measure=dataclasses.replace(measure, draws=1))
    return digest(["theory", CODE_VERSION, experiment.seed_digest(seed, weights)])


def pack_prediction(prediction: SeedPrediction) -> bytes:
    """A predicted curve of one network as npz bytes."""
    meta = {"images": prediction.images, "total": prediction.total}
    return pack({"errors": prediction.errors, "sampling": prediction.sampling}, meta)


def unpack_prediction(raw: bytes, points: int) -> SeedPrediction:
    """The predicted curve back. **Raises:** `DamagedEntry` unless it has that many points."""
    arrays, meta = unpack(raw)
    try:
        errors, sampling = arrays["errors"], arrays["sampling"]
        if errors.shape != (points,) or sampling.shape != (points,):
            raise DamagedEntry("another prediction")
        check_finite("another prediction", errors, sampling)
        return SeedPrediction(errors, sampling, int(meta["images"]), int(meta["total"]))
    except (KeyError, TypeError, ValueError) as error:
        raise DamagedEntry("not a prediction") from error
