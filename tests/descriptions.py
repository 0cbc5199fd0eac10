"""What a description in JSON may hold: manipulations and recipes, and what should not be there."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from dissociation.core.manipulations import Duplicate, InputNull, Nuisance, Scale
from dissociation.core.networks.training import Recipe

STEPS = st.one_of(
    st.builds(Scale, st.floats(0.01, 1000), st.sampled_from([1, 2])),
    st.builds(Duplicate, st.floats(1, 1.5)),
    st.builds(Nuisance, st.integers(1, 50), group=st.integers(1, 8)),
    st.builds(InputNull, st.floats(0, 10), images=st.sampled_from(["test", "train"])),
)
RECIPES = st.builds(
    Recipe,
    epochs=st.integers(0, 100),
    batch=st.integers(8, 4096),
    learning_rate=st.floats(0.01, 10),
    final_learning_rate=st.floats(0, 0.01),
    width=st.integers(16, 1000),
)
#: Numbers that JSON can carry and floats cannot.
HUGE = 10**400
#: What a description might hold in the wrong place.
HOSTILE = [
    *(None, True, False, 0, 1, 2, -1, 10, 10**6, HUGE, -HUGE),
    *(0.0, 1.0, 2.0, 3.0, 64.0, 200.0, 1e-300, 1e308, 0.5, math.nan, math.inf, -math.inf),
    *("", "1", "2", "12", "scale", "input_noise", "test", "identical", "relative", "💥" * 50),
    *([], [1], ["123"], {}, {"name": "scale"}, {"a": 1}, [[]], {"": None}),
]
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(HOSTILE),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.text(max_size=8) | st.sampled_from(["name", "layer"]), inner, max_size=3
        )
    ),
    max_leaves=8,
)


def refuse_hostile(described: dict, parts: list[list], check: Callable[[dict], None]) -> None:
    """Puts every hostile value in turn at every place of a good description.

    **Arguments:**

    - `parts`: the places, each as the keys and positions that lead to it.
    - `check`: raises unless a description is refused kindly, or sound.
    """
    wrong = []
    for *above, name in parts:
        for value in HOSTILE:
            values = copy.deepcopy(described)
            holder: Any = values
            for part in above:
                holder = holder[part]
            holder[name] = value
            try:
                check(values)
            except Exception as problem:
                wrong.append(f"{above} {name} = {value!r:.20}: {problem!r:.60}")
    assert not wrong, "\n".join(wrong)
