"""What arrays the science says it takes and gives is held to, at every call of a test."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

from beartype import beartype
from jaxtyping import AbstractArray, install_import_hook

ROOT = Path(__file__).parents[1]


def modules() -> list[str]:
    """Modules of the science that tell of arrays; in others each call would only be slower."""
    files = (ROOT / "dissociation" / "core").rglob("*.py")
    told = (file for file in files if "from jaxtyping import" in file.read_text())
    return sorted(".".join(file.relative_to(ROOT).with_suffix("").parts) for file in told)


def checked(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function by beartype, but for hints that tell of no array.

    Of those, tests hand over what does not fit on purpose, to see how it is refused.
    """
    hints = function.__annotations__
    arrays = {name: hint for name, hint in hints.items() if _tells_of_arrays(hint)}
    function.__annotations__ = arrays
    return beartype(function) if arrays else function


def _tells_of_arrays(hint: Any) -> bool:
    if isinstance(hint, type) and issubclass(hint, AbstractArray):
        return True
    return any(map(_tells_of_arrays, get_args(hint)))


install_import_hook(modules(), f"{__name__}.{checked.__name__}")
