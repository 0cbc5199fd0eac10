"""What the Phantom page says."""

from __future__ import annotations

import math

import pandas as pd

from dissociation.address.links import Link
from dissociation.core.manipulations.phantom import SIMILARITY
from dissociation.core.phantom.study import PhantomResult, PhantomStudy
from dissociation.web.export.html import paragraph, settings, table
from dissociation.web.shell.answers import Report

PAPER = (
    "What the paper shows with such a picture (Braun, Grant & Saxe, ICML 2025, Fig. 5): a function "
    "leaves open what its representation looks like, so structure that is seen there need not "
    "serve the function."
)
#: Errors of a solve up to this, as a share, are rounding.
EXACT = 1e-3
BAND = "Bands: ± 1 standard deviation over draws of noise."


def _where(study: PhantomStudy) -> str:
    if study.phantom.shown_in == SIMILARITY:
        return f"the similarity matrix of hidden layer {study.phantom.layer}"
    return f"the activations of new neurons in hidden layer {study.phantom.layer}"


def pictures_words(study: PhantomStudy) -> str:
    """The pictures in words."""
    noise = "image" if study.noise == "input_noise" else "parameter"
    return (
        f"The picture asked for, {_where(study)} before and with the phantom, and what more and "
        f"more {noise} noise leaves of it. Numbers are in the chart below."
    )


def curves_words(study: PhantomStudy) -> str:
    """The curves in words."""
    return f"Legibility of the picture and share of unchanged answers against {study.axis}"


def reading(study: PhantomStudy) -> str:
    """How to read the pictures."""
    if study.phantom.shown_in == SIMILARITY:
        what = (
            "Similarities of 250 test images, sorted by digit: inner products of their "
            "activations, centred over the images (the kernel of linear CKA). The picture is where "
            "digits 0 to 4 meet digits 5 to 9, and turned over at the diagonal."
        )
    else:
        what = (
            "Activations of 250 test images, sorted by digit (rows), in the new neurons (columns); "
            "of the trained network, as many of its own neurons."
        )
    return (
        f"{what} Below: the same under more and more noise (its first draw), with the "
        "correlation of what is seen with the picture, and the share of 1,000 answers that are "
        "as without noise (the mean of all draws). Colours from the least to the largest 0.5 % of "
        "each panel's values."
    )


def same_function(found: PhantomResult) -> str:
    """What was added, and that nothing else changed; empty until the function was checked."""
    check = found.check
    if check is None:
        return ""
    changed = check.predictions_changed + check.noisy_predictions_changed
    answers = "not one answer changed" if changed == 0 else f"{changed} answers changed"
    return (
        f"{found.neurons} neurons were added. The picture is there with a correlation of "
        f"{found.clean:.3f}, and {answers} on {check.images:,} test images, clean and noisy "
        f"(largest logit change {check.logit_change:.1e} of the largest logit)."
    )


def verdict(found: PhantomResult) -> str:
    """Which goes first under noise; empty until both are half gone."""
    picture, function = found.sigma50s()
    if math.isnan(picture) or math.isnan(function):
        return ""
    times = function / picture
    ends = f"(half gone at σ = {picture:.2g} and σ = {function:.2g})"
    if times >= 1.25:
        return (
            f"The picture goes first: the answers tolerate {times:.1f} times as much noise {ends}."
        )
    if times <= 0.8:
        return (
            f"The picture outlasts the answers: it tolerates {1 / times:.1f} times as much noise "
            f"{ends}."
        )
    return f"Picture and answers tolerate about the same noise {ends}."


def solved(found: PhantomResult) -> str:
    """How well the weights make the neurons do what they are to do."""
    words = (
        f"Least-squares solve: largest error {found.residual:.1e} of the largest activation asked "
        "for."
    )
    if found.residual > EXACT:
        words += (
            " What the layer reads does not tell 250 images apart well enough for an exact picture;"
            " layer 1 or a wider network does."
        )
    return words


def phantom_table(found: PhantomResult) -> pd.DataFrame:
    """One row a noise scale: mean and standard deviation over the draws of both curves."""
    words = ("σ", "picture (mean)", "picture (SD)", "unchanged (mean)", "unchanged (SD)")
    return pd.DataFrame(list(found.tables()["curves"].rows()), columns=words)


def report(link: Link, found: PhantomResult) -> Report:
    """Which goes first, same function?, the solve, all values, the complete study."""
    first = verdict(found)
    sections = {
        "Same function?": paragraph(same_function(found)),
        "The solve": paragraph(solved(found)),
        "Values": table(phantom_table(found)),
        "Complete study": settings(link.path, "studies", [found.study.to_json()]),
    }
    if first:
        sections = {"Which goes first?": paragraph(first), **sections}
    return Report(paragraph(PAPER), f"{reading(found.study)} {BAND}", sections)
