"""What a watch says of itself: its state for the chart, and in one sentence for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from dissociation.core.experiment import Experiment
from dissociation.core.measures.base import Curve
from dissociation.core.networks.training import DIGITS, Recipe
from dissociation.core.shares import percent
from dissociation.engine import jobs as j
from dissociation.engine.job import FINISHED, JobSnapshot
from dissociation.engine.records import History

#: A network is called dead if no neuron of a layer is active on this share of the test images.
DEAD = 0.9


@dataclass(frozen=True)
class Status:
    """How far a watch is.

    - `state`: queued, training, running, done, failed or cancelled.
    - `message`: one sentence for people.
    - `progress`: share done, 0 to 1.
    - `seconds`: compute time so far, or when it was computed; `stored`: all came from the store.
    """

    version: int
    state: str
    message: str
    progress: float
    seconds: float
    stored: bool

    @property
    def finished(self) -> bool:
        """Whether nothing more will come."""
        return self.state in FINISHED


def queue_message(snapshots: Sequence[JobSnapshot]) -> str:
    """How many jobs of others come before the first of these."""
    ahead = min((s.position for s in snapshots if s.state == j.QUEUED), default=0)
    if ahead == 0:
        return "Starting"
    others = "1 other job is" if ahead == 1 else f"{ahead} other jobs are"
    return f"Waiting: {others} ahead"


def training_message(
    state: str, snapshots: Sequence[JobSnapshot], histories: Sequence[History], recipe: Recipe
) -> str:
    """In words, how far a training is."""
    count = len(histories)
    noun = "network" if count == 1 else "networks"
    if state == j.FAILED:
        return next(s.error for s in snapshots if s.state == j.FAILED)
    if state == j.CANCELLED:
        return "Training was cancelled."
    if state == j.DONE:
        errors = ", ".join(percent(h.errors[-1], 2) for h in histories)
        return f"{count} {noun} trained; test error {errors}."
    if state == j.QUEUED:
        return queue_message(snapshots)
    epoch = sum((h.epochs[-1] if h.epochs else 0.0) for h in histories) / count
    return f"Training {count} {noun}: epoch {epoch:.1f} of {recipe.epochs}"


def sample_size(experiment: Experiment, curves: Sequence[Curve | None]) -> str:
    """In words, what the curves rest on so far: networks, draws and images."""
    known = [curve for curve in curves if curve is not None]
    seeds = min((len(curve.seeds) for curve in known), default=0)
    networks = f"{seeds} network" + ("" if seeds == 1 else "s")
    draws: Any = getattr(experiment.measure, "draws", 1)
    if draws > 1:
        networks += f" × {draws} draws"
    totals = experiment.measure.total
    if len(set(totals.tolist())) > 1:
        complete = min((int(np.sum(c.images >= c.total)) for c in known), default=0)
        return f"{networks}, {complete} of {len(totals)} budgets"
    begun = min((int(np.sum(curve.images > 0)) for curve in known), default=0)
    images = min(int(c.images[c.images > 0].min()) for c in known) if begun else 0
    whole = int(totals[0])
    seen = f"{images:,} images" if images >= whole else f"{images:,} of {whole:,} images"
    if 0 < begun < len(totals):
        seen += f" at {begun} of {len(totals)} noise scales"
    return f"{networks}, {seen}"


def dead_words(histories: Mapping[tuple[Recipe, int], History]) -> str:
    """In words, which networks (recipe, seed) are dead; empty if none is.

    They are measured like any other, and their curves look like those of a network.
    """
    found: dict[str, list[str]] = {}
    for (recipe, seed), history in histories.items():
        for layer, silent in enumerate(history.silent, 1):
            whole = history.images[-1]
            if silent >= DEAD * whole:
                task = "" if recipe.task == DIGITS else f" (trained on {recipe.task})"
                where = f"no neuron of hidden layer {layer} is active"
                text = f"{where} on any test image"
                if silent < whole:
                    text = f"on {silent:,} of {whole:,} test images {where}"
                found.setdefault(text, []).append(f"{seed + 1}{task}")
                break
    return " ".join(f"{_named(names)} dead: {text}." for text, names in found.items())


def _named(names: Sequence[str]) -> str:
    if len(names) == 1:
        return f"Network {names[0]} is"
    return f"Networks {', '.join(names[:-1])} and {names[-1]} are"
