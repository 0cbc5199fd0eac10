"""Environment variables: the server does not start, and says in one line which is wrong."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from dissociation.core.validation import InvalidValue
from dissociation.engine.settings import CACHE, LIMITS, TEXTS, cache_folder, check_settings
from dissociation.web.server.headers import middleware
from dissociation.web.server.launch import leave_unless_settings_are_sound

from .catalogue import ENVIRONMENT_NUMBERS, ENVIRONMENT_WORDS

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("limit", LIMITS, ids=lambda limit: limit.variable)
def test_numbers(limit, monkeypatch):
    for text in ENVIRONMENT_NUMBERS:
        monkeypatch.setenv(limit.variable, text)
        with pytest.raises(InvalidValue) as refused:
            check_settings()
        told = str(refused.value)
        assert (
            told.startswith(f"{limit.variable} = ") and f"to {limit.high:g} ({limit.unit})" in told
        )
        assert len(told) < 250 and "\n" not in told


@pytest.mark.parametrize("variable", ENVIRONMENT_WORDS)
def test_words(variable, monkeypatch):
    for text in ENVIRONMENT_WORDS[variable]:
        monkeypatch.setenv(variable, text)
        with pytest.raises(SystemExit) as left:
            leave_unless_settings_are_sound()
        assert str(left.value.code).startswith(f"dissociation: {variable} = ")


def test_good_ones(monkeypatch, tmp_path):
    good = {
        "DISSOCIATION_LOG": "json",
        "DISSOCIATION_HOSTS": "lab.example.org, *.example.org",
        "DISSOCIATION_ORIGINS": "https://lab.example.org, http://[::1]:8501",
        "DISSOCIATION_FRAMES": "https://moodle.example.org,https://*.example.org:8443",
    }
    for variable, text in {**good, CACHE.variable: str(tmp_path)}.items():
        monkeypatch.setenv(variable, text)
    leave_unless_settings_are_sound()
    (hosts,) = (part for part in middleware() if "allowed_hosts" in part.kwargs)
    assert hosts.kwargs["allowed_hosts"][:2] == ["lab.example.org", "*.example.org"]
    assert {text.variable for text in TEXTS} >= {*good, CACHE.variable}


def test_a_home_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv(CACHE.variable, "~/results")
    assert cache_folder() == tmp_path / "results"
    monkeypatch.setenv(CACHE.variable, "~nobody-of-that-name/results")
    with pytest.raises(SystemExit, match=f"dissociation: {CACHE.variable} = .* home folder"):
        leave_unless_settings_are_sound()


def test_the_server_leaves_in_one_line():
    started = subprocess.run(
        [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", "8599"],
        cwd=ROOT,
        env={**os.environ, "DISSOCIATION_MAX_QUEUE": "-1"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert started.returncode == 1
    lines = [line for line in started.stderr.splitlines() if line.strip()]
    allowed = "give a number from 1 to 10000 (jobs)"
    assert lines == [f"dissociation: DISSOCIATION_MAX_QUEUE = '-1' cannot be used: {allowed}."]
