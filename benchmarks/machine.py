"""The machine: what it is, and how many products of numbers it makes a second."""

from __future__ import annotations

import os
import platform
import resource
import sys
import time
from importlib.metadata import version
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np

#: Shapes `(m, k, n)` of which the fastest counts as the machine's peak.
SHAPES = ((2048, 2048, 2048), (1024, 1024, 1088), (1024, 1024, 2048), (1024, 1024, 4096))


def describe() -> dict[str, object]:
    """What was measured on."""
    model = platform.processor() or platform.machine()
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        model = next(line.split(":")[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        pass
    return {
        "processor": model,
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "jaxlib": version("jaxlib"),
    }


def peak(seconds: float = 1.0) -> float:
    """Floating-point operations a second of the fastest float32 matrix product, by XLA."""
    product = jax.jit(lambda a, b: a @ b)
    rng = np.random.default_rng(0)
    best = 0.0
    for m, k, n in SHAPES:
        a = jnp.asarray(rng.normal(size=(m, k)).astype(np.float32))
        b = jnp.asarray(rng.normal(size=(k, n)).astype(np.float32))
        product(a, b).block_until_ready()
        times = []
        end = time.perf_counter() + seconds / len(SHAPES)
        while time.perf_counter() < end or len(times) < 5:
            begin = time.perf_counter()
            product(a, b).block_until_ready()
            times.append(time.perf_counter() - begin)
        best = max(best, 2 * m * k * n / float(np.median(times)))
    return best


def peak_memory() -> float:
    """Largest memory this process has had, in MB."""
    try:
        # What `getrusage` tells of a started process includes the one that started it.
        lines = Path("/proc/self/status").read_text().splitlines()
        return int(next(line.split()[1] for line in lines if line.startswith("VmHWM"))) / 2**10
    except (OSError, StopIteration):
        pass
    unit = 2**20 if sys.platform == "darwin" else 2**10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit
