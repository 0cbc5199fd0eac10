"""A page's values: in the address, in the controls and between visits, kept in step.

The address wins when a visitor arrives or goes back; the controls win whenever one was just moved
(the address the script sees can then still be the one before). Values at their defaults are left
out of the address. What the address asks for and cannot have becomes a notice, and the default; the
notice stays until a control is moved, as the script runs again whenever a chart is complete.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import streamlit as st

from dissociation.address.links import (
    VERSION,
    VERSION_NAME,
    read_query,
    without_foreign,
    write_query,
)
from dissociation.address.parameter import CHOICES, RANGE
from dissociation.address.table import PageTable
from dissociation.address.view import ALL, LECTURE

#: What a visitor came with and did not set.
KEPT_BY_RESET = ("view", "hide", "lock", "tour", "predict", "room")
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~$:&])")


def plain(text: str) -> str:
    """Text from outside, such that Markdown shows it as it is."""
    return _MARKDOWN.sub(r"\\\1", text)


def last_address(page: str) -> dict[str, str]:
    """What this visitor's address held when they last saw a page; empty if they never did."""
    return st.session_state.get(f"{page}|query", {})


class PageState:
    """The values of one page in this visitor's session.

    **Arguments:**

    - `table`: of the page; keys of its controls begin with its name.
    """

    def __init__(self, table: PageTable):
        self.table = table
        self.page = table.name
        self.parameters = {parameter.name: parameter for parameter in table.parameters}
        self.notices: list[str] = st.session_state.get(self._memory("notices"), [])
        self._read()
        st.session_state[self._memory("notices")] = self.notices

    def key(self, name: str) -> str:
        """The session key of a control."""
        return f"{self.page}-{name}"

    def _memory(self, what: str) -> str:
        return f"{self.page}|{what}"

    def _moved(self, remembered: dict[str, Any]) -> bool:
        return any(
            self.key(name) in st.session_state and st.session_state[self.key(name)] != value
            for name, value in remembered.items()
        )

    def _read(self) -> None:
        query = self._address()
        remembered = st.session_state.get(self._memory("values"))
        if remembered is None:
            self._seed({**self.table.defaults, **self._parse(query)})
        elif self._moved(remembered):
            self.notices = []
            self._seed(remembered)
        elif query and query != st.session_state.get(self._memory("query")):
            self._seed({**self.table.defaults, **self._parse(query)}, force=True)
        elif not query and not self._present():
            self.notices = []
            self._seed(remembered)
        elif not query and st.session_state.get(self._memory("query")):
            self.notices = []
            self._seed(self.table.defaults, force=True)
        else:
            self._seed(remembered)

    def _present(self) -> bool:
        # Streamlit forgets a page's button once another page was shown; what was seeded for
        # controls that were not drawn it keeps, so those tell nothing.
        return self.key("reset") in st.session_state

    def _seed(self, values: dict[str, Any], *, force: bool = False) -> None:
        for name, value in values.items():
            key = self.key(name)
            if force or key not in st.session_state:
                st.session_state[key] = value
            else:
                # Assigning a control its own value keeps it alive while it is not drawn.
                st.session_state[key] = st.session_state[key]

    def _parse(self, query: Mapping[str, str | list[str]]) -> dict[str, Any]:
        found, self.notices = read_query(self.table, query)
        return found

    def _address(self) -> dict[str, str | list[str]]:
        """What the address holds for the page: a text each, or several where it is repeated."""
        texts = {name: st.query_params.get_all(name) for name in st.query_params}
        own = without_foreign(self.table, texts)
        return {name: found[0] if len(found) == 1 else list(found) for name, found in own.items()}

    def __getitem__(self, name: str) -> Any:
        return st.session_state[self.key(name)]

    def values(self) -> dict[str, Any]:
        """All values by name."""
        found = {}
        for name, parameter in self.parameters.items():
            value = self[name]
            if parameter.kind == RANGE:
                value = tuple(value)
            found[name] = list(value) if parameter.kind == CHOICES else value
        return found

    def put(self, name: str, value: Any) -> None:
        """Sets a value that has no control of its own, or before its control is drawn."""
        self.notices = []
        st.session_state[self._memory("notices")] = []
        st.session_state[self.key(name)] = value

    def hidden(self, name: str) -> bool:
        """Whether the address hides a control; it keeps its value."""
        return self._teacher("hide", name)

    def locked(self, name: str) -> bool:
        """Whether the address locks a control: it is seen, but cannot be moved."""
        return self._teacher("lock", name)

    def _teacher(self, what: str, name: str) -> bool:
        named = self[what] if what in self.parameters else ()
        return ALL in named or name in named

    @property
    def lecture(self) -> bool:
        """Whether the page is to be read from the back row."""
        return "view" in self.parameters and self["view"] == LECTURE

    def show_notices(self) -> None:
        """Says what in the address could not be used."""
        for notice in self.notices:
            st.warning(plain(notice), icon=":material/info:")

    def write(self) -> None:
        """Writes the values that differ from their defaults into the address."""
        values = self.values()
        query = write_query(self.table, values)
        before = st.session_state.get(self._memory("query"), query)
        st.session_state[self._memory("values")] = values
        st.session_state[self._memory("query")] = query
        now = self._address()
        # An address that only lacks its version stays: writing it anew would trap Back.
        wanted = query not in (now, {VERSION_NAME: VERSION, **now})
        # A link from a page to itself changes what the script sees, but not the browser's address.
        if wanted or query != before:
            st.query_params.from_dict(query)

    def reset(self) -> None:
        """Sets everything that can be moved back to its default; for a button's callback."""
        st.session_state[self._memory("notices")] = []
        kept = {name: self[name] for name in KEPT_BY_RESET if name in self.parameters}
        self._seed({**self.table.defaults, **kept}, force=True)
