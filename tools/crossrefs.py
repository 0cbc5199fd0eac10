"""Leads cross references of docstrings, such as ``[`Study.memory`][]``, to what they name.

A name is looked for where Python would find it: in the object itself, around it, among what its
module imports, and in the classes it derives from; last among the names that one module alone
defines. What is not found is left as it is, and `make docs` fails.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from griffe import (
    AliasResolutionError,
    Class,
    CyclicAliasError,
    Extension,
    GriffeLoader,
    Module,
    NameResolutionError,
    Object,
)

#: Brackets of text, then of a name, or empty ones where the text is the name.
REFERENCE = re.compile(r"\[(`?)([\w.]+)\1\]\[([\w.]*)\](?!\()")


def everything_in(parent: Object) -> Iterator[Object]:
    """An object with all that is defined in it."""
    yield parent
    for member in parent.members.values():
        if not member.is_alias:
            yield from everything_in(member)


class CrossReferences(Extension):
    """Writes the whole path of each name into the docstrings of a package."""

    def on_package(self, *, pkg: Module, loader: GriffeLoader, **_: Any) -> None:
        """See Griffe's."""
        objects = list(everything_in(pkg))
        of_modules = [one for one in objects if one.parent and one.parent.is_module]
        times = Counter(one.name for one in of_modules)
        defined = {one.name: one.path for one in of_modules if times[one.name] == 1}
        for one in objects:
            if one.docstring is not None:

                def led(found: re.Match[str], scope: Object = one) -> str:
                    path = self._path(found[3] or found[2], scope, defined, loader)
                    return f"[{found[1]}{found[2]}{found[1]}][{path}]" if path else found[0]

                one.docstring.value = REFERENCE.sub(led, one.docstring.value)

    def _path(
        self, name: str, scope: Object, defined: dict[str, str], loader: GriffeLoader
    ) -> str | None:
        first, _, rest = name.partition(".")
        for candidate in self._candidates(first, scope, defined):
            path = f"{candidate}.{rest}" if rest else candidate
            try:
                return loader.modules_collection[path].canonical_path
            except (KeyError, AliasResolutionError, CyclicAliasError):
                continue
        return None

    def _candidates(self, first: str, scope: Object, defined: dict[str, str]) -> Iterator[str]:
        try:
            yield scope.resolve(first)
        except NameResolutionError:
            pass
        around: Object | None = scope
        while around is not None:
            if isinstance(around, Class):
                for base in around.mro():
                    if base.name == first:
                        yield base.path
                    if first in base.members:
                        yield f"{base.path}.{first}"
            around = around.parent
        if first in defined:
            yield defined[first]
        # A whole path.
        yield first
