"""A feature: one page of the lab, as everything sees it that goes over all of them.

A feature is a folder. Its modules are loaded when they are needed, and have what is named here:

- `address`: its [`PageTable`][], loaded at once.
- `page`: `draw(state)`, which draws the whole page below its frame.

Of a page of one study, everything else follows from these:

- `figures`: `traces(study, found)`, what its charts draw of what is found so far, and
  `chart(link, found)`, all of its charts.
- `text`: `report(link, found)`, what a report says around them. It may have `live_table(found)`, a
  table below the chart.

Of other pages that compute something:

- `answer`: `question(link)`, what an address asks for and why some of it is left out; see
  [`answers`][dissociation.web.shell.answers].
- `figures`: `watched_traces(watch)`, if it has a watch of its own.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from types import ModuleType

from dissociation.address.pages import PAGES
from dissociation.address.table import PageTable
from dissociation.core.study import Study


@dataclass(frozen=True)
class Feature:
    """One page.

    - `table`: of its address; `icon`: in the navigation, a name of Material Symbols.
    - `summary`: what there is to see, for the front door; empty of that itself.
    - `package`: its folder; `study`: the kind of study that it is the page of, if it is of one.
    """

    table: PageTable
    icon: str
    summary: str
    package: str
    study: type[Study] | None = None

    def part(self, name: str) -> ModuleType:
        """One of its modules."""
        return importlib.import_module(f"{self.package}.{name}")


#: By the names of their tables, in the order of the navigation.
FEATURES: dict[str, Feature] = {}
#: What draws a watch, by its `feature`: a module with `watched_traces(watch)`.
DRAWN_BY: dict[str, str] = {}


def feature_of(study: Study) -> Feature:
    """The feature that shows a study by itself."""
    return next(feature for feature in FEATURES.values() if feature.study is type(study))


def register(feature: Feature) -> None:
    """Adds a feature to the lab."""
    FEATURES[feature.table.name] = feature
    PAGES[feature.table.name] = feature.table
