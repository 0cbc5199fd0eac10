"""The sentences that a chart and its report share."""

from __future__ import annotations

from dissociation.core.experiment import Experiment
from dissociation.core.networks.function_checks import FunctionCheck
from dissociation.core.statistics.summary import LEAST
from dissociation.web.shell.state import plain

_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
BAND = (
    "The band is ± 1 standard deviation over networks and noise draws; while a curve fills, the "
    "sampling error over the images seen so far is added."
)
INTERVAL = (
    "Intervals: Student's t over networks, whose noise draws are averaged first; fewer than "
    f"{LEAST} networks are too few for one."
)


def same_function_line(
    name: str, experiment: Experiment, checks: tuple[FunctionCheck, ...] | None
) -> str:
    """In words, whether a condition's networks compute what the trained ones compute."""
    exact = ", ".join(sorted({step.exact_on for step in experiment.manipulations}))
    text = f"**{plain(name)}**: same function on {plain(exact)} by construction"
    if experiment.invariant:
        text += ", so this curve is identical to the trained one"
    if checks is None:
        return text + "; verifying …"
    changed = sum(check.predictions_changed for check in checks)
    noisy = sum(check.noisy_predictions_changed for check in checks)
    images = sum(check.images for check in checks)
    largest = max(check.logit_change for check in checks)
    largest_noisy = max(check.noisy_logit_change for check in checks)
    return text + plain(
        f". Verified: {changed:,} of {images:,} predictions changed (largest logit change "
        f"{_power(largest)} of the logit scale); on noisy images (σ = 1) {noisy:,} changed "
        f"(largest logit change {_power(largest_noisy)} of the logit scale)."
    )


def _power(value: float) -> str:
    if value == 0 or value >= 0.01:
        return f"{value:.2g}"
    mantissa, exponent = f"{value:.1e}".split("e")
    return f"{mantissa} × 10{str(int(exponent)).translate(_SUPERSCRIPT)}"
