"""What identifies a computation: a digest of everything that can change its numbers."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from dissociation.core.data import datasets
from dissociation.core.networks.training import Recipe

#: Raise it when stored results of any kind can no longer be read or compared.
SCHEMA = 1


def digest(values: Any) -> str:
    """SHA-256 of plain values in canonical JSON (sorted keys, shortest floats, no NaN)."""
    text = json.dumps(values, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def training_digest(recipe: Recipe, seed: int) -> str:
    """Identifies one trained network: the data, the recipe with its code version, and the seed."""
    return digest(["train", SCHEMA, datasets.fingerprint(), recipe.canonical(), seed])
