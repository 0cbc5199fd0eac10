"""A lab for the dissociation of function and representation in neural networks.

The public API, re-exported from the modules that define it; loaded on first use, so that importing
the package is instant and JAX is loaded only when something is computed.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dissociation.comparing import ComparisonResult, compare
    from dissociation.comparison import Comparison, NetworkSpec, Side, contrast_from_json
    from dissociation.datasets import mnist_test, mnist_train
    from dissociation.errors import DamagedData, InvalidValue
    from dissociation.experiment import Experiment, from_json
    from dissociation.function_checks import FunctionCheck, function_check
    from dissociation.linear.study import LinearStudy, linear_from_json, study_linear
    from dissociation.manipulations import (
        Balance,
        Duplicate,
        HiddenNull,
        InputNull,
        Manipulation,
        Nuisance,
        Permute,
        Phantom,
        Rescale,
        Scale,
        apply_all,
    )
    from dissociation.measures import Curve, InputNoise, Measure, ParameterNoise, Transfer
    from dissociation.mlp import ensemble, from_mlp, to_mlp
    from dissociation.network import Network, logits, seed_key
    from dissociation.null_spaces import NullSpace, input_null_space, null_space
    from dissociation.phantoms import PhantomStudy, phantom_from_json, study_phantom
    from dissociation.runner import run
    from dissociation.statistics import Summary, summarise
    from dissociation.theory import Prediction, predicted_curve
    from dissociation.theory.causes import NoiseDecomposition, causes_from_json, study_causes
    from dissociation.theory.norms import network_norms
    from dissociation.training import PAPER, QUICK, Recipe, train, trained

__version__ = "0.1.0"

_HOME = {
    "comparing": ("ComparisonResult", "compare"),
    "comparison": ("Comparison", "NetworkSpec", "Side", "contrast_from_json"),
    "datasets": ("mnist_test", "mnist_train"),
    "errors": ("DamagedData", "InvalidValue"),
    "experiment": ("Experiment", "from_json"),
    "function_checks": ("FunctionCheck", "function_check"),
    "linear.study": ("LinearStudy", "linear_from_json", "study_linear"),
    "manipulations": (
        "Balance",
        "Duplicate",
        "HiddenNull",
        "InputNull",
        "Manipulation",
        "Nuisance",
        "Permute",
        "Phantom",
        "Rescale",
        "Scale",
        "apply_all",
    ),
    "measures": ("Curve", "InputNoise", "Measure", "ParameterNoise", "Transfer"),
    "mlp": ("ensemble", "from_mlp", "to_mlp"),
    "network": ("Network", "logits", "seed_key"),
    "null_spaces": ("NullSpace", "input_null_space", "null_space"),
    "phantoms": ("PhantomStudy", "phantom_from_json", "study_phantom"),
    "runner": ("run",),
    "statistics": ("Summary", "summarise"),
    "theory": ("Prediction", "predicted_curve"),
    "theory.causes": ("NoiseDecomposition", "causes_from_json", "study_causes"),
    "theory.norms": ("network_norms",),
    "training": ("PAPER", "QUICK", "Recipe", "train", "trained"),
}
_MODULE_OF = {name: module for module, names in _HOME.items() for name in names}
__all__ = sorted(_MODULE_OF)


def __getattr__(name: str) -> Any:
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_MODULE_OF[name]}"), name)


def __dir__() -> list[str]:
    return __all__
