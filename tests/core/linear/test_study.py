"""What is read from hidden layers of linear networks, and the study as a whole."""

from __future__ import annotations

import dataclasses
import json

import numpy as np
import pytest

from dissociation import linear_from_json, study_linear
from dissociation.core.linear import representation as r
from dissociation.core.linear.families import FAMILIES
from dissociation.core.linear.solved import solve
from dissociation.core.linear.study import SIGMA, LinearStudy
from dissociation.core.linear.task import LinearTask
from dissociation.core.linear.walk import members, walks
from dissociation.core.similarity.embedding import classical_scaling
from dissociation.core.validation import InvalidValue

STUDY = LinearStudy(LinearTask(inputs="gaussian"), steps=12, draws=50)
NAMES = list(FAMILIES)


@pytest.fixture(scope="module")
def found():
    return study_linear(STUDY)


def test_measures_are_those_of_the_books():
    rng = np.random.default_rng(1)
    a, b = rng.standard_normal((2, 3, 5, 9))
    (first,), (second,) = r.similarity_matrices(a[:1]), r.similarity_matrices(b[:1])
    above = np.triu_indices(9, 1)
    expected = np.corrcoef(first[above], second[above])[0, 1]
    assert r.rsa(first[None], second[None]) == pytest.approx(expected)
    design = np.column_stack([a[0].T, np.ones(9)])
    residual = np.linalg.lstsq(design, b[0].T)[1].sum()
    total = np.sum((b[0] - b[0].mean(1, keepdims=True)) ** 2)
    assert r.predictivity(a, b)[0, 0] == pytest.approx(1 - residual / total)
    assert r.predictivity(a, a[:, :2]).diagonal() == pytest.approx(1)
    turned = np.linalg.qr(rng.standard_normal((5, 5)))[0] @ a
    assert r.rsa(r.similarity_matrices(a), r.similarity_matrices(turned)).diagonal() == (
        pytest.approx(1)
    )
    assert np.isnan(r.rsa(np.eye(9)[None], first[None])).all()
    assert np.isnan(r.predictivity(a, np.ones((1, 2, 9)))).all()


def test_a_decoder_drifts_even_where_the_similarity_matrix_stands():
    solved = solve(LinearTask().data())
    for name, networks in walks(solved, 24, steps=40, size=0.15, spread=0.7, key=2).items():
        error = r.decoder_drift(networks, solved.x)
        similarity = r.similarity_drift(networks, solved.x)
        assert error[0] < 1e-12 and error[-1] > 0.1
        assert similarity[0] == pytest.approx(1)
        stands = name in ("mrns", "mwns")
        assert (similarity.min() > 1 - 1e-9) == stands


def test_embeddings_are_classical_scaling_that_does_not_jump():
    solved = solve(LinearTask(inputs="gaussian").data())
    found = walks(solved, 24, steps=10, size=0.05, spread=0.7, key=2)
    points = r.embeddings(found["gls"], solved.x)
    other = classical_scaling((found["gls"].w1[-1] @ solved.x).T)
    distances = [np.linalg.norm(p[:, None] - p[None], axis=2) for p in (points[-1], other)]
    assert distances[0] == pytest.approx(distances[1], abs=1e-4)
    assert np.abs(np.diff(points, axis=0)).max() < 0.5
    still = r.embeddings(found["mwns"], solved.x)
    assert np.allclose(still, still[0], atol=1e-6)


def test_a_study_finds_what_the_paper_says(found):
    walk = found.walk
    assert walk.change < 1e-12
    assert walk.loss == pytest.approx(found.solved.residual / 2, abs=1e-20)
    assert np.ptp(walk.outputs, axis=0).max() < 1e-10
    assert np.ptp(walk.similarity, axis=0).max() > 0.1
    same, other = found.pairs.predictivity_same.mean, found.pairs.predictivity_other.mean
    gls, mwns = NAMES.index("gls"), NAMES.index("mwns")
    # Section 4.1: what matters is the kind of solution, more than the function.
    assert same[gls, mwns] == pytest.approx(1) and other[gls, mwns] > 0.99
    assert same[mwns, gls] < 0.8
    assert same[mwns, mwns] == pytest.approx(1) and other[mwns, mwns] < 0.8
    rsa = found.pairs.rsa_same
    assert rsa.low[mwns, mwns] == pytest.approx(1)
    assert rsa.mean[gls, gls] < 0.8 and found.pairs.rsa_other.mean[mwns, mwns] < 0.5
    assert set(found.noisy) == {"inputs", "parameters"} == set(found.least)
    for kind, families in found.noisy.items():
        for noisy in families.values():
            assert (noisy.expected >= found.least[kind] * (1 - 1e-9)).all()
            assert noisy.expected.shape == SIGMA.shape


def test_members_of_other_groups_are_others():
    solved = solve(LinearTask().data())
    first, second = (
        members(solved, 24, count=2, spread=0.5, key=1, group=g)["gls"].w1 for g in (0, 1)
    )
    assert not np.allclose(first, second)


def test_a_study_is_a_value_that_json_keeps():
    text = json.dumps(STUDY.to_json())
    assert linear_from_json(json.loads(text)) == STUDY
    assert linear_from_json({}) == LinearStudy()
    assert study_linear(STUDY) is study_linear(dataclasses.replace(STUDY, steps=12.0))


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"n_hidden": 3}, "need at least 15 hidden neurons"),
        ({"family": "best"}, "choose one of gls, lss, mrns, mwns"),
        ({"steps": 10_000}, "from 1 to 60"),
        ({"size": 1.0}, "step = 1.0 cannot be used: give a number from 0.01 to 0.5"),
        ({"task": {"depth": 3, "colour": 1}}, "task field"),
        ({"walk": 1}, "linear field"),
        ({"schema": 99}, "schema"),
        ([], "give a JSON object"),
    ],
)
def test_bad_studies_are_refused_kindly(values, words):
    with pytest.raises(InvalidValue, match=words):
        linear_from_json(values)
