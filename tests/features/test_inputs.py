"""Inputs: images, null space, a step in it and the tasks, each part standing on its own."""

from __future__ import annotations

import re
import subprocess
import sys

import numpy as np
import pytest
from labs import ROOT, Visit, forget_what_streamlit_remembers

from dissociation.core.data.datasets import mnist_test
from dissociation.core.networks.null_spaces import input_null_space
from dissociation.core.validation import DamagedData
from dissociation.features.inputs import figures


def pictures(visit: Visit) -> list[str]:
    """The page's blocks of images, without the styles."""
    blocks = [block.value for block in visit.test.main.get("html")]
    return [block for block in blocks if "<img" in block]


def alts(block: str) -> list[str]:
    return re.findall(r'alt="([^"]*)"', block)


def test_parts(lab):
    visit = Visit("inputs")
    heads = [head.value for head in visit.test.subheader]
    assert [head[:2] for head in heads] == ["1.", "2.", "3.", "4."]
    grid, basis, step, factors, rotations = pictures(visit)
    assert len(alts(grid)) == 100 and len(alts(basis)) == 9 and len(alts(step)) == 3
    assert len(alts(factors)) == 6 * 7 and len(alts(rotations)) == 4 * 7
    space = input_null_space("test")
    metrics = {metric.label: metric.value for metric in visit.test.metric}
    assert metrics["Rank"] == str(space.rank)
    assert metrics["Null dimension"] == f"{space.dimension} of 784"
    assert lab.curves == [] and lab.trainings == []


@pytest.mark.parametrize("digit", ["all", "0", "7"])
def test_images_by_class(digit, lab):
    visit = Visit("inputs", {"digit": digit, "images": "3", "seed": "5"})
    found = alts(pictures(visit)[0])
    wanted = range(10) if digit == "all" else [int(digit)]
    assert [alt[:4] for alt in found] == [f"A {d}:" for d in wanted for _ in range(3)]
    for alt in found:
        number = int(alt.rsplit(" ", 1)[1].replace(",", ""))
        assert mnist_test().labels[number] == int(alt[2])


def test_seeds_decide(lab):
    first, again = (pictures(Visit("inputs", {"seed": "1"})) for _ in range(2))
    other = pictures(Visit("inputs", {"seed": "2"}))
    assert first == again
    assert first[0] != other[0] and first[3:] != other[3:] and first[1:3] == other[1:3]
    turned = pictures(Visit("inputs", {"seed": "1", "direction": "9"}))
    assert [a == b for a, b in zip(first, turned, strict=True)] == [True, True, False, True, True]


def test_null_space_of_the_training_images(lab):
    visit = Visit("inputs", {"source": "train"})
    space = input_null_space("train")
    metrics = {metric.label: metric.value for metric in visit.test.metric}
    assert metrics["Rank"] == str(space.rank)
    assert "of the 60,000 images" in visit.text()
    # What no test image would reveal: they stick out of a null space that is not their own.
    assert "these directions come from other images" in visit.text()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("digit", "3"),
        ("image", 42),
        ("source", "train"),
        ("step", 0.0),
        ("split", "notebook"),
        ("images", 4),
        ("seed", 7),
        ("direction", 7),
        ("vectors", 2),
    ],
)
def test_controls(name, value, lab):
    visit = Visit("inputs")
    before = visit.text(), pictures(visit)
    visit.widget(name).set_value(value)
    visit.run()
    assert (visit.text(), pictures(visit)) != before
    assert visit.query == {name: str(value).removesuffix(".0")}


def test_step_of_zero_changes_nothing(lab):
    block = pictures(Visit("inputs", {"step": "0", "image": "17"}))[2]
    before, after, _ = re.findall(r'src="([^"]*)"', block)
    assert before == after


def test_table_of_the_step(lab):
    visit = Visit("inputs", {"step": "2", "image": "17"})
    table = visit.test.table[0].value
    lengths = np.linalg.norm(mnist_test().images @ input_null_space("test").basis.T, axis=1)
    worst = table.iloc[1]
    assert float(worst["On this image"]) == pytest.approx(2 * lengths[17], rel=0.1)
    assert float(worst["Largest of 10,000"]) == pytest.approx(2 * lengths.max(), rel=0.1)


def test_rotations_explain_both_splits(lab):
    shuffled = pictures(Visit("inputs"))[4]
    notebook = pictures(Visit("inputs", {"split": "notebook"}))[4]
    assert "drawn from all" in shuffled and "test images 7,500 – 9,999" in notebook
    for visit in (Visit("inputs"), Visit("inputs", {"split": "notebook"})):
        assert "In the *notebook* split" in visit.text() and "*shuffled* split" in visit.text()


def test_classes_of_the_factors(lab):
    block = pictures(Visit("inputs"))[3]
    labels = mnist_test().labels
    even = int(np.isin(labels, [2, 4, 6, 8]).sum())
    assert f"2, 4, 6, 8: {even:,} images" in block
    assert "3, 9: " in block and "5: " in block


@pytest.fixture
def damaged(monkeypatch):
    """Makes one file of the data set unreadable, for pages only."""
    forget_what_streamlit_remembers()

    def break_(name: str):
        def refuse(*arguments):
            raise DamagedData(f"The data file of {name} is damaged; restore it.")

        monkeypatch.setattr(figures, name, refuse)

    yield break_
    monkeypatch.undo()
    forget_what_streamlit_remembers()


def test_damaged_test_images(damaged, lab):
    damaged("mnist_test")
    visit = Visit("inputs")
    assert set(visit.errors) == {"The data file of mnist_test is damaged; restore it."}
    assert len(visit.test.subheader) == 4 and visit.widget("step") is not None


def test_damaged_training_images(damaged, lab):
    damaged("mnist_train")
    visit = Visit("inputs", {"source": "train"})
    assert len(visit.errors) >= 2
    # What needs only the test images is there.
    blocks = pictures(visit)
    assert len(alts(blocks[0])) == 100 and len(alts(blocks[-1])) == 28
    assert not visit.notices


def test_no_jax_before_the_first_paint():
    script = (
        "import sys, dissociation.features.inputs.figures, dissociation.features.curves.panel\n"
        "import dissociation.address.parameters, dissociation.core.experiment\n"
        "sys.exit('jax' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", script], cwd=ROOT).returncode == 0
