"""The points of the bridge."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from dissociation import bridge_files
from dissociation.address.names import side_name
from dissociation.cli.text_tables import aligned
from dissociation.cli.work import Part
from dissociation.core.theory.bridge import Candidate, Point
from dissociation.engine.bridge_watch import BridgeWatch, stored_point
from dissociation.engine.lab import Lab
from dissociation.engine.library import Library


@dataclass(frozen=True)
class BridgeWork:
    """Points of the bridge: of those `candidates` that are wanted, and whatever else is stored."""

    candidates: list[Candidate]
    noun = "networks"

    def names(self) -> list[str]:
        """The networks."""
        return [side_name(candidate.side) for candidate in self.candidates]

    def parts(self) -> list[Part]:
        """All together, as a page asks for them."""
        watch = partial(Lab.watch_bridge, candidates=self.candidates, compute=True)
        count = len(self.candidates)
        return [Part(list(range(count)), float(count), watch, _points)]

    def stored(self, library: Library) -> list[Point | tuple[()] | None]:
        """Points whose curves and norms are complete; `()` for others that nobody asks for."""
        found = ((c, stored_point(library, c)) for c in self.candidates)
        return [() if point is None and not c.wanted else point for c, point in found]

    def check_csv(self) -> None:
        """They always fit."""

    def as_text(self, results: Sequence[Point | tuple[()]]) -> str:
        """A row a network."""
        rows = [
            [text if isinstance(text, str) else _number(text) for text in row]
            for row in bridge_files.bridge_rows(_known(results))
        ]
        return aligned([list(bridge_files.BRIDGE), *rows]) + "\n"

    def as_csv(self, results: Sequence[Point | tuple[()]]) -> str:
        """As the page gives it."""
        return bridge_files.bridge_csv(_known(results))

    def as_json(self, results: Sequence[Point | tuple[()]]) -> str:
        """All that was found, with the complete experiments."""
        return bridge_files.bridge_json(_known(results))


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.4g}"


def _points(watch: BridgeWatch) -> list[Point | tuple[()]]:
    points = watch.points()
    return [points.get(number, ()) for number in range(len(watch.candidates))]


def _known(results: Sequence[Point | tuple[()]]) -> list[Point]:
    return [point for point in results if isinstance(point, Point)]
