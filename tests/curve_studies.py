"""Curves, checks and predictions of experiments, for tests: their studies, tasks and results."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from dissociation.core.curves import MeasuredCurve, NetworkCurve, curve_of, curve_studies
from dissociation.core.experiment import Experiment
from dissociation.core.measures.base import Curve, SeedCurve
from dissociation.core.networks.function_checks import FunctionCheck
from dissociation.core.same_function import CheckedFunction, check_studies
from dissociation.core.theory import SeedPrediction, prediction_studies
from dissociation.engine.job import Job
from dissociation.engine.library import Library
from dissociation.engine.tasks import StudyTask


def curve_study(experiment: Experiment, seed: int) -> NetworkCurve:
    """The curve of one of an experiment's networks."""
    (study,) = curve_studies(experiment, [seed])
    return study


def curve_digest(experiment: Experiment, seed: int, weights: str | None = None) -> str:
    """What identifies it."""
    return curve_study(experiment, seed).digest(None if weights is None else (weights,))


def measuring(
    library: Library, experiments: Iterable[Experiment], seeds: Sequence[int]
) -> StudyTask:
    """The work of measuring experiments together."""
    studies = (study for one in experiments for study in curve_studies(one, seeds))
    return StudyTask(library, *studies)


def checking(library: Library, experiment: Experiment) -> StudyTask:
    """The work of checking an experiment's networks."""
    return StudyTask(library, *check_studies(experiment))


def stored_curve(library: Library, experiment: Experiment, seed: int) -> SeedCurve | None:
    """A stored curve of one network."""
    found = library.result(curve_study(experiment, seed))
    return None if found is None else found.curve


def whole_curve(library: Library, experiment: Experiment) -> Curve | None:
    """The curve of an experiment, if those of all its networks are stored."""
    found = library.results(curve_studies(experiment))
    return None if found is None else curve_of(experiment, dict(enumerate(found)), whole=True)


def stored_checks(library: Library, experiment: Experiment) -> tuple[FunctionCheck, ...] | None:
    """The checks of an experiment's networks, if all are stored."""
    found = library.results(check_studies(experiment))
    return None if found is None else tuple(one.check for one in found)


def stored_prediction(library: Library, experiment: Experiment, seed: int) -> SeedPrediction | None:
    """What theory predicts of the curve of one network, if that is stored."""
    found = library.result(prediction_studies(experiment)[seed])
    return None if found is None else found.prediction


def save_curve(
    library: Library, experiment: Experiment, seed: int, curve: SeedCurve, seconds: float = 1.0
) -> None:
    """Stores the complete curve of one network."""
    study = curve_study(experiment, seed)
    library.save(MeasuredCurve(study, curve, study.measure.parts), seconds)


def save_checks(library: Library, experiment: Experiment, checks: Sequence[FunctionCheck]) -> None:
    """Stores checks of an experiment's networks, one each."""
    for study, check in zip(check_studies(experiment), checks, strict=False):
        library.save(CheckedFunction(study, check))


def kinds(jobs: Iterable[Job]) -> list[str]:
    """What jobs do, in a word each."""
    return [job.task.kind for job in jobs]
