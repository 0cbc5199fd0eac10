"""A figure of the live chart without its numbers: kind, axes, styles, what is to be predicted."""

from __future__ import annotations

import functools
import hashlib
import re
from dataclasses import dataclass

from dissociation.core.validation import InvalidValue, check_choice

KINDS = (
    *("lines", "multiples", "heatmap", "representation", "map", "phantom"),
    *("walk", "pairs", "exact"),
    *("shares", "tradeoff", "neurons", "margins", "bridge"),
)
_COLOR = re.compile(r"#[0-9a-fA-F]{6}")


@dataclass(frozen=True)
class Axis:
    """One axis with its fixed range.

    **Arguments:**

    - `title`: the words beside the axis.
    - `low`, `high`: its range, in the units of the data (also when `log`).
    - `log`: a logarithmic axis; `low` must then be positive. Values of 0 are shown at its foot.
    - `percent`: the values are fractions, to be written as percentages.
    - `auto`: the range follows the data instead.
    """

    title: str
    low: float
    high: float
    log: bool = False
    percent: bool = False
    auto: bool = False

    def __post_init__(self) -> None:
        if not self.low < self.high:
            raise InvalidValue("Axis.high", self.high, f"give a number above low = {self.low:g}")
        if self.log and self.low <= 0:
            raise InvalidValue("Axis.low", self.low, "a logarithmic axis begins above 0")


@dataclass(frozen=True)
class TraceStyle:
    """How one condition looks: never told by colour alone, so also by its dash and its symbol.

    **Arguments:**

    - `key`: the key of its trace in the snapshots.
    - `name`: its name in legend and hover.
    - `color`: `#rrggbb`.
    - `dash`, `symbol`: Plotly's names, such as `"dashdot"` and `"diamond"`.
    - `label`: its name where there is little room, or empty for `name`.
    - `group`: on a map, the name of the line that it is a point of; of a phantom, `frame` for a
        picture under noise; of an exact chart, `drawn` for points with error bars; of a trade-off,
        `point`; of neurons, `part` of their noise or `kind`; of a bridge, `law` for a line through
        all points.
    """

    key: str
    name: str
    color: str
    dash: str
    symbol: str
    label: str = ""
    group: str = ""

    def __post_init__(self) -> None:
        if not _COLOR.fullmatch(self.color):
            raise InvalidValue("TraceStyle.color", self.color, "write it as #rrggbb")


@dataclass(frozen=True)
class PanelRow:
    """A row of a chart's panels.

    **Arguments:**

    - `columns`: panels that there is room for; `panels`: those that there are.
    - `height`: of the row in pixels; `title`, `below`: those of them above and below its panels.
    - `widths`: how many times the chart's width the row is higher than that.
    """

    columns: int
    panels: int
    height: float
    title: float
    below: float = 0.0
    widths: float = 0.0


@dataclass(frozen=True)
class Panels:
    """Where the panels of a chart stand: side by side, row by row from the top.

    **Arguments:**

    - `gap`: between two of a row, as a share of the width, or `between`, in pixels.
    - `more`: pixels of the chart's height besides those of its rows.
    - `foot`: below the panels of a row, as a share of the chart's height.
    - `margin`: pixels of its height that Plotly's margins take.
    - `beside`: pixels of the width that are no panel's.
    - `squares`: its panels are squares, beside which the rows have their height.
    - `least`, `most`: pixels of width between which rows grow with it.
    - `fill`: in a lecture's window the chart takes all there is, not only what it needs.
    - `shared`: each has the axes of the figure, whose ticks are told at the left and at the foot.
    """

    rows: tuple[PanelRow, ...]
    gap: float
    more: float
    foot: float = 0.0
    margin: float = 0.0
    beside: float = 0.0
    between: float = 0.0
    squares: bool = False
    least: float = 300.0
    most: float = 10_000.0
    fill: bool = True
    shared: bool = False


def grid(count: int, columns: int, height: float, title: float) -> tuple[PanelRow, ...]:
    """Rows of one kind for so many panels."""
    rows = range(0, max(count, 1), columns)
    return tuple(PanelRow(columns, min(columns, count - at), height, title) for at in rows)


@dataclass(frozen=True)
class FigureSpec:
    """All of a figure but its numbers.

    **Arguments:**

    - `x`, `y`: the axes.
    - `traces`: one style a condition, in the order of the legend.
    - `filename`: of the PNG a visitor downloads, without its ending.
    - `height`: in pixels; smaller on phones, unless it is `fixed`.
    - `revision`: while it stays the same, the visitor's zoom and hidden traces are kept.
    - `scale`: of type, lines and symbols; above 1 for a lecture hall.
    - `zero`: whether a line marks y = 0.
    - `kind`: `lines`; `multiples`, a panel a condition, each beside the first; `heatmap`, a row a
        condition but the first; `representation`, two networks side by side; `map`, a point a
        condition; `phantom`, a picture and what noise leaves of it; `walk`, linear networks along a
        walk; `pairs`, tables of numbers as pictures; `exact`, closed forms and what was drawn;
        `shares`, `tradeoff`, `neurons` and `margins`, the causes of fragility; or `bridge`, a map
        with its laws.
    - `swept`: of multiples, the name in the legend of what changes; `rows`: of a heat map, the
        title of its rows; `across`, `up`: of a map, the measures on its axes; `reference`: of a
        map, the group of the network that the others are held against; `corners`: of a map, what
        a corner means, as `("top left", words)`; `pressable`: whether a point of it can be pressed.
    - `theory`: of lines, what the legend calls those predicted by theory, or empty for none.
    - `focus`: the place on the x axis that is looked at; of margins, the noise scale.
    - `panels`: of a chart of many, where they stand: on a phone, on a page, and where it is wide.
    """

    x: Axis
    y: Axis
    traces: tuple[TraceStyle, ...]
    filename: str
    height: int = 420
    fixed: bool = False
    revision: str = ""
    scale: float = 1.0
    zero: bool = False
    kind: str = "lines"
    swept: str = ""
    rows: str = ""
    across: str = ""
    up: str = ""
    reference: str = ""
    corners: tuple[tuple[str, str], ...] = ()
    pressable: bool = False
    theory: str = ""
    focus: float | None = None
    panels: tuple[Panels, ...] = ()

    def __post_init__(self) -> None:
        keys = [trace.key for trace in self.traces]
        if len(set(keys)) < len(keys):
            raise InvalidValue("FigureSpec.traces", keys, "each key may occur once")
        check_choice("FigureSpec.kind", self.kind, KINDS)


@dataclass(frozen=True)
class Prediction:
    """A curve that is to be predicted on the chart before it is shown.

    **Arguments:**

    - `question`: while it stays the same, what the visitor has sketched is kept.
    - `name`: of the curve.
    - `x`: places along the axis; `start`: errors at them to begin the sketch with.
    - `guess`: what was handed in, or `None`.
    - `drawing`: whether there are points to pull.
    - `words`: beside the button; `button`: on it, or empty for none; `waiting`: on it when pressed.
    - `room`: the WebSocket's path of the class's room, or `None`.
    - `revision`: the round of the room and whether it is revealed, as this page knows them.
    - `band`: whether the band of the class may be seen.
    """

    question: str
    name: str
    x: tuple[float, ...]
    start: tuple[float, ...]
    guess: tuple[float, ...] | None
    drawing: bool
    words: str
    button: str = ""
    waiting: str = "One moment…"
    room: str | None = None
    revision: str = ""
    band: bool = True


@functools.lru_cache(maxsize=256)
def identity(figure: FigureSpec) -> str:
    """Tells one figure from another."""
    return hashlib.sha256(repr(figure).encode()).hexdigest()[:12]


def revision(*axes: Axis) -> str:
    """The zoom is kept while the axes are the same, whatever the strengths."""
    return hashlib.sha256(repr(axes).encode()).hexdigest()[:12]


#: How much larger everything in a chart is in the lecture view.
LECTURE_SCALE = 1.5


def type_scale(lecture: bool) -> float:
    """How much larger everything in a chart is to be, in the lecture view or not."""
    return LECTURE_SCALE if lecture else 1.0
