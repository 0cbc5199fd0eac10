"""JAX's settings that change numbers, and the values of them for which the lab's numbers hold.

Results are stored under a digest of the experiment. JAX's settings are not in it, so that a lab
under other settings would hand wrong numbers to everyone after it. Such settings are refused: those
of the environment when the server or the command line starts, and those that a script has made
whenever it has the lab compute.
"""

from __future__ import annotations

import functools
import importlib
import os
from enum import Enum
from typing import Any

from dissociation.core.validation import InvalidValue

#: What each setting may be. Its variable in the environment has the same name in capitals.
#: Whatever else `jax.config` has makes no difference, or an exception, but never another number.
RIGHT: dict[str, tuple[Any, ...]] = {
    # Which numbers are drawn.
    "jax_default_prng_impl": ("threefry2x32",),
    "jax_enable_custom_prng": (False,),
    "jax_high_dynamic_range_gumbel": (False,),
    "jax_legacy_prng_key": ("allow", "warn"),
    "jax_random_seed_offset": (0,),
    "jax_threefry_partitionable": (True,),
    # How precisely is computed.
    "jax_default_matmul_precision": (None, "highest", "float32"),
    "jax_enable_x64": (False,),
    # Where, and by which program: the order of sums, and with it the last digits.
    "jax_custom_vjp3": (False,),
    "jax_default_device": (None,),
    "jax_disable_jit": (False,),
    "jax_disable_most_optimizations": (False,),
    "jax_exec_time_optimization_effort": (0.0,),
    "jax_optimization_level": ("UNKNOWN",),
    "jax_platform_name": ("", "cpu"),
    "jax_platforms": (None, "", "cpu"),
    "jax_scan3": (False,),
    "jax_softmax_custom_jvp": (False,),
    "jax_use_direct_linearize": (True,),
    "jax_xla_backend": ("",),
    # A measure that is undefined is NaN; these make an exception of it.
    "jax_debug_infs": (False,),
    "jax_debug_nans": (False,),
    "jax_error_checking_behavior_divide": ("ignore",),
    "jax_error_checking_behavior_nan": ("ignore",),
    "jax_error_checking_behavior_oob": ("ignore",),
}
#: XLA has hundreds of flags, and no list of those that change numbers: these begin harmless ones.
HARMLESS_FLAGS = (
    "--xla_dump_",
    "--xla_force_host_platform_device_count",
    "--xla_gpu_",
    "--xla_tpu_",
)
_SPELLED = {
    True: ("y", "yes", "t", "true", "on", "1"),
    False: ("n", "no", "f", "false", "off", "0"),
}


def check_environment() -> None:
    """Looks at the environment as JAX will read it, without importing JAX.

    **Raises:** `InvalidValue` for the first variable with which numbers would not be the lab's.
    """
    for name, right in RIGHT.items():
        text = os.environ.get(name.upper())
        if text is not None and not any(_spells(text.strip(), value) for value in right):
            raise InvalidValue(name.upper(), text[:80], f"unset it; {_allowed(right)}")
    _check_flags()


def check_configuration() -> None:
    """Looks at `jax.config` as it is in this thread.

    **Raises:** `InvalidValue` for the first setting with which numbers would not be the lab's.
    """
    config = importlib.import_module("jax").config
    for name, right in RIGHT.items():
        # JAX gives as attributes those that a thread can have of its own, and reads the others.
        value = getattr(config, name) if hasattr(config, name) else config.read(name)
        if value not in right and not (isinstance(value, Enum) and value.value in right):
            raise InvalidValue(name, value, _allowed(right))
    _check_device()


@functools.cache
def _check_device() -> None:
    _check_flags()
    device = importlib.import_module("jax").default_backend()
    if device != "cpu":
        allowed = "set it to cpu: the lab's numbers are those of the processor"
        raise InvalidValue("JAX_PLATFORMS", os.environ.get("JAX_PLATFORMS", ""), allowed)


def _check_flags() -> None:
    for flag in os.environ.get("XLA_FLAGS", "").split():
        if not flag.startswith(HARMLESS_FLAGS):
            allowed = "it may change the lab's numbers; unset it, or leave out all flags but those "
            raise InvalidValue("XLA_FLAGS", flag, allowed + ", ".join(HARMLESS_FLAGS))


def _spells(text: str, value: Any) -> bool:
    if isinstance(value, bool):
        return text.lower() in _SPELLED[value]
    if isinstance(value, (int, float)):
        try:
            return float(text) == value
        except ValueError:
            return False
    return text == value


def _allowed(right: tuple[Any, ...]) -> str:
    named = " or ".join(str(value) for value in right if value not in (None, ""))
    return f"with other values than {named or 'its default'} the lab's numbers would change"
