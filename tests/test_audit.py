"""The audit fails for what is vulnerable, and only for that."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "tools"))
import audit  # noqa: E402

SOUND = {"name": "streamlit", "version": "1.67.0", "vulns": []}
SKIPPED = {"name": "jax", "skip_reason": "Dependency not found on PyPI"}
FLAW = {"id": "PYSEC-2026-1", "fix_versions": ["5.6.4"], "description": "…"}
BROKEN = {"name": "diskcache", "version": "5.6.3", "vulns": [FLAW]}


@pytest.mark.parametrize(
    ("packages", "failed", "words"),
    [
        ([SOUND, SOUND], False, "no known vulnerability in 2 packages"),
        ([SOUND, SKIPPED], False, "in 1 packages; NOT LOOKED UP, 1: jax"),
        ([SKIPPED, SKIPPED], False, "SKIPPED"),
        ([SOUND, SKIPPED, BROKEN], True, "diskcache 5.6.3: PYSEC-2026-1, fixed in 5.6.4"),
    ],
)
def test_verdict(packages, failed, words):
    told = audit.verdict({"dependencies": packages, "fixes": []})
    assert told.failed is failed and words in told.words


@pytest.mark.parametrize("output", ["", "no json", "{}"])
def test_a_service_that_cannot_be_asked_is_no_failure(output, monkeypatch):
    ended = SimpleNamespace(stdout=output, stderr="x\nERROR: no route to host\n")
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: ended)
    told = audit.audit()
    assert not told.failed and told.words.endswith("could not be asked: ERROR: no route to host")


def test_nor_is_one_that_is_silent(monkeypatch):
    def late(*_, **__):
        raise subprocess.TimeoutExpired("pip_audit", 1)

    monkeypatch.setattr(subprocess, "run", late)
    assert not audit.audit().failed and "SKIPPED" in audit.audit().words


def test_everything_the_lab_needs_is_asked_about(monkeypatch):
    asked = []

    def note(command, **_):
        asked.append(command)
        return SimpleNamespace(stdout=json.dumps({"dependencies": [SOUND]}), stderr="")

    monkeypatch.setattr(subprocess, "run", note)
    audit.audit()
    assert "requirements.txt" in asked[0]
