from __future__ import annotations

import jax
import numpy as np
import pytest

from dissociation.core.manipulations import InputNull, Rescale
from dissociation.core.networks.function_checks import function_check
from dissociation.core.networks.network import logits

KEY = jax.random.PRNGKey(5)


@pytest.fixture(scope="module")
def network(reference_networks):
    return reference_networks[0]


def test_itself(network):
    found = function_check(network, network, key=KEY)
    assert (found.logit_change, found.predictions_changed) == (0, 0)
    assert (found.noisy_logit_change, found.noisy_predictions_changed) == (0, 0)
    assert found.images == 10_000


def test_the_same_function(network):
    found = function_check(network, Rescale(1.0).apply(network, key=KEY), key=KEY)
    assert 0 < found.logit_change < 1e-5 and 0 < found.noisy_logit_change < 1e-5
    # Floating-point ties may fall otherwise.
    assert found.predictions_changed <= 2 and found.noisy_predictions_changed <= 2


def test_same_on_the_images_only(network):
    found = function_check(network, InputNull(0.1).apply(network, key=KEY), key=KEY)
    assert found.predictions_changed <= 10
    assert found.noisy_predictions_changed > 1_000
    assert found.noisy_logit_change > 10 * found.logit_change


def test_counts_and_changes_are_those_of_the_logits(network, test_images):
    # Outputs 3 and 4 change places, and all are larger by a tenth.
    order = [0, 1, 2, 4, 3, 5, 6, 7, 8, 9]
    other = network._replace(w3=network.w3[order] * np.float32(1.1))
    found = function_check(network, other, key=KEY)
    before = logits(network, test_images)
    after = 1.1 * before[:, order]
    change = np.abs(after - before).max() / np.abs(before).max()
    assert found.logit_change == pytest.approx(change, rel=1e-5)
    swapped = np.isin(before.argmax(1), [3, 4]).sum()
    assert swapped > 1_500
    assert found.predictions_changed == pytest.approx(swapped, abs=2)
    # The noisy half sees other images.
    noisy = test_images + np.asarray(jax.random.normal(KEY, test_images.shape))
    swapped = np.isin(logits(network, noisy).argmax(1), [3, 4]).sum()
    assert found.noisy_predictions_changed == pytest.approx(swapped, abs=2)
