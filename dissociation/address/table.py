"""The typed table of one page: what its address may hold, and the experiments it asks for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from dissociation.address.parameter import Parameter
from dissociation.address.parameters import manipulation_of
from dissociation.address.view import TOUR, VIEW, teaching_parameters
from dissociation.core.experiment import Experiment
from dissociation.core.manipulations import REGISTRY as MANIPULATIONS
from dissociation.core.study import Study

Values = Mapping[str, Any]


class Condition(NamedTuple):
    """One curve of a page.

    - `experiment`: what it is of.
    - `mark`: `A` if it is the pinned one; `note`: the settings in which it differs from the page.
    """

    experiment: Experiment
    mark: str = ""
    note: str = ""


@dataclass(frozen=True)
class PageTable:
    """What makes a page's address.

    - `name`: of the page in keys; `title`: for people, and in its address.
    - `script`: the file that draws it, from the root of the app.
    - `parameters`: all of its parameters, those of the view included.
    - `determining`: those parameters that a curve depends on, but for its manipulations.
    - `conditions`: from values to the page's curves; the first is the reference.
    - `study`: from values to the one study that the page is of.
    - `measures`: whether there is something to compute, and to export.
        All functions **raise** `InvalidValue` if values contradict each other.
    """

    name: str
    title: str
    script: str
    parameters: tuple[Parameter, ...]
    determining: tuple[Parameter, ...] = ()
    conditions: Callable[[Values], list[Condition]] | None = None
    study: Callable[[Values], Study] | None = None
    measures: bool = False

    @property
    def defaults(self) -> dict[str, Any]:
        """Every parameter's default."""
        return {parameter.name: parameter.default for parameter in self.parameters}


def page_table(
    name: str,
    title: str,
    script: str,
    controls: Sequence[Parameter] = (),
    *,
    states: Sequence[Parameter] = (),
    determining: Sequence[Parameter] = (),
    conditions: Callable[[Values], list[Condition]] | None = None,
    study: Callable[[Values], Study] | None = None,
    measures: bool = False,
) -> PageTable:
    """A table of controls, to which every page's own view parameters are added.

    **Arguments:**

    - `controls`: what visitors move, and a teacher's link may hide or lock.
    - `states`: further parameters without such a control.
    - `determining`, `conditions`, `study`, `measures`: see [`PageTable`][].
    """
    common = (VIEW, *teaching_parameters(controls), TOUR)
    everything = (*controls, *states, *(common if controls else (VIEW, TOUR)))
    results = (tuple(determining), conditions, study)
    measures = measures or any(results[1:])
    return PageTable(name, title, script, everything, *results, measures)


def compared(values: Values) -> list[tuple]:
    """The sequences a page compares: none, each chosen manipulation, and the composed one."""
    chosen = [name for name in MANIPULATIONS if name in values["show"]]
    chains: list[tuple] = [(), *((manipulation_of(name, values),) for name in chosen)]
    composed = tuple(values["compose"])
    return chains if composed in chains else [*chains, composed]


def curve_conditions(
    make: Callable[[Values, tuple], Experiment], determining: Sequence[Parameter]
) -> Callable[[Values], list[Condition]]:
    """The `conditions` of a page with compared rewrites and a pinned curve.

    **Arguments:**

    - `make`: the experiment of one sequence of manipulations under a page's values.
    - `determining`: the parameters that it looks at.
    """

    def conditions(values: Values) -> list[Condition]:
        found = [Condition(make(values, chain)) for chain in compared(values)]
        pinned = values["pin"]
        if pinned is not None:
            then = pinned.values(determining)
            whole = {**values, **then}
            experiment = make(whole, pinned.steps)
            differing = (
                q for q in determining if then[q.name] != values[q.name] and q.counts(whole)
            )
            note = ", ".join(f"{q.label}: {q.words(then[q.name])}" for q in differing)
            found.append(Condition(experiment, "A", note))
        return found

    return conditions
