from __future__ import annotations

import dataclasses

import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dissociation.core.networks.network import Network, weights_digest
from dissociation.engine import records
from dissociation.engine.records import History
from dissociation.engine.store import DamagedEntry, pack

HISTORY = History((0.0, 0.5), (2.3, 0.4), (0.9, 0.1), (10_000, 2_000), "ab" * 32, 1.5)


@pytest.fixture(scope="module")
def network(small_networks):
    return small_networks[0]


class TestNetwork:
    def test_there_and_back(self, network):
        found = records.unpack_network(records.pack_network(network), weights_digest(network))
        for before, after in zip(network, found, strict=True):
            np.testing.assert_array_equal(before, after)
            assert after.dtype == np.float32

    def test_from_the_device(self, network):
        raw = records.pack_network(Network(*map(jnp.asarray, network)))
        found = records.unpack_network(raw, weights_digest(network))
        assert all(isinstance(weight, np.ndarray) for weight in found)

    def test_another_digest(self, network, small_networks):
        with pytest.raises(DamagedEntry, match="another network"):
            records.unpack_network(records.pack_network(network), weights_digest(small_networks[1]))

    @pytest.mark.parametrize(
        "change",
        [
            lambda n: n._replace(w1=n.w1[:, :100]),
            lambda n: n._replace(w2=n.w2[:, :8]),
            lambda n: n._replace(w3=n.w3[:9]),
            lambda n: n._replace(w3=n.w3[:, :8]),
            lambda n: n._replace(w1=n.w1[0]),
            lambda n: n._replace(w2=n.w2.astype(np.float64)),
            lambda n: n._replace(w3=n.w3.astype(np.int32)),
        ],
    )
    def test_shapes_and_types_that_do_not_fit(self, network, change):
        other = change(network)
        with pytest.raises(DamagedEntry):
            records.unpack_network(records.pack_network(other), weights_digest(other))

    def test_other_arrays(self, network):
        with pytest.raises(DamagedEntry, match="not a network"):
            records.unpack_network(pack({"w1": network.w1}, {}), weights_digest(network))


class TestHistory:
    @given(
        values=st.lists(st.floats(0, 1), max_size=5),
        images=st.integers(1, 10_000),
        seconds=st.floats(0, 1e6),
    )
    def test_there_and_back(self, values, images, seconds):
        numbers = tuple(values)
        before = History(numbers, numbers, numbers, (images,) * len(numbers), "w", seconds)
        assert records.unpack_history(records.pack_history(before)) == before

    def test_one_that_diverged_is_trained_again(self):
        before = dataclasses.replace(HISTORY, losses=(2.3, float("inf")))
        with pytest.raises(DamagedEntry):
            records.unpack_history(records.pack_history(before))

    def test_from_before_dead_networks_were_told_of(self):
        values = dataclasses.asdict(HISTORY)
        del values["silent"]
        # A network that answers most images is not dead.
        assert records.unpack_history(pack({}, values)) == HISTORY
        with pytest.raises(DamagedEntry, match="dead"):
            records.unpack_history(pack({}, {**values, "errors": (0.9, 0.902)}))

    @pytest.mark.parametrize("missing", [field.name for field in dataclasses.fields(History)])
    def test_missing_fields(self, missing):
        values = dataclasses.asdict(dataclasses.replace(HISTORY, errors=(0.9, 0.9)))
        del values[missing]
        with pytest.raises(DamagedEntry):
            records.unpack_history(pack({}, values))

    @pytest.mark.parametrize("field, value", [("epochs", 3), ("losses", None), ("seconds", "long")])
    def test_fields_of_another_kind(self, field, value):
        with pytest.raises(DamagedEntry):
            records.unpack_history(pack({}, {**dataclasses.asdict(HISTORY), field: value}))


def test_one_kind_is_not_taken_for_another(network):
    packed = {
        "network": records.pack_network(network),
        "history": records.pack_history(HISTORY),
    }
    readers = {
        "network": lambda raw: records.unpack_network(raw, weights_digest(network)),
        "history": records.unpack_history,
    }
    for kind, raw in packed.items():
        for reader, read in readers.items():
            if kind == reader:
                read(raw)
            else:
                with pytest.raises(DamagedEntry):
                    read(raw)
