"""What the study of linear networks finds: in closed form, so it is never stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from uuid import uuid4

from dissociation.command_line.text_tables import aligned
from dissociation.command_line.work import Part
from dissociation.core.linear import files
from dissociation.core.linear.families import FAMILIES
from dissociation.core.linear.study import LinearFindings, LinearStudy, study_linear
from dissociation.engine.jobs import DONE
from dissociation.engine.lab import Lab
from dissociation.engine.library import Library
from dissociation.engine.words import Status


class _Done:
    """A watch of what takes no time."""

    def __init__(self, lab: Lab, study: LinearStudy):
        del lab
        self.id = uuid4().hex
        self.findings = study_linear(study)

    def status(self) -> Status:
        """Done."""
        return Status(1, DONE, "Complete.", 1.0, 0.0, stored=False)

    def renew(self) -> None:
        """Nothing lapses."""

    def release(self) -> None:
        """Nothing is held."""


@dataclass(frozen=True)
class LinearWork:
    """The findings of one `study`."""

    study: LinearStudy
    noun = "studies"

    def names(self) -> list[str]:
        """The family that walks."""
        return [FAMILIES[self.study.family].label]

    def parts(self) -> list[Part]:
        """One."""
        watch = partial(_Done, study=self.study)
        return [Part([0], 1.0, watch, lambda done: [done.findings])]

    def stored(self, library: Library) -> list[LinearFindings | None]:
        """Findings; they take less time than a look into the store."""
        del library
        return [study_linear(self.study)]

    def check_csv(self) -> None:
        """It always fits."""

    def as_text(self, results: Sequence[LinearFindings]) -> str:
        """What changed along the walk, then a row a family."""
        (found,) = results
        head = ["Family", "RSA with start", "Decoder error", "Loss, input noise", "parameter noise"]
        last = files.SIGMA[-1]
        lines = [head]
        for name, family in FAMILIES.items():
            drift = found.drift[name]
            noisy = [found.noisy[kind][name].expected[-1] for kind in found.noisy]
            numbers = (drift.similarity[-1], drift.decoder[-1], *noisy)
            lines.append([family.label, *(f"{value:.4g}" for value in numbers)])
        return (
            f"Outputs moved by at most {found.walk.change:.1e} of the largest along "
            f"{self.study.steps} steps. At the end of each walk, and under noise of "
            f"σ = {last:.3g}:\n\n{aligned(lines)}\n"
        )

    def as_csv(self, results: Sequence[LinearFindings]) -> str:
        """As the page gives it."""
        return files.as_csv(results[0])

    def as_json(self, results: Sequence[LinearFindings]) -> str:
        """All numbers, with the complete study."""
        return files.as_json(self.study, results[0])
