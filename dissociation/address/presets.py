"""Named experiments: a link each, with what to expect and why."""

from __future__ import annotations

from dataclasses import dataclass

from dissociation.address.links import Link
from dissociation.core.validation import InvalidValue


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


#: By name; filled by `dissociation.features`.
PRESETS: dict[str, Preset] = {}


def preset(name: str) -> Preset:
    """A preset by name. **Raises:** `InvalidValue` with the names there are."""
    if name not in PRESETS:
        raise InvalidValue("preset", name, "choose one of " + ", ".join(PRESETS))
    return PRESETS[name]


def preset_of(link: Link) -> Preset | None:
    """The preset whose page and values these are, however they are viewed."""
    wanted = _measured(link)
    alike = (known for known in PRESETS.values() if known.link.table is link.table)
    return next((known for known in alike if _measured(known.link) == wanted), None)


def _measured(link: Link) -> dict[str, str]:
    aside = ("view", "hide", "lock", "tour", "axis", "v")
    return {name: text for name, text in link.query.items() if name not in aside}
