"""What is alike in all pages that show one study: names, and the script that computes it again."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, Protocol, TypeVar

from dissociation import __version__
from dissociation.address.links import Link


class Study(Protocol):
    """Settings from which everything can be computed again."""

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        ...


S = TypeVar("S", bound=Study)
F = TypeVar("F")


@dataclass(frozen=True)
class StudyExport(Generic[S, F]):
    """A study and its complete findings; see `base.Export`.

    Declaration (class attribute): `template`, the script, with places for the address, the version
    and the study.
    """

    link: Link
    study: S
    found: F

    template: ClassVar[str]

    @property
    def file_name(self) -> str:
        """After the page."""
        return f"dissociation-{self.link.table.name}"

    @property
    def about(self) -> dict[str, str]:
        """What stands at the head of a file of JSON."""
        return {"dissociation": __version__, "address": self.link.path}

    def script(self) -> str:
        """See `base.Export.script`."""
        text = json.dumps(self.study.to_json(), indent=1, allow_nan=False)
        return self.template.format(address=self.link.path, version=__version__, study=text)
