"""What the page of linear networks says: formulas with their sources, and its charts in words."""

from __future__ import annotations

import numpy as np
import pandas as pd

from dissociation.address.links import Link
from dissociation.core.linear.families import FAMILIES
from dissociation.core.linear.noise import INPUTS, PARAMETERS, SCALINGS
from dissociation.core.linear.pairs import MEMBERS
from dissociation.core.linear.study import LinearResult, LinearStudy
from dissociation.core.shares import percent
from dissociation.core.statistics.summary import LEAST
from dissociation.features.linear.figures import MOST_ERROR, PAIRS
from dissociation.web.export.html import paragraph, settings, table
from dissociation.web.shell.answers import Report

PAPER = "Braun, Grant & Saxe, *Not all solutions are created equal*, ICML 2025"
#: Title, formula, and where it stands in the paper (for the families, see their registry).
HIDDEN_FORMULAS = (
    (
        "Hidden layer of GLS and LSS: any similarity matrix of this form",
        r"H = Q\sqrt{S}V^\top X + \Gamma_1 P_i X",
        "Eq. 19, Corollary 3.9",
    ),
    ("Hidden layer of MRNS: one similarity matrix", r"H^\top H = O N O^\top", "Corollary 3.11"),
    (
        "Hidden layer of MWNS: one similarity matrix",
        r"H^\top H = X^\top V S V^\top X",
        "Corollary 3.12",
    ),
)
NOISE_FORMULAS = {
    INPUTS: (
        r"\tfrac12\left(\sigma^2 \lVert W_2 W_1 \rVert_F^2 + c\right)",
        "Theorem 5.2. Least for all least-squares solutions (LSS, among them MWNS) and for no "
        "other: Corollary 5.3.",
    ),
    PARAMETERS: (
        r"\begin{aligned}\tfrac12\big(&\sigma_1^2\,\mathrm{tr}\,\Sigma_{xx} \lVert W_2 \rVert_F^2"
        r"\\ &+ n_o\sigma_2^2\,\mathrm{tr}(W_1^\top W_1 \Sigma_{xx})"
        r"\\ &+ \sigma_1^2\sigma_2^2 n_h n_o\,\mathrm{tr}\,\Sigma_{xx} + c\big)\end{aligned}",
        "Theorem 5.4 before its noise is scaled. With σ₁ = σ/‖X‖ and σ₂ = σ/√nₒ it is least for "
        "MRNS and for no other: Corollary 5.5.",
    ),
}
NOTATION = (
    "Compact SVDs: X = A B Cᵀ (Eq. 6), Σyx Σxx⁺ = U S Vᵀ (Eq. 7), Y C Cᵀ = M N Oᵀ (Eq. 16). "
    "P_i and P_u project on input directions that are observed but irrelevant, and unobserved; Q "
    "has full column rank, R orthonormal columns; Γ are free; Ψ and Φ cancel what would interfere. "
    "c = tr Σyy − tr(Σyx Σxx⁺ Σyxᵀ), twice the loss without noise; the loss is Eq. 2."
)
COINCIDE = (
    "GLS and LSS are drawn with the same free parameters, so their hidden layers on the items, and "
    "with them these curves, coincide"
)


def task_words(study: LinearStudy, found: LinearResult) -> str:
    """The task in numbers: dimensions, rank, and what is left open."""
    solved, task = found.solved, study.task
    unobserved = round(float(np.trace(solved.unobserved)))
    inputs = len(solved.x)
    return (
        f"**{task.items} items, {inputs} inputs → {study.n_hidden} hidden neurons → "
        f"{len(solved.y)} outputs.** Of {inputs} input directions {solved.rank} are relevant, "
        f"{inputs - unobserved - solved.rank} observed but irrelevant, {unobserved} unobserved."
    )


def walk_message(study: LinearStudy, found: LinearResult) -> str:
    """What the walk shows, above its chart."""
    family = FAMILIES[study.family]
    return (
        f"Complete: {study.steps} steps of {family.short}; all networks of the walk have the same "
        f"outputs, to {found.walk.change:.0e} of the largest."
    )


def walk_caption(study: LinearStudy) -> str:
    """How to read the walk."""
    colours = "orange below 0, violet above, each panel to its own largest value"
    groups = ""
    if study.task.kind == "tree":
        groups = " Items of one quarter of the tree share colour and symbol."
    return (
        f"Matrices: {colours}. Percentages: distance to the first network, as a share of its norm. "
        f"Embedding: classical scaling, in units of its own root mean square; grey: the last steps."
        f"{groups} Loss: dashed, if every output were 0."
    )


def drift_caption(study: LinearStudy, found: LinearResult) -> str:
    """How to read the two drifts."""
    above = max(float(drift.decoder.max()) for drift in found.drift.values())
    beyond = ""
    if above > MOST_ERROR:
        beyond = f" Some of it is above the chart (up to {above:.3g})."
    return (
        f"All four families walk with the same key. {COINCIDE}. The decoder is the best linear one "
        "of the outputs from the first network's hidden layer; its error is a share of the squared "
        f"norm of the outputs: 0 reads all, 1 is as good as saying nothing.{beyond} The similarity "
        "matrix of MRNS and MWNS stands still and yet their decoder fails, as the layer turns. "
        "(Section 4.3)"
    )


def pairs_caption() -> str:
    """How to read the tables of pairs."""
    return (
        f"Rows: source; columns: target. Means over {MEMBERS**2} pairs of independent networks; "
        "point at a cell for their range. Another function: the same inputs, other targets. R² by "
        "linear regression on all items, with an intercept. RSA: Pearson correlation of HᵀH over "
        "pairs of items. (Sections 4.1 and 4.2)"
    )


def noise_caption(study: LinearStudy) -> str:
    """How to read the losses under noise."""
    return (
        "Lines: closed form, for the first network of each walk. Points: mean over "
        f"{study.draws:,} draws of the noise; bars: 95 % interval over the draws (Student's t, "
        f"none below {LEAST} draws); every network and every σ sees the same draws, so points "
        "deviate together. Grey: what no solution of the task is below. "
        f"Noise on the parameters: {SCALINGS[study.scaling]}."
    )


def parameter_verdict(study: LinearStudy, found: LinearResult) -> str:
    """Which family stands parameter noise best, by how much, at the smallest σ."""
    quiet = found.solved.residual / 2
    extra = {
        name: float(noisy.expected[0] - quiet) for name, noisy in found.noisy[PARAMETERS].items()
    }
    best = min(extra, key=lambda name: extra[name])
    alike = [n for n in extra if extra[n] < extra[best] * (1 + 1e-6)]
    worst = max(extra.values()) / extra[best]
    least = extra[best] / float(found.least[PARAMETERS][0] - quiet) - 1
    names = " and ".join(FAMILIES[name].short for name in alike)
    words = f"Weak noise costs {names} least; the worst family loses {worst:.2g} times as much."
    if least > 1e-6:
        words += (
            f" Still {percent(least, 1)} above the least: for this noise both layers of MRNS would "
            "have to be rescaled against each other."
        )
    return words


def pairs_table(found: LinearResult) -> pd.DataFrame:
    """One row a pair of families: each measure's mean and range."""
    table = []
    for i, source in enumerate(FAMILIES.values()):
        for j, target in enumerate(FAMILIES.values()):
            row: dict[str, object] = {"source": source.short, "target": target.short}
            for key, measured in found.pairs._asdict().items():
                mean, low, high = (float(values[i, j]) for values in measured)
                row[PAIRS[key]] = f"{mean:.2f} ({low:.2f} to {high:.2f})"
            table.append(row)
    return pd.DataFrame(table)


def report(link: Link, found: LinearResult) -> Report:
    """Task, family, all captions, the pairs and the complete study."""
    study = found.study
    family = FAMILIES[study.family]
    about = paragraph(task_words(study, found).replace("**", ""))
    about += paragraph(f"{family.label}: minimises {family.minimises}.", f"({family.cite})")
    sections = {
        "Same function?": paragraph(walk_message(study, found)),
        "Along the walks": paragraph(drift_caption(study, found)),
        "Pairs of families": table(pairs_table(found)) + paragraph(pairs_caption()),
        "Noise": paragraph(parameter_verdict(study, found)) + paragraph(noise_caption(study)),
        "Complete study": settings(link.path, "studies", [study.to_json()]),
    }
    return Report(about, walk_caption(study), sections)
