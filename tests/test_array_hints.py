"""Arrays of another form than the science says it takes are refused while tests run."""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np
import pytest
from jaxtyping import TypeCheckError

from dissociation.core.data.tasks import Task
from dissociation.core.measures.base import SeedCurve
from dissociation.core.measures.noise_kernels import pre_activation
from dissociation.core.theory.margins import clean_margins


def test_an_argument():
    logits, labels = np.zeros((5, 10), np.float32), np.zeros(5, np.uint8)
    assert clean_margins(logits, labels).shape == (5,)
    with pytest.raises(TypeCheckError, match="labels"):
        clean_margins(logits, labels[:4])
    with pytest.raises(TypeCheckError, match="logits"):
        clean_margins(logits[:, :9], labels)


def test_a_field():
    with pytest.raises(TypeCheckError):
        SeedCurve(np.zeros((1, 3), np.int64), np.zeros(4, np.int64))
    with pytest.raises(TypeCheckError):
        Task(np.zeros((4, 784)), np.zeros(4), ("a", "b"))


def test_a_compiled_function():
    with pytest.raises(TypeCheckError, match="weight"):
        pre_activation(jnp.zeros((4, 784)), jnp.zeros((16, 784)))
