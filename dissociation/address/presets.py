"""Named experiments: a link each, with what to expect and why."""

from __future__ import annotations

from dataclasses import dataclass

from dissociation.address.chains import parse_chain
from dissociation.address.links import Link
from dissociation.errors import InvalidValue


@dataclass(frozen=True)
class Preset:
    """One named experiment.

    - `name`: for the command line; `title`: for people.
    - `link`: to its page.
    - `expect`, `why`: a sentence each.
    """

    name: str
    title: str
    link: Link
    expect: str
    why: str


PRESETS: dict[str, Preset] = {
    preset.name: preset
    for preset in (
        Preset(
            "notebook-noise",
            "The notebook's noise figure",
            Link.of("robustness", show=["scale", "duplicate", "nuisance"]),
            "Three rewrites that leave every answer as it was part ways as soon as the weights "
            "are noisy, scaled networks first.",
            "Noise of one size meets weights of very different sizes: scaling by α = 20 makes the "
            "outgoing weights twenty times smaller, and the noise on them is read from features "
            "twenty times larger.",
        ),
        Preset(
            "invisible-scaling",
            "Scaling is invisible to input noise",
            Link.of("robustness", measure="input_noise", show=["scale", "input_null"]),
            "The scaled network's curve is the trained one's to the last image; the input-null "
            "network fails at smaller noise.",
            "Scaling leaves the function the same on every input, noisy ones included; the null "
            "space of the images is a direction that noise enters and no image does.",
        ),
        Preset(
            "flat-minima",
            "Flat minima and reparameterisation (Dinh et al.)",
            Link.of(
                "robustness",
                show=["scale", "rescale"],
                mode="relative",
                parameter_range=(0.01, 10.0),
            ),
            "With noise in proportion to each weight, scaled and rescaled networks are exactly as "
            "robust as the trained one.",
            "Rescaling makes a minimum as sharp as one likes without touching the function, unless "
            "sharpness is measured in units of the weights themselves.",
        ),
        Preset(
            "balanced",
            "Balanced networks resist parameter noise",
            Link.of("robustness", show=["scale", "balance"]),
            "The balanced network stays near the trained one or above it, where the scaled one "
            "fails at noise many times smaller.",
            "Noise in the incoming weights is read out through the outgoing ones and the other way "
            "round; equal norms keep both products small at once.",
        ),
        Preset(
            "averaging",
            "Does duplication average noise away?",
            Link.of(
                "robustness",
                show=["duplicate"],
                compose=parse_chain("compose", "duplicate:4,balance:1"),
                duplicate=4.0,
            ),
            "PLACEHOLDER",
            "Copies get independent noise, and each is read out at a quarter of the weight; but the "
            "noise on the outgoing weights stays what it was, on four times as many of them.",
        ),
        Preset(
            "nuisance-transfer",
            "What nuisance neurons do to transfer",
            Link.of("transfer", show=["nuisance"], nuisance=128),
            "With few images the probe does worse on the layer with nuisance neurons; with many it "
            "catches up.",
            "They carry no answer, but a reader who sees the layer for the first time must learn "
            "from data that they can be ignored.",
        ),
        Preset(
            "fooled-probe",
            "The probe that is fooled by scale",
            Link.of("transfer", show=["scale"], probe="notebook"),
            "Scaling the layer changes what the notebook's probe can read; switch to the converged "
            "probe and the difference is gone.",
            "A probe stopped after 200 steps of gradient descent depends on how large the features "
            "are; the best linear reader does not.",
        ),
    )
}


def preset(name: str) -> Preset:
    """A preset by name. **Raises:** `InvalidValue` with the names there are."""
    if name not in PRESETS:
        raise InvalidValue("preset", name, "choose one of " + ", ".join(PRESETS))
    return PRESETS[name]


def preset_of(link: Link) -> Preset | None:
    """The preset whose page and values these are, however they are viewed."""
    for known in PRESETS.values():
        if known.link.table is link.table and _measured(known.link) == _measured(link):
            return known
    return None


def _measured(link: Link) -> dict[str, str]:
    aside = ("view", "hide", "lock", "tour", "room", "host", "axis", "v")
    return {name: text for name, text in link.query.items() if name not in aside}
