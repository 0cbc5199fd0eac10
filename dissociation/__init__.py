"""A lab for the dissociation of function and representation in neural networks.

The public API, re-exported from the modules that define it; loaded on first use, so that importing
the package is instant and JAX is loaded only when something is computed.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dissociation.core.data.datasets import mnist_test, mnist_train
    from dissociation.core.experiment import Experiment, from_json
    from dissociation.core.installation import __version__
    from dissociation.core.linear.study import LinearStudy, linear_from_json, study_linear
    from dissociation.core.manipulations import (
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
    from dissociation.core.measures import Curve, InputNoise, Measure, ParameterNoise, Transfer
    from dissociation.core.networks.function_checks import FunctionCheck, function_check
    from dissociation.core.networks.mlp import ensemble, from_mlp, to_mlp
    from dissociation.core.networks.network import Network, logits, seed_key
    from dissociation.core.networks.null_spaces import NullSpace, input_null_space, null_space
    from dissociation.core.networks.training import PAPER, QUICK, Recipe, train, trained
    from dissociation.core.phantom.study import PhantomStudy, phantom_from_json, study_phantom
    from dissociation.core.similarity.comparison import (
        Comparison,
        ComparisonResult,
        NetworkSpec,
        Side,
        contrast_from_json,
    )
    from dissociation.core.statistics.hypothesis import PairedComparison, compare_curves
    from dissociation.core.statistics.summary import Summary, summarise
    from dissociation.core.theory import Prediction, predicted_curve
    from dissociation.core.theory.causes import NoiseDecomposition, causes_from_json, study_causes
    from dissociation.core.theory.norms import network_norms
    from dissociation.core.validation import DamagedData, InvalidValue
    from dissociation.python.found import Found, beside
    from dissociation.python.lab import Lab, compare, run

_HOME = {
    "core.similarity.comparison": (
        "Comparison",
        "ComparisonResult",
        "NetworkSpec",
        "Side",
        "contrast_from_json",
    ),
    "core.data.datasets": ("mnist_test", "mnist_train"),
    "core.validation": ("DamagedData", "InvalidValue"),
    "core.experiment": ("Experiment", "from_json"),
    "core.installation": ("__version__",),
    "core.networks.function_checks": ("FunctionCheck", "function_check"),
    "core.linear.study": ("LinearStudy", "linear_from_json", "study_linear"),
    "core.manipulations": (
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
    "core.measures": ("Curve", "InputNoise", "Measure", "ParameterNoise", "Transfer"),
    "core.networks.mlp": ("ensemble", "from_mlp", "to_mlp"),
    "core.networks.network": ("Network", "logits", "seed_key"),
    "core.networks.null_spaces": ("NullSpace", "input_null_space", "null_space"),
    "core.phantom.study": ("PhantomStudy", "phantom_from_json", "study_phantom"),
    "python.found": ("Found", "beside"),
    "python.lab": ("Lab", "compare", "run"),
    "core.statistics.hypothesis": ("PairedComparison", "compare_curves"),
    "core.statistics.summary": ("Summary", "summarise"),
    "core.theory": ("Prediction", "predicted_curve"),
    "core.theory.causes": ("NoiseDecomposition", "causes_from_json", "study_causes"),
    "core.theory.norms": ("network_norms",),
    "core.networks.training": ("PAPER", "QUICK", "Recipe", "train", "trained"),
}
_MODULE_OF = {name: module for module, names in _HOME.items() for name in names}
__all__ = sorted(name for name in _MODULE_OF if not name.startswith("_"))


def __getattr__(name: str) -> Any:
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_MODULE_OF[name]}"), name)


def __dir__() -> list[str]:
    return __all__
