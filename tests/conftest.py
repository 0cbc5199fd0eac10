"""Strict JAX, reproducible property tests, and the data that most tests share."""

from __future__ import annotations

import os

os.environ.setdefault("JAX_PLATFORMS", "cpu")
# As in the lab. Threads of BLAS wait by spinning: with processes of tests on all cores, three
# quarters of the time of whatever compares representations went into that.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from pathlib import Path
from typing import Any

from dissociation.engine.settings import keep_compiled_programs

# Before JAX is imported. Processes of tests, and the servers they start, compile what they share
# only once; where no size is given, JAX need not lock the folder for each program.
os.environ.setdefault("JAX_COMPILATION_CACHE_MAX_SIZE", "-1")
keep_compiled_programs(Path(__file__).parents[1] / ".pytest_cache")

# Before anything of the package is imported: it is held to its annotations.
import array_hints  # noqa: F401
import hypothesis
import jax
import numpy as np
import pytest
from folders import BY_FILE, ByFolder

import dissociation.features  # noqa: F401 (registers the pages)
from dissociation.core.data.datasets import mnist_test
from dissociation.core.networks.network import Network, initial_network

# As equinox tests itself: no silent promotion of types or of ranks.
jax.config.update("jax_numpy_dtype_promotion", "strict")
jax.config.update("jax_numpy_rank_promotion", "raise")

# The same examples every time, so many more of them would only cost time.
hypothesis.settings.register_profile(
    "reproducible", deadline=None, derandomize=True, max_examples=50
)
hypothesis.settings.load_profile("reproducible")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What fails in a browser is tried once more, and told of (`-rR`); folders come before files.

    On a machine with other work, a page may come too late. Of two processes, one would otherwise
    end a minute after the other, with the last folder.
    """
    items.sort(key=lambda item: Path(item.path).parent.name in BY_FILE)
    for item in items:
        if "browser" in Path(item.path).parts:
            item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Two processes side by side, each at one folder at a time.

    The browser, which mostly waits, begins beside everything else. Within a folder, servers, module
    fixtures and compiled programs are shared. (Marks of groups do nothing with this pytest.)
    """
    return ByFolder(config, log)


REFERENCE = Path(__file__).parent / "data" / "notebook_width64.npz"


@pytest.fixture(scope="session")
def test_images() -> np.ndarray:
    """`(10000, 784)` float32 in [0, 1]."""
    return mnist_test().images


@pytest.fixture(scope="session")
def test_labels() -> np.ndarray:
    """`(10000,)` digits."""
    return mnist_test().labels


@pytest.fixture(scope="session")
def reference() -> dict[str, np.ndarray]:
    """Weights of width 64 and every curve of the original implementation for them, read-only."""
    with np.load(REFERENCE) as stored:
        arrays = {name: stored[name] for name in stored.files}
    for array in arrays.values():
        array.flags.writeable = False
    return arrays


@pytest.fixture(scope="session")
def reference_networks(reference: dict[str, np.ndarray]) -> list[Network]:
    """The two networks of width 64 that the reference curves belong to."""
    seeds = range(len(reference["weight_0"]))
    return [Network(*(reference[f"weight_{layer}"][seed] for layer in range(3))) for seed in seeds]


@pytest.fixture(scope="session")
def small_networks() -> list[Network]:
    """Three untrained networks of width 16."""
    keys = jax.random.split(jax.random.PRNGKey(0), 3)
    return [Network(*map(np.asarray, initial_network(key, 16))) for key in keys]
