"""What whoever runs the lab can set: one table of environment variables, with their bounds."""

from __future__ import annotations

import contextlib
import importlib.util
import math
import os
import platform
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from dissociation.core.installation import CHECKOUT
from dissociation.core.numerics import check_environment
from dissociation.core.validation import InvalidValue, check_folder


@dataclass(frozen=True)
class Limit:
    """A bound of the lab that an environment variable moves.

    - `variable`: its name; `default`, `low`, `high`: in units of `unit`.
    - `about`: what happens at the bound, in a sentence.
    - `usual`: the default in words, where it depends on the machine.
    """

    variable: str
    default: float
    low: float
    high: float
    unit: str
    about: str
    usual: str = ""

    @property
    def value(self) -> float:
        """The bound in force. **Raises:** `InvalidValue` if the variable is not within range."""
        text = os.environ.get(self.variable, "").strip()
        if not text:
            return self.default
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not self.low <= value <= self.high:
            allowed = f"give a number from {self.low:g} to {self.high:g} ({self.unit})"
            raise InvalidValue(self.variable, text[:80], allowed)
        return value


def machine_memory() -> float:
    """Memory (GiB) of this machine or, where that is less, of the container."""
    limits = [os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")]
    with contextlib.suppress(OSError, ValueError):
        limits.append(int(Path("/sys/fs/cgroup/memory.max").read_text()))
    return min(limits) / 2**30


MAX_QUEUE = Limit(
    "DISSOCIATION_MAX_QUEUE",
    200,
    1,
    10_000,
    "jobs",
    "Jobs that run or wait; more than that are refused for the moment.",
)
MEMORY = Limit(
    "DISSOCIATION_MEMORY",
    # The other half is for the system and for what others run.
    min(8.0, max(machine_memory() / 2, 1.0)),
    # Less would not hold the lab itself.
    0.75,
    1024.0,
    "GiB",
    "An experiment with which the lab would need more is refused before it starts.",
    usual="half of the machine's, 1 to 8 GiB",
)
MAX_WATCHES = Limit(
    "DISSOCIATION_MAX_WATCHES",
    2_000,
    1,
    100_000,
    "charts",
    "The chart looked at longest ago starts again when it is next drawn.",
)
MAX_SOCKETS = Limit(
    "DISSOCIATION_MAX_SOCKETS",
    1_000,
    1,
    100_000,
    "sockets",
    "A further chart or room is refused, and its browser tries again by itself.",
)
MAX_ROOMS = Limit(
    "DISSOCIATION_MAX_ROOMS",
    500,
    0,
    100_000,
    "rooms",
    "No further room is opened until one is closed or expires.",
)
STEP_LIMIT = Limit(
    "DISSOCIATION_STEP_LIMIT",
    # Steps are meant to take less than one, but the first imports and compiles: that took over 60
    # on two cores at a load of 19 (measured).
    120.0,
    1.0,
    3_600.0,
    "seconds",
    "A job of which one step takes longer fails, so that the others go on.",
)
SCHEDULER_PATIENCE = Limit(
    "DISSOCIATION_SCHEDULER_PATIENCE",
    10.0,
    1.0,
    600.0,
    "seconds",
    "The lab does without a scheduler that is silent, or without workers, for longer.",
)
#: All of them, in the order in which they are listed to people.
LIMITS = (MAX_QUEUE, MEMORY, MAX_WATCHES, MAX_SOCKETS, MAX_ROOMS, STEP_LIMIT, SCHEDULER_PATIENCE)


@dataclass(frozen=True)
class TextSetting:
    """A setting of the lab that is a text.

    - `variable`: its name; `default`: the text without it.
    - `pattern`: what a text has to match as a whole; `allowed`: the same in words.
    - `about`: what it does, in a sentence.
    """

    variable: str
    default: str
    pattern: str
    allowed: str
    about: str

    @property
    def values(self) -> list[str]:
        """Its parts between commas. **Raises:** as `value` does."""
        return [part.strip() for part in self.value.split(",") if part.strip()]

    @property
    def value(self) -> str:
        """The text in force. **Raises:** `InvalidValue` if the variable holds another kind."""
        text = os.environ.get(self.variable, "").strip() or self.default
        if not re.fullmatch(self.pattern, text):
            raise InvalidValue(self.variable, text[:80], self.allowed)
        return text


CACHE = TextSetting(
    "DISSOCIATION_CACHE",
    "",
    r"[^\0]*",
    "give a folder",
    "The folder in which results are kept, instead of `cache/` or, without a checkout, the "
    "platform's cache folder.",
)
LOG = TextSetting(
    "DISSOCIATION_LOG",
    "text",
    "text|json",
    "give text or json",
    "The form of log lines: `text` (key=value) or `json`.",
)
HOSTS = TextSetting(
    "DISSOCIATION_HOSTS",
    "*",
    r"\*|(\*\.)?[\w.-]+( *, *(\*\.)?[\w.-]+)*",
    "give names parted by commas, such as lab.example.org, *.example.org",
    "The names under which the lab may be asked for; every other `Host` is refused.",
)
_NAME = r"([\w.-]+|\[[0-9a-fA-F:.]+\])(:\d{1,5})?"
_SUCH_AS = "addresses parted by commas, such as https://"
ORIGINS = TextSetting(
    "DISSOCIATION_ORIGINS",
    "",
    rf"(https?://{_NAME}( *, *https?://{_NAME})*)?",
    f"give {_SUCH_AS}lab.example.org",
    "Where browsers find the lab, if a proxy asks for it by another `Host` than they do; "
    "sockets of pages from anywhere else are refused.",
)
FRAMES = TextSetting(
    "DISSOCIATION_FRAMES",
    "",
    rf"(https?://(\*\.)?{_NAME}( *, *https?://(\*\.)?{_NAME})*)?",
    f"give {_SUCH_AS}moodle.example.org, https://*.example.org",
    "Sites whose pages may show the lab in a frame, besides its own.",
)
TEXTS = (CACHE, LOG, HOSTS, ORIGINS, FRAMES)
CACHE_VARIABLE = CACHE.variable
SCHEDULER_VARIABLE = "DISSOCIATION_SCHEDULER"
SCHEMES = ("tcp", "tls")
#: How what a scheduler needs is installed.
CLUSTER = (
    "the package's extra `cluster`"
    if CHECKOUT is None
    else "python -m pip install -r requirements-cluster.txt"
)


def cache_folder() -> Path:
    """Where results are kept. **Raises:** `InvalidValue` if the variable names no folder."""
    return check_folder(CACHE_VARIABLE, CACHE.value or _usual_cache())


def _usual_cache() -> str:
    if CHECKOUT is not None:
        return str(CHECKOUT / "cache")
    from platformdirs import user_cache_dir

    return user_cache_dir("dissociation")


def keep_compiled_programs(folder: Path) -> None:
    """Lets JAX keep compiled programs between starts, apart for each kind of machine and version.

    Called before JAX is imported: it reads these variables once. Compiled code is bound to the
    processor it was compiled on, hence the host in the name.
    """
    from importlib.metadata import version

    name = f"compiled-{platform.node() or 'host'}-{platform.machine()}-jaxlib{version('jaxlib')}"
    os.environ.setdefault("JAX_COMPILATION_CACHE_DIR", str(folder / name))
    os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS", "0")
    os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES", "-1")
    os.environ.setdefault("JAX_COMPILATION_CACHE_MAX_SIZE", str(512 * 2**20))
    # XLA reports every cached program as built for another machine, on the machine that built it.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")


def scheduler_address() -> str | None:
    """The address of the scheduler, or `None` if the lab computes by itself.

    **Raises:** `InvalidValue` if it is no address, or what is needed to reach it is not installed.
    """
    text = os.environ.get(SCHEDULER_VARIABLE, "").strip()
    if not text:
        return None
    if not _is_address(text):
        allowed = "give tcp://HOST:PORT or tls://HOST:PORT of a Dask scheduler"
        raise InvalidValue(SCHEDULER_VARIABLE, text, allowed)
    if importlib.util.find_spec("distributed") is None:
        allowed = f"first install what it needs: {CLUSTER}"
        raise InvalidValue(SCHEDULER_VARIABLE, text, allowed)
    return text


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return False
    plain = not (parts.path or parts.query or parts.fragment or parts.username)
    return parts.scheme in SCHEMES and bool(parts.hostname) and bool(port) and plain


def check_settings() -> None:
    """**Raises:** `InvalidValue` for the first variable that is not within its range.

    Those of JAX count, too, if they would change the lab's numbers.
    """
    check_environment()
    for setting in (*LIMITS, *TEXTS):
        _ = setting.value
    scheduler_address()


def settings_table() -> str:
    """All settings as a table in Markdown, for people who run the lab."""
    lines = [("variable", "default", "allowed", "what it does"), ("---",) * 4]
    for limit in LIMITS:
        default = limit.usual or f"{limit.default:,g} {limit.unit}"
        allowed = f"{limit.low:,g} to {limit.high:,g}"
        lines.append((f"`{limit.variable}`", default, allowed, limit.about))
    for text in TEXTS:
        lines.append((f"`{text.variable}`", text.default or "–", text.allowed, text.about))
    about = "The Dask scheduler that work is sent to; see [more machines](more-machines.md)."
    lines.append((f"`{SCHEDULER_VARIABLE}`", "–", "tcp://HOST:PORT or tls://HOST:PORT", about))
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
