"""Robustness: the error of networks of equal function under noise on inputs or parameters."""

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
from dissociation.measures import InputNoise, ParameterNoise

MEASURE = p.Parameter(
    "measure",
    "Noise on",
    p.CHOICE,
    "parameter_noise",
    choices={"parameter_noise": "the parameters", "input_noise": "the inputs"},
)
SHOW = p.show_parameter(REGISTRY, ("scale", "duplicate", "nuisance", "input_null"))


def _measure(values: dict) -> InputNoise | ParameterNoise:
    if values["measure"] == "input_noise":
        return InputNoise(values["images"], *values["input_range"], values["points"])
    return ParameterNoise(
        values["images"],
        *values["parameter_range"],
        values["points"],
        values["mode"],
        values["layers"],
        values["draws"],
    )


frame("Robustness")
state = PageState(
    "robustness",
    [
        MEASURE,
        SHOW,
        *p.strength_parameters(REGISTRY),
        p.INPUT_RANGE,
        p.PARAMETER_RANGE,
        p.POINTS,
        p.IMAGES,
        p.MODE,
        p.NOISY,
        p.DRAWS,
        p.ANYWAY,
        p.ERROR_AXIS,
        *p.network_parameters(),
    ],
)
with st.sidebar:
    on_inputs = control(state, "measure") == "input_noise"
    control(state, "input_range" if on_inputs else "parameter_range")
    chosen = condition_controls(state)
    further = ("anyway",) if on_inputs else ("mode", "layers", "draws")
    group(state, "Noise and images", "grain", (*further, "points", "images", "axis"))
    network_controls(state)
    reset_button(state)

st.title("Robustness")
st.markdown(
    "All networks below compute the same function as the trained ones. "
    + (
        "Noise is added to every **pixel**; rewrites that are exact everywhere cannot differ here."
        if on_inputs
        else "Noise is added to every **weight**; here they part."
    )
)
state.show_notices()
values = state.values()
try:
    conditions = [(), *((p.manipulation_of(name, values),) for name in chosen)]
    experiments = [
        Experiment(
            _measure(values),
            steps,
            p.recipe_of(values),
            values["seeds"],
            values["key"],
            on_inputs and values["anyway"],
        )
        for steps in conditions
    ]
except InvalidValue as problem:
    st.error(plain(str(problem)), icon=":material/error:")
else:
    curve_panel("robustness", experiments, height=520, error_axis=values["axis"])
state.write()
finish()
