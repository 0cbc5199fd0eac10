"""Transfer: how well the rewritten hidden layer can be read for a task it was not trained for."""

from dataclasses import replace

import streamlit as st

from dissociation.dashboard import parameters as p
from dissociation.dashboard.controls import (
    condition_controls,
    control,
    group,
    network_controls,
    reset_button,
)
from dissociation.dashboard.frame import finish, frame
from dissociation.dashboard.panels import curve_panel
from dissociation.dashboard.state import PageState, plain
from dissociation.errors import InvalidValue
from dissociation.experiment import Experiment
from dissociation.manipulations import REGISTRY
from dissociation.measures import Transfer

SHOW = p.show_parameter(REGISTRY, ("scale", "duplicate", "nuisance"))
#: The notebook's strengths for transfer, weaker than those of its noise panels.
STRENGTHS = {"scale": 20.0, "duplicate": 1.2, "nuisance": 128}

frame("Transfer")
state = PageState(
    "transfer",
    [
        p.TASK,
        p.PROBE,
        SHOW,
        *p.strength_parameters(REGISTRY, STRENGTHS),
        p.BUDGETS,
        replace(p.IMAGES, default=4_000),
        p.SPLIT,
        replace(p.ERROR_AXIS, default="linear"),
        *p.network_parameters(),
    ],
)
with st.sidebar:
    control(state, "task")
    control(state, "probe")
    chosen = condition_controls(state)
    group(state, "Budgets and images", "grain", ("points", "images", "split", "axis"))
    network_controls(state)
    reset_button(state)

st.title("Transfer")
st.markdown(
    "A linear probe reads the second hidden layer for a **new task**, from more and more images. "
    "The function is the same in all conditions; what the layer offers to a new reader may not be."
)
state.show_notices()
values = state.values()
try:
    measure = Transfer(
        values["images"], values["points"], values["task"], values["probe"], values["split"]
    )
    conditions = [(), *((p.manipulation_of(name, values),) for name in chosen)]
    experiments = [
        Experiment(measure, steps, p.recipe_of(values), values["seeds"], values["key"])
        for steps in conditions
    ]
except InvalidValue as problem:
    st.error(plain(str(problem)), icon=":material/error:")
else:
    curve_panel("transfer", experiments, height=520, error_axis=values["axis"])
state.write()
finish()
