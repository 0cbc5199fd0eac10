from __future__ import annotations

import dataclasses

import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dissociation.core.measures import SeedCurve
from dissociation.core.networks.function_checks import FunctionCheck
from dissociation.core.networks.network import Network, weights_digest
from dissociation.engine import records
from dissociation.engine.records import History
from dissociation.engine.store import DamagedEntry, pack

HISTORY = History((0.0, 0.5), (2.3, 0.4), (0.9, 0.1), (10_000, 2_000), "ab" * 32, 1.5)
CHECKS = (FunctionCheck(1e-7, 0, 2e-7, 1, 10_000), FunctionCheck(0.5, 3, 0.6, 40, 10_000))
CURVE = SeedCurve(
    np.arange(6, dtype=np.int64).reshape(2, 3),
    np.array([10, 10, 0], np.int64),
    clean_errors=3,
    clean_images=10,
    notes={"probe": [{"budget": 100, "penalty": 0.1, "converged": True}]},
)


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


class TestCurve:
    @settings(max_examples=30)
    @given(draws=st.integers(1, 3), points=st.integers(1, 5), seconds=st.floats(0, 1e4))
    def test_there_and_back(self, draws, points, seconds):
        before = dataclasses.replace(
            CURVE,
            errors=np.random.default_rng(draws).integers(0, 9, (draws, points)),
            images=np.full(points, 10),
        )
        found = records.unpack_curve(records.pack_curve(before, seconds), points)
        np.testing.assert_array_equal(found.curve.errors, before.errors)
        np.testing.assert_array_equal(found.curve.images, before.images)
        assert found.curve.errors.dtype == np.int64
        assert (found.curve.clean_errors, found.curve.clean_images) == (3, 10)
        assert found.curve.notes == before.notes and found.seconds == seconds

    @pytest.mark.parametrize("points", [2, 4])
    def test_another_number_of_points(self, points):
        with pytest.raises(DamagedEntry, match="another curve"):
            records.unpack_curve(records.pack_curve(CURVE, 1.0), points)

    @pytest.mark.parametrize(
        "change",
        [dict(errors=CURVE.errors[0]), dict(images=CURVE.images[:2]), dict(images=CURVE.errors)],
    )
    def test_shapes_that_do_not_fit(self, change):
        with pytest.raises(DamagedEntry):
            records.unpack_curve(records.pack_curve(dataclasses.replace(CURVE, **change), 1.0), 3)

    @pytest.mark.parametrize("missing", ["errors", "images"])
    def test_missing_arrays(self, missing):
        arrays = {"errors": CURVE.errors, "images": CURVE.images}
        del arrays[missing]
        meta = {"clean_errors": 0, "clean_images": 0, "notes": {}, "seconds": 0.0}
        with pytest.raises(DamagedEntry):
            records.unpack_curve(pack(arrays, meta), 3)

    @pytest.mark.parametrize("meta", [{}, [], {"clean_errors": 0}, {"notes": 3}, "text", None])
    def test_missing_values(self, meta):
        arrays = {"errors": CURVE.errors, "images": CURVE.images}
        with pytest.raises(DamagedEntry):
            records.unpack_curve(pack(arrays, meta), 3)


class TestChecks:
    def test_there_and_back(self):
        assert records.unpack_checks(records.pack_checks(CHECKS)) == CHECKS
        assert records.unpack_checks(records.pack_checks(())) == ()

    @pytest.mark.parametrize(
        "meta", [{}, [], {"checks": 3}, {"checks": [{}]}, {"checks": [{"other": 1}]}, None]
    )
    def test_anything_else(self, meta):
        with pytest.raises(DamagedEntry):
            records.unpack_checks(pack({}, meta))


def test_one_kind_is_not_taken_for_another(network):
    packed = {
        "network": records.pack_network(network),
        "history": records.pack_history(HISTORY),
        "curve": records.pack_curve(CURVE, 1.0),
        "checks": records.pack_checks(CHECKS),
    }
    readers = {
        "network": lambda raw: records.unpack_network(raw, weights_digest(network)),
        "history": records.unpack_history,
        "curve": lambda raw: records.unpack_curve(raw, 3),
        "checks": records.unpack_checks,
    }
    for kind, raw in packed.items():
        for reader, read in readers.items():
            if kind == reader:
                read(raw)
            else:
                with pytest.raises(DamagedEntry):
                    read(raw)
