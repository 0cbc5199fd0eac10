from __future__ import annotations

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dissociation.core.validation import InvalidValue
from dissociation.fig4.bmap import bmap

KEY = jax.random.PRNGKey(3)


def values(shape, seed=0):
    return jnp.asarray(np.random.default_rng(seed).normal(size=shape), jnp.float32)


def assert_same(ours, theirs):
    assert jax.tree.structure(ours) == jax.tree.structure(theirs)
    for our, their in zip(jax.tree.leaves(ours), jax.tree.leaves(theirs), strict=True):
        if eqx.is_array(their):
            assert our.shape == their.shape and our.dtype == their.dtype
            np.testing.assert_allclose(our, their, rtol=1e-5, atol=1e-6)
        else:
            assert our == their and type(our) is type(their)


@st.composite
def calls(draw):
    """Argument shapes, in_axes and out_axes of a call, the size of the axis and of the batches."""
    size = draw(st.integers(1, 7))
    shapes, axes = [], []
    for _ in range(draw(st.integers(1, 3))):
        shape = draw(st.lists(st.integers(1, 3), max_size=2))
        axis = draw(st.none() | st.integers(0, len(shape)))
        if axis is not None:
            shape = [*shape[:axis], size, *shape[axis:]]
            axis -= draw(st.sampled_from([0, len(shape)]))  # or counted from the end
        shapes.append(tuple(shape))
        axes.append(axis)
    if not any(axis is not None for axis in axes):
        shapes.append((size,))
        axes.append(0)
    out_axis = draw(st.sampled_from([0, -1]))
    return shapes, tuple(axes), out_axis, draw(st.integers(1, size + 1))


@settings(max_examples=15)  # each is compiled
@given(calls())
def test_as_filter_vmap(call):
    shapes, axes, out_axis, batch_size = call
    args = [values(shape, seed) for seed, shape in enumerate(shapes)]

    def function(*args):
        return {"sum": sum(jnp.sum(jnp.sin(a)) for a in args), "each": [a * 2 for a in args]}

    theirs = eqx.filter_vmap(function, in_axes=axes, out_axes=out_axis)(*args)
    ours = bmap(function, in_axes=axes, out_axes=out_axis, batch_size=batch_size)(*args)
    assert_same(ours, theirs)


@pytest.mark.parametrize("batch_size", [1, 2, 3, 4, 6, 7, 8, 100])
@pytest.mark.parametrize("jitted", [False, True])
def test_batch_sizes(batch_size, jitted):
    x = values((7, 3))
    mapped = bmap(lambda row: jnp.outer(row, row), batch_size=batch_size)
    mapped = eqx.filter_jit(mapped) if jitted else mapped
    assert_same(mapped(x), jax.vmap(lambda row: jnp.outer(row, row))(x))


X = jnp.arange(5.0)
MODEL = eqx.nn.MLP(2, 2, 4, 1, key=KEY)


class Product(eqx.Module):
    factor: jax.Array

    def times(self, x):
        return self.factor * x


#: Functions, their arguments and axes; each is one of a kind that once was, or may be, different.
AS_FILTER_VMAP = {
    "number beside": (lambda x: (1, x), (X,), {}),
    "truth beside": (lambda x: (True, x), (X,), {}),
    "number beside, any axis": (lambda x: (1, x), (X,), {"out_axes": 0}),
    "text beside": (lambda x: ("a", x), (X,), {}),
    "nothing": (lambda x: None, (X,), {}),
    "constant": (lambda x: (np.ones(2, np.float32), x), (X,), {}),
    "unmapped": (lambda x, c: c * 2, (X, jnp.ones(3)), {"in_axes": (0, None)}),
    "numbers given": (lambda x, y: x * y, (X, 3.0), {}),
    "default argument": (lambda x, y=2.0: x * y, (X,), {}),
    "any arguments": (lambda *a: a[0] + a[1], (X, X), {}),
    "axis size": (lambda c: c + 1, (jnp.ones(2),), {"in_axes": None, "axis_size": 5}),
    "no element": (lambda x: x * 2, (jnp.zeros((0, 3)),), {}),
    "branches": (lambda x: jax.lax.cond(x > 2, lambda: x, lambda: -x), (X,), {}),
    "checked": (lambda x: eqx.error_if(x, x > 100, "large"), (X,), {}),
    "last axes": (lambda x: x * 2, (values((4, 6, 5)),), {"in_axes": -1, "out_axes": -1}),
    "model out": (
        lambda x, m: eqx.tree_at(lambda q: q.layers[0].weight, m, m.layers[0].weight * x),
        (X, MODEL),
        {"in_axes": (0, None)},
    ),
    "model": (MODEL, (values((5, 2)),), {}),
    "method": (Product(jnp.float32(2.0)).times, (X,), {}),
    "no common size": (lambda x, y: x, (X, X[:3]), {}),
    "no such axis": (lambda x, y: x * y, (X, 3.0), {"in_axes": (0, 0)}),
    "mapped, said unmapped": (lambda x: x, (X,), {"out_axes": None}),
}


@pytest.mark.parametrize("name", AS_FILTER_VMAP)
@pytest.mark.parametrize("batch_size", [2, None, np.int64(2)])
def test_whatever_filter_vmap_gives(name, batch_size):
    function, arguments, axes = AS_FILTER_VMAP[name]
    try:
        theirs = eqx.filter_vmap(function, **axes)(*arguments)
    except ValueError:
        with pytest.raises(ValueError):
            bmap(function, batch_size=batch_size, **axes)(*arguments)
    else:
        assert_same(bmap(function, batch_size=batch_size, **axes)(*arguments), theirs)


@pytest.mark.parametrize("size, batch_size", [(10, 4), (10, 5), (7, 2), (1000, 33)])
def test_no_more_than_a_batch_at_once(size, batch_size):
    seen = []

    @jax.custom_batching.custom_vmap
    def double(x):
        return 2 * x

    @double.def_vmap
    def _(axis_size, in_batched, x):
        seen.append(axis_size)
        return 2 * x, True

    x = values(size)
    np.testing.assert_array_equal(bmap(double, batch_size=batch_size)(x), 2 * x)
    assert seen and max(seen) <= batch_size


def test_memory_is_bounded():
    ramp = jnp.arange(10_000.0)

    def temporary_bytes(batch_size):
        mapped = bmap(lambda x: jnp.sort(jnp.sin(x * ramp))[0], batch_size=batch_size)
        return jax.jit(mapped).lower(values(1_000)).compile().memory_analysis().temp_size_in_bytes

    assert temporary_bytes(10) < temporary_bytes(1_000) / 10


class TestAxes:
    def test_default_broadcasts_what_is_no_array(self):
        x = values((5, 2))
        ours = bmap(lambda x, n, f: f(x) * n, batch_size=2)(x, 3.0, jnp.sin)
        assert_same(ours, jnp.sin(x) * 3)

    @pytest.mark.parametrize("in_axes", [0, 1, -1, (0, 0), (1, None), (eqx.if_array(1), 0)])
    def test_prefixes(self, in_axes):
        a, b = values((4, 4)), values((4, 4), 1)
        function = lambda a, b: (a * 2, jnp.sum(b))  # noqa: E731
        assert_same(
            bmap(function, in_axes=in_axes, batch_size=3)(a, b),
            eqx.filter_vmap(function, in_axes=in_axes)(a, b),
        )

    @pytest.mark.parametrize(
        "in_axes",
        [({"x": 0, "y": 1},), ({"x": None, "y": 1},), ({"x": eqx.if_array(0), "y": None},)],
    )
    def test_pytrees(self, in_axes):
        tree = {"x": values((4, 2)), "y": values((3, 4), 1)}
        function = lambda tree: jnp.sum(tree["x"]) + jnp.sum(tree["y"])  # noqa: E731
        assert_same(
            bmap(function, in_axes=in_axes, batch_size=3)(tree),
            eqx.filter_vmap(function, in_axes=in_axes)(tree),
        )

    def test_by_name(self):
        def function(a, b):
            return a @ b

        a, b = values((3, 5)), values((3, 5), 1)
        ours = bmap(function, in_axes={"a": 1, "b": 1}, batch_size=2)(a, b)
        assert_same(ours, eqx.filter_vmap(function, in_axes={"a": 1, "b": 1})(a, b))
        rows = bmap(function, in_axes={"b": None}, batch_size=2)(a, b[0])
        assert_same(rows, a @ b[0])

    @pytest.mark.parametrize("out_axes", [0, 1, 2, -1, -2, eqx.if_array(1)])
    def test_out(self, out_axes):
        x = values((5, 2, 3))
        assert_same(
            bmap(jnp.sin, out_axes=out_axes, batch_size=2)(x),
            eqx.filter_vmap(jnp.sin, out_axes=out_axes)(x),
        )

    @pytest.mark.parametrize("batch_size", [2, 5])
    def test_out_pytree_and_unmapped(self, batch_size):
        def function(x, y):
            return {"mapped": x, "shared": y * 2, "both": (x + y, x - y)}

        x, y = values((5, 2)), values(2, 1)
        out_axes = {"mapped": 1, "shared": None, "both": 0}
        arguments = {"in_axes": (0, None), "out_axes": out_axes}
        ours = bmap(function, batch_size=batch_size, **arguments)(x, y)
        assert_same(ours, eqx.filter_vmap(function, **arguments)(x, y))
        assert ours["shared"].shape == (2,)

    @pytest.mark.parametrize("batch_size", [2, 5])
    def test_axis_size_alone(self, batch_size):
        ours = bmap(lambda: jnp.ones(3), axis_size=5, batch_size=batch_size)()
        assert_same(ours, jnp.ones((5, 3)))

    def test_empty_axis(self):
        assert bmap(jnp.sin, batch_size=3)(jnp.zeros((0, 2))).shape == (0, 2)

    def test_nothing_mapped(self):
        function = bmap(lambda x: x * 2, in_axes=None, out_axes=None, batch_size=3)
        assert_same(function(jnp.arange(3.0)), jnp.arange(3.0) * 2)


class TestLeaves:
    @pytest.mark.parametrize("batch_size", [2, 5])
    def test_outputs_that_are_no_arrays(self, batch_size):
        out = bmap(lambda x: (x, jnp.sin, "name", None), batch_size=batch_size)(values(5))
        assert out[1:] == (jnp.sin, "name", None)

    @pytest.mark.parametrize("batch_size", [2, 5])
    @pytest.mark.parametrize("out_axes", [0, eqx.if_array(0)])
    def test_numbers(self, batch_size, out_axes):
        ours = bmap(lambda x: (x, 3), out_axes=out_axes, batch_size=batch_size)(values(5))
        assert_same(ours, eqx.filter_vmap(lambda x: (x, 3), out_axes=out_axes)(values(5)))

    @pytest.mark.parametrize("dtype", [jnp.bool_, jnp.int8, jnp.float16, jnp.complex64])
    def test_dtypes(self, dtype):
        x = jnp.arange(7).astype(dtype)
        assert_same(bmap(lambda x: x, batch_size=3)(x), x)

    @pytest.mark.parametrize("make", [jax.random.PRNGKey, jax.random.key])
    def test_keys(self, make):
        keys = jax.random.split(make(0), 5)
        draw = lambda key: jax.random.normal(key, (2,))  # noqa: E731
        assert_same(bmap(draw, batch_size=2)(keys), jax.vmap(draw)(keys))
        halves = bmap(lambda key: jax.random.split(key, 2), batch_size=2)(keys)
        assert halves.shape[:2] == (5, 2)

    def test_numpy_arrays(self):
        x = np.arange(5, dtype=np.float32)
        assert_same(bmap(lambda x: x + 1, batch_size=2)(x), jnp.asarray(x + 1))


class TestModels:
    make = staticmethod(lambda key: eqx.nn.MLP(3, 2, 4, 1, key=key))

    def test_ensemble_is_made(self):
        keys = jax.random.split(KEY, 5)
        assert_same(bmap(self.make, batch_size=2)(keys), eqx.filter_vmap(self.make)(keys))

    @pytest.mark.parametrize("axis", [0, eqx.if_array(0)])
    def test_ensemble_is_evaluated(self, axis):
        models = eqx.filter_vmap(self.make)(jax.random.split(KEY, 5))
        x = values(3)
        evaluate = lambda model, x: model(x)  # noqa: E731
        theirs = eqx.filter_vmap(evaluate, in_axes=(eqx.if_array(0), None))(models, x)
        assert_same(bmap(evaluate, in_axes=(axis, None), batch_size=2)(models, x), theirs)

    def test_model_on_images(self):
        model, x = self.make(KEY), values((7, 3))
        assert_same(bmap(model, batch_size=3)(x), jax.vmap(model)(x))
        by_argument = bmap(lambda m, x: m(x), in_axes=(None, 0), batch_size=3)(model, x)
        assert_same(by_argument, jax.vmap(model)(x))


class TestTransforms:
    x = values((5, 4))

    def nested(self, outer, inner):
        return outer(lambda row: inner(lambda value: jnp.sin(value) * row.sum())(row))(self.x)

    def test_nested(self):
        expected = self.nested(jax.vmap, jax.vmap)
        batched = lambda f: bmap(f, batch_size=3)  # noqa: E731
        for outer in (batched, eqx.filter_vmap):
            for inner in (batched, eqx.filter_vmap):
                assert_same(self.nested(outer, inner), expected)
                assert_same(eqx.filter_jit(lambda o=outer, i=inner: self.nested(o, i))(), expected)

    def test_gradients(self):
        def loss(mapping):
            return lambda x: mapping(lambda row: jnp.sqrt(row @ row))(x).sum()

        ours = jax.grad(loss(lambda f: bmap(f, batch_size=2)))(self.x)
        assert_same(ours, jax.grad(loss(jax.vmap))(self.x))

    def test_gradients_of_a_closed_over_array(self):
        def loss(weight, mapping):
            return mapping(lambda row: jnp.tanh(weight * row).sum())(self.x).sum()

        ours = jax.grad(lambda w: loss(w, lambda f: bmap(f, batch_size=2)))(jnp.float32(0.3))
        assert_same(ours, jax.grad(lambda w: loss(w, jax.vmap))(jnp.float32(0.3)))

    def test_sees_changed_globals_and_closures(self):
        state = {"factor": 1.0}
        mapped = bmap(lambda x: x * state["factor"], batch_size=2)
        mapped(self.x)
        state["factor"] = 2.0
        assert_same(mapped(self.x), self.x * 2)

    def test_traces_once(self):
        count = []
        bmap(lambda x: count.append(1) or x, batch_size=2)(self.x)
        assert len(count) == 1

    def test_is_a_method_and_keeps_its_name(self):
        class Doubler:
            factor = 2.0

            def __call__(self, x):
                """Doubles."""
                return self.factor * x

            def each(self, x):
                return self.factor * x

            batched = bmap(each, in_axes=(None, 0), batch_size=2)

        assert_same(Doubler().batched(self.x), self.x * 2)
        assert Doubler.batched.__name__ == "each"
        assert_same(bmap(Doubler(), batch_size=2)(self.x), self.x * 2)


class TestCollectives:
    def test_in_one_batch(self):
        mapped = bmap(lambda x: x - jax.lax.pmean(x, "i"), axis_name="i", batch_size=5)
        assert abs(mapped(jnp.arange(5.0)).sum()) < 1e-6

    def test_over_several_batches(self):
        mapped = bmap(lambda x: x - jax.lax.pmean(x, "i"), axis_name="i", batch_size=2)
        with pytest.raises(ValueError, match="'i' needs the whole axis.* batch_size >= 5, not 2"):
            mapped(jnp.arange(5.0))

    def test_name_that_is_not_used(self):
        assert_same(
            bmap(jnp.sin, axis_name="i", batch_size=2)(jnp.arange(5.0)), jnp.sin(jnp.arange(5.0))
        )

    def test_other_name_errors_are_left_alone(self):
        with pytest.raises(NameError, match="undefined"):
            bmap(lambda x: undefined, axis_name="i", batch_size=2)(jnp.arange(5.0))  # noqa: F821


class TestErrors:
    @pytest.mark.parametrize("batch_size", [0, -1, 1.5, "2", True, float("nan")])
    def test_batch_size(self, batch_size):
        with pytest.raises(InvalidValue, match="batch_size"):
            bmap(jnp.sin, batch_size=batch_size)

    def test_no_function(self):
        with pytest.raises(TypeError, match="bmap maps a function, not 3"):
            bmap(3, batch_size=2)

    def test_keyword_arguments(self):
        with pytest.raises(TypeError, match="given by name: \\['x'\\]"):
            bmap(lambda x: x, batch_size=2)(x=jnp.arange(3))

    def test_sizes_that_differ(self):
        with pytest.raises(ValueError, match=r"argument \[0\]: 3, argument \[1\]\['a'\]: 4"):
            bmap(lambda x, y: x, batch_size=2)(jnp.arange(3), {"a": jnp.arange(4)})
        with pytest.raises(ValueError, match=r"argument \[0\]: 3, axis_size: 4"):
            bmap(lambda x: x, axis_size=4, batch_size=2)(jnp.arange(3))

    @pytest.mark.parametrize("axis", [2, -3])
    def test_no_such_axis(self, axis):
        with pytest.raises(
            ValueError, match=rf"no axis {axis} .* argument \[1\] of shape \(3, 2\)"
        ):
            bmap(lambda x, y: x, in_axes=(None, axis), batch_size=2)(1.0, jnp.ones((3, 2)))

    def test_a_number_has_no_axis(self):
        with pytest.raises(ValueError, match=r"no axis 0 .* argument \[0\] of shape \(\)"):
            bmap(lambda x: x, in_axes=0, batch_size=2)(1.0)

    @pytest.mark.parametrize("where", ["in_axes", "out_axes"])
    def test_no_prefix(self, where):
        with pytest.raises(ValueError, match=f"{where} = .* is no prefix"):
            bmap(lambda x: x, batch_size=2, **{where: (0, 0)})(jnp.arange(3))

    @pytest.mark.parametrize("spec", ["0", 0.0, True])
    def test_no_axis_specification(self, spec):
        with pytest.raises(ValueError, match="integers, None or callables"):
            bmap(lambda x: x, in_axes=spec, batch_size=2)(jnp.arange(3))

    def test_unknown_name(self):
        with pytest.raises(ValueError, match=r"names \['y'\], but .* \['x'\]"):
            bmap(lambda x: x, in_axes={"y": 0}, batch_size=2)(jnp.arange(3))

    @pytest.mark.parametrize("batch_size", [2, 3])
    def test_mapped_output_declared_unmapped(self, batch_size):
        with pytest.raises(ValueError, match="out_axes"):
            bmap(lambda x: x, out_axes=None, batch_size=batch_size)(jnp.arange(3))
