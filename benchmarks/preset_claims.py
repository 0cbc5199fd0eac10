"""What the sentences of the named experiments claim, and when that is true of their figures."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

Figures = dict[str, Any]


class Claim(NamedTuple):
    """Words of a preset's sentence, and when they are true of its figures.

    - `exact`: whether they are true at any width, by construction.
    """

    words: str
    holds: Callable[[Figures], bool]
    exact: bool = False


def _rewritten(figures: Figures, name: str) -> list[Figures]:
    """The pairs whose second side is a certain rewrite, from weak to strong."""
    return [pair for pair in figures["pairs"] if pair["steps"] and pair["steps"][0][0] == name]


def _others(figures: Figures) -> list[Figures]:
    """The pairs whose second side was trained from another seed."""
    return [p for p in figures["pairs"] if not p["steps"] and p["seed"] and p["task"] == "digits"]


def _close(value: float, to: float, by: float) -> bool:
    return abs(value - to) <= by


def _near_two(f: Figures) -> bool:
    """The best of the sweep's strengths is 2 or a neighbour, and a little better than none."""
    ratios = {float(name): v["ratio"] for name, v in f.items() if name != "trained"}
    best = max(ratios, key=lambda strength: ratios[strength])
    return 1.5 <= best <= 3 and 1 < ratios[best] < 1.5


_ALIKE = ("cka", "neighbours", "rsa_euclidean_pearson", "rsa_correlation_pearson")

#: By the name of the preset.
CLAIMS: dict[str, tuple[Claim, ...]] = {
    "notebook-noise": (
        Claim(
            "scaled networks fail first",
            lambda f: f["scale"]["ratio"] < min(f[n]["ratio"] for n in ("duplicate", "nuisance")),
        ),
        Claim("curves separate", lambda f: f["scale"]["ratio"] < 0.8),
    ),
    "invisible-scaling": (
        Claim(
            "trained one's to the last image", lambda f: f["scale"]["largest difference"] == 0, True
        ),
        Claim("fails at smaller noise", lambda f: f["input_null"]["ratio"] < 0.9),
    ),
    "flat-minima": (
        Claim(
            "exactly as robust as the trained one",
            lambda f: all(f[n]["largest difference"] < 2e-3 for n in ("scale", "rescale")),
            True,
        ),
    ),
    "balanced": (
        Claim("Better than scaled ones", lambda f: f["balance"]["ratio"] > f["scale"]["ratio"]),
        Claim("not better than the trained one", lambda f: f["balance"]["ratio"] < 1),
        Claim("about three quarters", lambda f: _close(f["balance"]["ratio"], 0.75, 0.08)),
    ),
    "averaging": (
        Claim("the curve hardly moves", lambda f: _close(f["duplicate"]["ratio"], 1, 0.1)),
        Claim(
            "makes it worse",
            lambda f: f["duplicate+balance"]["ratio"] < f["duplicate"]["ratio"] - 0.05,
        ),
    ),
    "best-scale": (
        Claim("Close to α = 2: there the network tolerates a little more noise", _near_two),
        Claim(
            "scaled further up or down it breaks sooner",
            lambda f: all(f[name]["ratio"] < 1 for name in ("0.1", "0.3", "10")),
        ),
    ),
    "nuisance-transfer": (
        Claim(
            "as well as before, or a little better",
            lambda f: -0.05 < f["nuisance"]["error"] - f["trained"]["error"] < 0.005,
        ),
    ),
    "fooled-probe": (
        Claim(
            "Scaling the layer changes what the notebook's probe can read",
            lambda f: abs(f["scale"]["error"] - f["trained"]["error"]) > 0.02,
        ),
    ),
    "same-function": (
        Claim("Not one answer changes", lambda f: f["pairs"][0]["disagreement"] == 0, True),
        Claim("turns by 24° to 48°", lambda f: 24 <= f["pairs"][0]["angle"] <= 48),
        Claim("more than twice as far", lambda f: f["pairs"][0]["angle"] > 2 * 10.5),
    ),
    "invisible-copies": (
        Claim(
            "CKA, Procrustes, neighbours and RSA all call the two layers equal",
            lambda f: (
                f["pairs"][0]["procrustes"] < 1e-2
                and all(f["pairs"][0][name] > 0.9995 for name in _ALIKE)
            ),
            True,
        ),
        Claim(
            "ridge R² from B to A moves, in its third digit",
            lambda f: (
                5e-4
                < abs(f["pairs"][0]["ridge_backwards"] - f["pairs"][0]["ridge_forwards"])
                < 1e-2
            ),
        ),
    ),
    "two-seeds": (
        Claim("CKA is 0.99", lambda f: round(f["pairs"][0]["cka"], 2) == 0.99),
        Claim(
            "3 to 10 answers in a thousand differ",
            lambda f: 0.003 <= f["pairs"][0]["disagreement"] <= 0.010,
        ),
    ),
    "many-representations": (
        Claim(
            "no answer changes",
            lambda f: all(
                pair["disagreement"] == 0
                for name in ("scale", "duplicate", "nuisance", "rescale")
                for pair in _rewritten(f, name)
            ),
        ),
        Claim(
            "from s = 1 on past networks that were trained from other seeds",
            lambda f: (
                min(p["procrustes"] for p in _rewritten(f, "rescale") if p["steps"][0][1] >= 1)
                > max(pair["procrustes"] for pair in _others(f))
            ),
        ),
    ),
    "phantom-face": (
        Claim("not one answer has changed", lambda f: f["changed"] == 0),
        Claim("A face looks out", lambda f: f["legible"] > 0.9),
        Claim("about four times as much noise", lambda f: 3.5 <= f["times"] <= 4.5),
    ),
    "linear-walk": (
        Claim(
            "as far from where they began as they are large",
            lambda f: _close(f["w1 moved"], 1, 0.1) and _close(f["w2 moved"], 1, 0.1),
        ),
        Claim("by three quarters of its norm", lambda f: _close(f["similarity moved"], 0.75, 0.03)),
        Claim("the same to 13 digits", lambda f: f["output change"] < 1e-13),
    ),
    "linear-minimum": (
        Claim("The weights drift as far", lambda f: _close(f["w1 moved"], 1, 0.1)),
        Claim("the similarity matrix stays fixed", lambda f: f["similarity moved"] < 1e-13),
        Claim("46 % of the outputs", lambda f: round(f["decoder error"], 2) == 0.46),
        Claim("MWNS twice what it costs MRNS", lambda f: _close(f["cost"]["mwns"], 2, 0.1)),
        Claim("a general solution five times", lambda f: _close(f["cost"]["gls"], 5, 0.5)),
    ),
    "silent-neurons": (
        Claim("more than twice as much noise", lambda f: f["times"] > 2),
        Claim("more than half of it passes", lambda f: f["their share"] > 0.5),
        Claim(
            "32 of 1,056 neurons",
            lambda f: (f["silent"], f["neurons"], f["changed"]) == (32, 1_056, 0),
        ),
    ),
    "linear-law": (
        Claim("over five decades", lambda f: f["decades"] > 5),
        Claim("in a nearly straight line", lambda f: f["gain r2"] > 0.9),
        Claim("less steeply than the law predicts", lambda f: -0.5 < f["gain slope"] < 0),
        Claim("most networks lie", lambda f: f["gain within"] > f["points"] / 2),
        Claim(
            "three to five times as much noise",
            lambda f: all(2.5 <= ratio < 5.5 for ratio in f["gain most"]),
        ),
    ),
}
