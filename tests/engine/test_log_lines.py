"""Log lines: one an event, whatever is in its fields, with the digest of what is computed."""

from __future__ import annotations

import json
import logging
import sys

import pytest

from dissociation.engine.jobs import Jobs
from dissociation.engine.log_lines import LineFormatter, log_event

from .test_metrics import Work

NASTY = ['x y="1"', "line\nlevel=error", "é\u2028\x00", "", "a=b", "\r\n", 'say "so"']


@pytest.fixture
def lines():
    """Notes what is logged, in both forms."""
    logger, found = logging.getLogger("dissociation.test_lines"), {"text": [], "json": []}

    class Both(logging.Handler):
        def emit(self, record):
            for form, noted in found.items():
                noted.append(LineFormatter(form).format(record))

    handler = Both()
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    yield logger, found
    logger.removeHandler(handler)


def test_an_event_and_its_fields(lines):
    logger, found = lines
    log_event(logger, "job ended", kind="measure", digest="ab" * 32, seconds=1.5)
    told = json.loads(found["json"][0])
    assert told["event"] == "job ended" and told["digest"] == "ab" * 32 and told["seconds"] == 1.5
    assert told["level"] == "info" and told["time"].endswith("Z")
    fields = f'event="job ended" kind=measure digest={"ab" * 32} seconds=1.5'
    assert found["text"][0].endswith(f"level=info logger=dissociation.test_lines {fields}")


@pytest.mark.parametrize("text", NASTY)
def test_one_line_whatever_is_in_it(lines, text):
    logger, found = lines
    log_event(logger, "event", field=text)
    assert json.loads(found["json"][0])["field"] == text
    (line,) = found["text"]
    assert len(line.splitlines()) == 1
    name, _, quoted = line.rpartition(" field=")
    assert name.endswith("event=event") and json.loads(quoted) == text


def test_a_plain_message_is_an_event_too(lines):
    logger, found = lines
    logger.warning("entry %s\nis unusable", "abc")
    assert json.loads(found["json"][0])["event"] == "entry abc\nis unusable"
    assert len(found["text"][0].splitlines()) == 1


def test_a_traceback_follows_its_line(lines):
    logger, found = lines
    try:
        raise ValueError("a defect")
    except ValueError:
        record = logging.LogRecord("x", logging.ERROR, "", 0, "failed", (), sys.exc_info())
    first, *rest = LineFormatter("text").format(record).splitlines()
    assert "event=failed" in first and rest and all(line.startswith("  ") for line in rest)
    assert "a defect" in json.loads(LineFormatter("json").format(record))["traceback"]


def test_jobs_are_known_by_their_digest(caplog):
    jobs = Jobs(start=False)
    with caplog.at_level(logging.INFO, "dissociation"):
        jobs.submit(Work("d" * 64))
        jobs.drain()
    told = [record.fields for record in caplog.records if hasattr(record, "fields")]
    assert [entry["event"] for entry in told] == ["job started", "job ended"]
    assert all(entry["digest"] == "d" * 64 and entry["kind"] == "work" for entry in told)
    assert told[1]["state"] == "done" and told[1]["seconds"] >= 0
