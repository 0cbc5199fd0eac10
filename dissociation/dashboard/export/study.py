"""What is alike in all pages that show one study: names, and the script that computes it again."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import ClassVar, Generic, TypeVar

from dissociation import __version__
from dissociation.address.links import Link
from dissociation.core.study import Result, Study

S = TypeVar("S", bound=Study)
R = TypeVar("R", bound=Result)


@dataclass(frozen=True)
class StudyExport(Generic[S, R]):
    """A study and its complete findings; see `base.Export`.

    Declaration (class attribute): `template`, the script, with places for the address, the version
    and the study.
    """

    link: Link
    study: S
    found: R

    template: ClassVar[str]

    @property
    def file_name(self) -> str:
        """After the page."""
        return f"dissociation-{self.link.table.name}"

    @property
    def about(self) -> dict[str, str]:
        """What stands at the head of a file of JSON."""
        return {"dissociation": __version__, "address": self.link.path}

    def csv(self) -> str:
        """As the command line writes it."""
        return self.found.as_csv()

    def json(self) -> str:
        """All numbers, with the complete study."""
        return self.found.as_json(**self.about)

    def script(self) -> str:
        """See `base.Export.script`."""
        text = json.dumps(self.study.to_json(), indent=1, allow_nan=False)
        return self.template.format(address=self.link.path, version=__version__, study=text)
