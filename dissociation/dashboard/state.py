"""A page's values: in the address, in the controls and between visits, kept in step.

The address wins when a visitor arrives or goes back; the controls win whenever one was just moved
(the address the script sees can then still be the one before). Values at their defaults are left
out of the address. What the address asks for and cannot have becomes a notice, and the default; the
notice stays until a control is moved, as the script runs again whenever a chart is complete.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import streamlit as st

from dissociation.dashboard.parameters import CHOICES, RANGE, Parameter
from dissociation.errors import InvalidValue

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

    - `page`: its name; keys of its controls begin with it.
    - `parameters`: its table.
    """

    def __init__(self, page: str, parameters: Sequence[Parameter]):
        self.page = page
        self.parameters = {parameter.name: parameter for parameter in parameters}
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
        query = {name: st.query_params.get_all(name)[-1] for name in st.query_params}
        remembered = st.session_state.get(self._memory("values"))
        if remembered is None:
            self._seed({**self._defaults(), **self._parse(query)})
        elif self._moved(remembered):
            self.notices = []
            self._seed(remembered)
        elif query and query != st.session_state.get(self._memory("query")):
            self._seed({**self._defaults(), **self._parse(query)}, force=True)
        elif not query and not self._present():
            self.notices = []
            self._seed(remembered)
        elif not query and st.session_state.get(self._memory("query")):
            self.notices = []
            self._seed(self._defaults(), force=True)
        else:
            self._seed(remembered)

    def _present(self) -> bool:
        # Streamlit forgets a page's button once another page was shown; what was seeded for
        # controls that were not drawn it keeps, so those tell nothing.
        return self.key("reset") in st.session_state

    def _defaults(self) -> dict[str, Any]:
        return {name: parameter.default for name, parameter in self.parameters.items()}

    def _seed(self, values: dict[str, Any], *, force: bool = False) -> None:
        for name, value in values.items():
            key = self.key(name)
            if force or key not in st.session_state:
                st.session_state[key] = value
            else:
                # Assigning a control its own value keeps it alive while it is not drawn.
                st.session_state[key] = st.session_state[key]

    def _parse(self, query: dict[str, str]) -> dict[str, Any]:
        found = {}
        self.notices = []
        for name, text in query.items():
            if name not in self.parameters:
                self.notices.append(
                    f"The address has a parameter “{name[:40]}” that this page does not know; "
                    "it was left out."
                )
                continue
            try:
                found[name] = self.parameters[name].parse(text)
            except InvalidValue as problem:
                parameter = self.parameters[name]
                default = parameter.format(parameter.default) or "none"
                self.notices.append(f"{problem} The page uses {default} instead.")
        return found

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

    def show_notices(self) -> None:
        """Says what in the address could not be used."""
        for notice in self.notices:
            st.warning(plain(notice), icon=":material/info:")

    def write(self) -> None:
        """Writes the values that differ from their defaults into the address."""
        values = self.values()
        query = {
            name: parameter.format(values[name])
            for name, parameter in self.parameters.items()
            if values[name] != parameter.default
        }
        st.session_state[self._memory("values")] = values
        st.session_state[self._memory("query")] = query
        if query != {name: st.query_params.get_all(name)[-1] for name in st.query_params}:
            st.query_params.from_dict(query)

    def reset(self) -> None:
        """Sets everything back to its default; for a button's callback."""
        st.session_state[self._memory("notices")] = []
        self._seed(self._defaults(), force=True)
