"""The table of the Linear page: a task of linear networks, a walk on its solutions, and noise."""

from __future__ import annotations

from dissociation.address.parameter import CHOICE, INTEGER, NUMBER, Need, Parameter, needing
from dissociation.address.table import PageTable, Values, page_table
from dissociation.core.experiment import MAX_KEY
from dissociation.core.linear import study as s
from dissociation.core.linear import task as t
from dissociation.core.linear.families import FAMILIES, MOST_HIDDEN
from dissociation.core.linear.noise import SCALINGS

_STUDY, _TASK = s.LinearStudy(), t.LinearTask()


def _whole(name: str, label: str, default: int, limits: tuple[int, int], words: str) -> Parameter:
    low, high = map(float, limits)
    return Parameter(name, label, INTEGER, default, words, low, high)


FAMILY = Parameter(
    "family",
    "Solution family",
    CHOICE,
    _STUDY.family,
    "Whose random walk is shown. All of them solve the task.",
    choices={name: f"{family.short}: {family.label}" for name, family in FAMILIES.items()},
)
STEPS = _whole("steps", "Steps of the walk", _STUDY.steps, s.STEPS, "After its first network.")
SIZE = Parameter(
    "step",
    "Size of a step",
    NUMBER,
    _STUDY.size,
    "The angle, in radians, by which a step turns the hidden layer.",
    *s.SIZE,
)
SPREAD = Parameter(
    "spread",
    "Spread of what is free",
    NUMBER,
    _STUDY.spread,
    "How far free parameters reach. At 0 every solution is that of minimum weight norm.",
    *s.SPREAD,
)
TASK = Parameter("task", "Task", CHOICE, _TASK.kind, choices=t.KINDS)
INPUTS = Parameter(
    "inputs",
    "Inputs",
    CHOICE,
    _TASK.inputs,
    "One-hot inputs are whitened; Gaussian ones are not.",
    choices=t.INPUTS,
)
DEPTH = _whole("depth", "Levels of the tree", _TASK.depth, t.DEPTHS, "Below its root.")
TWINS = _whole("twins", "Items at each leaf", _TASK.twins, t.TWINS, "With the same properties.")
SAMPLES = _whole("samples", "Items", _TASK.samples, t.SAMPLES, "Of a random task.")
N_IN = _whole("n_in", "Inputs", _TASK.n_in, t.N_IN, "Beyond the items, no item uses some.")
N_HIDDEN = _whole(
    "n_hidden",
    "Hidden neurons",
    _STUDY.n_hidden,
    (1, MOST_HIDDEN),
    "At least as many as inputs or outputs, whichever are fewer.",
)
N_OUT = _whole("n_out", "Outputs", _TASK.n_out, t.N_OUT, "Of a random task; a tree has its nodes.")
RANK = _whole("rank", "Rank of the task", _TASK.rank, t.RANK, "Of the teacher, if it can be.")
TARGET_NOISE = Parameter(
    "target_noise",
    "Noise on the targets",
    NUMBER,
    _TASK.noise,
    "Standard deviation; targets are of order 1.",
    0.0,
    t.MOST_NOISE,
)
SCALING = Parameter(
    "scaling",
    "Parameter noise",
    CHOICE,
    _STUDY.scaling,
    "How its standard deviation differs between the layers.",
    choices=SCALINGS,
)
DRAWS = _whole("draws", "Noise draws", _STUDY.draws, s.DRAWS, "More draws, steadier points.")
KEY = _whole("key", "Random key", _TASK.key, (0, MAX_KEY), "Of the task, the walks and the noise.")
#: Controls of one kind of task.
OF_TREES, OF_RANDOM = ("depth", "twins"), ("samples", "n_out", "rank", "target_noise")
_FURTHER = (
    *needing([DEPTH, TWINS], Need(TASK.name, ("tree",))),
    *needing([SAMPLES, N_OUT, RANK, TARGET_NOISE], Need(TASK.name, ("random",))),
)


def linear_study(values: Values) -> s.LinearStudy:
    """The study that a page's values ask for. **Raises:** `InvalidValue`."""
    idle = {known.name: known.default for known in _FURTHER if not known.counts(values)}
    values = {**values, **idle}
    task = t.LinearTask(
        values["task"],
        values["inputs"],
        values["depth"],
        values["twins"],
        values["samples"],
        values["n_in"],
        values["n_out"],
        values["rank"],
        values["target_noise"],
        values["key"],
    )
    return s.LinearStudy(
        task,
        values["n_hidden"],
        values["family"],
        values["steps"],
        values["step"],
        values["spread"],
        values["scaling"],
        values["draws"],
    )


LINEAR: PageTable = page_table(
    "linear",
    "Linear",
    "pages/9_Linear.py",
    (
        *(FAMILY, STEPS, SIZE, SPREAD),
        *(TASK, INPUTS, *_FURTHER, N_IN, N_HIDDEN),
        *(SCALING, DRAWS, KEY),
    ),
    study=linear_study,
)
