"""What a class shares is made once, and anew when what it rests on was replaced."""

from __future__ import annotations

import numpy as np

from dissociation.core.measures.base import Curve
from dissociation.web.shell import shared
from dissociation.web.shell.shared import Shared, flat


def test_made_once_for_the_same_parts():
    answers, made = Shared(), []

    def make():
        made.append(len(made))
        return made[-1]

    one, other = np.zeros(3), np.zeros(3)
    assert [answers.of("q", [one, None], make) for _ in range(3)] == [0, 0, 0]
    assert answers.of("another question", [one, None], make) == 1
    # Equal numbers in another object may change to others at any time: they are replaced.
    assert answers.of("q", [other, None], make) == 2
    assert answers.of("q", [other], make) == 3


def test_few_are_kept(monkeypatch):
    monkeypatch.setattr(shared, "KEPT", 2)
    answers = Shared()
    for question in "abca":
        answers.of(question, [], lambda question=question: question)
    assert list(answers._known) == ["c", "a"]


def test_seeds_in_a_row_are_told_from_those_of_another_curve():
    first, second, third = object(), object(), object()

    def curve(*seeds):
        return Curve(np.zeros(1), seeds, np.zeros(1, np.int64))

    apart = [flat([curve(first), curve(second, third)]), flat([curve(first, second), curve(third)])]
    assert apart[0] != apart[1] and flat([None, curve(first)]) == [None, first, None]
