"""A lab of its own for each test, and the pages of the app run without a browser."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

from dissociation.address.chains import parse_chain
from dissociation.address.parameter import Parameter
from dissociation.address.pins import Pin
from dissociation.address.predicting import Guess
from dissociation.engine import lab as lab_module
from dissociation.engine.jobs import Jobs
from dissociation.engine.lab import Lab
from dissociation.engine.settings import CACHE_VARIABLE
from dissociation.engine.store import Store
from dissociation.features import show as show_module
from dissociation.web.shell import warm_up
from dissociation.web.shell.state import PageState

ROOT = Path(__file__).parents[1]
PAGES = {
    "start": "app.py",
    "robustness": "pages/1_Robustness.py",
    "transfer": "pages/2_Transfer.py",
    "inputs": "pages/3_Inputs.py",
    "hypothesis": "pages/4_Hypothesis.py",
    "sweep": "pages/5_Sweep.py",
    "representation": "pages/6_Representation.py",
    "map": "pages/7_Map.py",
    "phantom": "pages/8_Phantom.py",
    "linear": "pages/9_Linear.py",
    "causes": "pages/10_Causes.py",
    "bridge": "pages/11_Bridge.py",
}
#: A network that is trained in a moment and measured in another.
TINY = {
    "recipe": "custom",
    "width": "16",
    "epochs": "1",
    "batch": "2048",
    "seeds": "1",
    "images": "200",
    "points": "2",
}


class RecordingLab(Lab):
    """A lab that computes only when told to (`jobs.drain()`), and notes what it was asked for."""

    def __init__(self, folder: Path):
        super().__init__(folder, start=False)
        # Time stands still, so that no lease lapses while a test thinks.
        self.jobs = Jobs(clock=lambda: 0.0, start=False)
        self.curves: list[tuple] = []
        self.trainings: list[tuple] = []
        self.questions: list[Any] = []
        self.ahead: list[Any] = []
        # Few tests want what no visitor has asked for.
        self.idle_work = False
        self.studies: list[tuple] = []

    def watch_curves(self, experiments, pair=None, *, predicted=False):
        self.curves.append(tuple(experiments))
        return super().watch_curves(experiments, pair, predicted=predicted)

    def watch_studies(self, studies, ahead=()):
        self.studies.append(tuple(studies))
        self.ahead = list(ahead)
        return super().watch_studies(studies, ahead if self.idle_work else ())

    def watch_question(self, question):
        self.questions.append(question)
        return super().watch_question(question)

    def watch_training(self, recipe, seeds):
        self.trainings.append((recipe, seeds))
        return super().watch_training(recipe, seeds)


class MemoryStore(Store):
    """A store without a disk, which is much quicker to open; it keeps few entries."""

    def _open(self, compartment: str) -> None:
        pass


def fresh_lab(
    folder: Path, monkeypatch: pytest.MonkeyPatch, store: type[Store] = MemoryStore
) -> RecordingLab:
    """Makes a new lab the lab of this process, and keeps the background from loading another."""
    monkeypatch.setenv(CACHE_VARIABLE, str(folder))
    # Set by every lab, for the JAX of its own process; not for the processes of later tests.
    monkeypatch.setenv("JAX_COMPILATION_CACHE_DIR", str(folder / "compiled"))
    warm_up._begun.set()
    with monkeypatch.context() as patch:
        patch.setattr(lab_module, "Store", store)
        lab = RecordingLab(folder)
    monkeypatch.setattr(lab_module, "_lab", lab)
    return lab


class Visit:
    """One visitor's session on one page: what the page's script does, without a browser."""

    def __init__(self, page: str, query: Mapping[str, Any] | None = None):
        self.page = page
        self.states: list[PageState] = []
        self.test = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
        for name, value in (query or {}).items():
            self.test.query_params[name] = value
        if page != "start":
            self.test.switch_page(PAGES[page])
        self.run()

    def run(self) -> Visit:
        """Runs the script again. **Raises:** `AssertionError` if the page shows an exception."""
        states = self.states

        class Noted(PageState):
            def __init__(self, *arguments):
                super().__init__(*arguments)
                states.append(self)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(show_module, "PageState", Noted)
            # Half the time of a run would go into searching the installed packages for components.
            patch.setattr(manifest_scanner, "scan_component_manifests", list)
            self.test.run()
        assert not self.test.exception, self.test.exception[0].stack_trace
        return self

    def press(self, key: str) -> None:
        """Presses a button of the page by the end of its key, and runs the script."""
        self.test.button(key=f"{self.page}-{key}").click()
        self.run()

    @property
    def parameters(self) -> dict[str, Parameter]:
        """The page's table."""
        return self.states[-1].parameters

    @property
    def values(self) -> dict[str, Any]:
        """The values of the page's parameters, as its script last saw them."""
        return {
            name: self.test.session_state[f"{self.page}|values"][name] for name in self.parameters
        }

    @property
    def query(self) -> dict[str, str]:
        """The page's address, but for its version."""
        # One value as the page writes it, or a list as the visitor gave it.
        query = self.test.query_params.items()
        texts = {name: text if isinstance(text, str) else text[-1] for name, text in query}
        assert texts.pop("v", "1") == "1"
        return texts

    @property
    def notices(self) -> list[str]:
        """What the page warns of, as a reader sees it."""
        return [warning.value.replace("\\", "") for warning in self.test.warning]

    @property
    def errors(self) -> list[str]:
        """What the page says went wrong, as a reader sees it."""
        return [error.value.replace("\\", "") for error in self.test.error]

    def widget(self, name: str) -> Any:
        """The control of a parameter, or `None` if it is not drawn."""
        kinds = ("selectbox", "button_group", "select_slider", "slider", "number_input", "toggle")
        for kind in kinds:
            for widget in self.test.get(kind):
                if widget.key == f"{self.page}-{name}":
                    return widget
        return None

    def watch(self, key: str = "") -> Any:
        """What a chart of the page watches."""
        return self.test.session_state[f"watch|{key or self.page}"][1]

    def text(self) -> str:
        """All Markdown and captions, as a reader sees them."""
        parts = [*self.test.markdown, *self.test.caption]
        return "\n".join(part.value for part in parts).replace("\\", "")


def forget_what_streamlit_remembers() -> None:
    """Empties the caches that all sessions of this process share."""
    st.cache_data.clear()
    st.cache_resource.clear()


def other_value(parameter: Parameter) -> Any:
    """A value of a parameter that is allowed and not the default."""
    default = parameter.default
    if parameter.kind == "coded":
        others = {
            "compose": parse_chain("compose", "scale:3,permute:1"),
            "pin": Pin(parse_chain("pin", "scale:3"), (("key", "5"),)),
            "versus": "trained",
            "strengths": (1.0, 2.5, 4.0),
            "then": parse_chain("then", "scale:3"),
            "predict": "scale",
            "guess": Guess("0123abcd", (0.02, 0.021, 0.05, 0.2, 0.5, 0.9, 0.9, 0.9, 1.0)),
            "room": "BC23",
            "a": parse_chain("a", "scale:3"),
            "b": parse_chain("b", "permute:1,scale:5"),
        }
        return others[parameter.name]
    if parameter.kind == "flag":
        return not default
    if parameter.kind == "choice":
        return next(word for word in parameter.choices if word != default)
    if parameter.kind == "choices":
        return [word for word in parameter.choices if word not in default][:2]
    if parameter.kind == "range":
        return (default[0] * 2, default[1] / 2)
    if parameter.kind == "integer":
        return default + 1 if default < parameter.high else int(default) - 1
    middle = (default + parameter.high) / 2
    return middle if middle != default else (default + parameter.low) / 2
