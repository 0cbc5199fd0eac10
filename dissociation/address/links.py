"""Addresses of pages: from values to a link, and from a link to values and kind notices."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlencode, urlsplit

from dissociation.address.compare import comparable
from dissociation.address.pages import PAGES, front_door
from dissociation.address.parameter import implied
from dissociation.address.table import Condition, PageTable
from dissociation.core.validation import InvalidValue

#: Raise it when addresses of before would be read differently, and translate those.
VERSION = "1"
VERSION_NAME = "v"
MAX_ADDRESS = 8_000
MAX_FIELDS = 200
#: What others write into links: those who count visitors, and Streamlit for pages in frames.
_FOREIGN = re.compile(
    "(utm|mtm|pk|hsa|mc|vero)_.*|_(ga|gl|hs.*)|[a-z]+clk?id|[gw]braid|igshi?d?|ref|ref_src|ref_url|"
    "referrer|embed|embed_options|streamlit_.*",
    re.IGNORECASE,
)
#: What an ampersand is in HTML, at the front of a name if a link was copied from there.
_COPIED = re.compile("^(amp;|#38;)+")


def write_query(
    table: PageTable, values: Mapping[str, Any], *, without: tuple[str, ...] = ()
) -> dict[str, str]:
    """What the address of a page holds: its version, and the values that are not the defaults.

    Those that make no difference beside the others are left out.

    **Arguments:**

    - `without`: names of parameters to leave out.
    """
    query = {
        parameter.name: parameter.format(values[parameter.name])
        for parameter in table.parameters
        if values[parameter.name] != parameter.default
        and parameter.name not in without
        and parameter.counts(values)
    }
    return {VERSION_NAME: VERSION, **query} if query else {}


def without_foreign(
    table: PageTable, query: Mapping[str, Sequence[str]]
) -> dict[str, Sequence[str]]:
    """What of an address's texts is meant for the page: not what other programs add to links."""
    own = table.defaults
    return {name: texts for name, texts in query.items() if name in own or not _foreign(name)}


def _foreign(name: str) -> bool:
    return _FOREIGN.fullmatch(name) is not None


def read_query(
    table: PageTable, query: Mapping[str, str | Sequence[str]]
) -> tuple[dict[str, Any], list[str]]:
    """The values that the texts of an address give, and what could not be used of it.

    A list may be given in several parts; of anything else that is repeated, the last one counts.

    **Arguments:**

    - `query`: by name, a text or all the texts under that name.

    **Returns:** values of the parameters that were given well and make a difference, and a notice
    for everything else that is meant for the page.
    """
    known = {parameter.name: parameter for parameter in table.parameters}
    values: dict[str, Any] = {}
    notices = []
    given = _texts(query)
    for name, texts in without_foreign(table, given).items():
        text = texts[-1]
        if name == VERSION_NAME:
            if text != VERSION:
                notices.append(
                    f"The address is of version {text[:20]}; this lab reads version {VERSION} and "
                    "took from it what it could."
                )
            continue
        if name not in known:
            notices.append(
                f"The address has a parameter “{name[:40]}” that this page does not know; "
                "it was left out."
            )
            continue
        parameter = known[name]
        if parameter.listed:
            text = ",".join(filter(None, texts))
        elif len(set(texts)) > 1:
            notices.append(
                f"The address gives “{name}” {len(texts)} times; the page uses the last one."
            )
        try:
            values[name] = parameter.parse(text)
        except InvalidValue as problem:
            default = parameter.format(parameter.default) or "none"
            notices.append(f"{problem} The page uses {default} instead.")
    meant = {name: word for name, word in implied(known, values).items() if name not in given}
    return _counting(table, {**values, **meant}, notices)


def _texts(query: Mapping[str, str | Sequence[str]]) -> dict[str, Sequence[str]]:
    found: dict[str, list[str]] = {}
    for name, texts in query.items():
        own = found.setdefault(_COPIED.sub("", name), [])
        own.extend([texts] if isinstance(texts, str) else texts)
    return dict(found)


def _counting(
    table: PageTable, values: dict[str, Any], notices: list[str]
) -> tuple[dict[str, Any], list[str]]:
    """Values without those that make no difference, and a notice more for each of these."""
    everything = {**table.defaults, **values}
    idle = [q for q in table.parameters if q.name in values and not q.counts(everything)]
    for parameter in idle:
        del values[parameter.name]
        needs = parameter.unmet(everything)
        notices.append(f"“{parameter.name}” counts only with {needs}; it was left out.")
    return values, notices


class Link(NamedTuple):
    """A page and all of its values."""

    table: PageTable
    values: Mapping[str, Any]

    @classmethod
    def of(cls, page: str, **values: Any) -> Link:
        """A page by name, with its defaults but for these values."""
        table = PAGES[page]
        return cls(table, {**table.defaults, **values})

    @property
    def query(self) -> dict[str, str]:
        """As in the address; see [`write_query`][]."""
        return write_query(self.table, self.values)

    @property
    def path(self) -> str:
        """Relative to the root of the app, such as `/Robustness?v=1&scale=50`."""
        page = "/" if self.table is front_door() else f"/{self.table.title}"
        return f"{page}?{urlencode(self.query)}" if self.query else page


def curves_of(link: Link) -> tuple[list[Condition], list[str]]:
    """The conditions of a link's page, and why others do not fit on its chart.

    All of them: which may be seen before a prediction is a matter of
    [`uncovered`][dissociation.address.predicting.uncovered].

    **Raises:** `InvalidValue` if the page has no curves, or its values contradict each other.
    """
    if link.table.conditions is None:
        curves = " or ".join(table.title for table in PAGES.values() if table.conditions)
        raise InvalidValue("address", link.path, f"name a page with curves, {curves}")
    return comparable(link.table.conditions(link.values))


def read_address(address: str) -> tuple[Link, list[str]]:
    """The page and values that an address means, wherever the app is served.

    **Arguments:**

    - `address`: a whole URL, or its path and query.

    **Returns:** the link, and a notice for everything in the address that could not be used.

    **Raises:** `InvalidValue` if it is no address of this lab.
    """
    if len(address) > MAX_ADDRESS:
        raise InvalidValue("address", address, f"give at most {MAX_ADDRESS:,} characters")
    try:
        parts = urlsplit(address)
        texts = parse_qs(parts.query, keep_blank_values=True, max_num_fields=MAX_FIELDS)
    except ValueError as problem:
        raise InvalidValue("address", address, "give an address of this lab") from problem
    last = parts.path.rstrip("/").rpartition("/")[2].lower()
    if last and last not in PAGES:
        known = ", ".join(page.title for page in PAGES.values())
        raise InvalidValue("address", address, f"name one of the pages {known}")
    table = PAGES[last] if last else front_door()
    values, notices = read_query(table, texts)
    return Link(table, {**table.defaults, **values}), notices
