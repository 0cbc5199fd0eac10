"""Health, metrics, and the headers of every answer: uvicorn in a thread."""

from __future__ import annotations

import json
import urllib.error
import urllib.request

import pytest

from dissociation.web.server.headers import HEADERS


def ask(address: str, path: str):
    try:
        with urllib.request.urlopen(f"http://{address}{path}") as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as answer:
        return answer.code, answer.headers, answer.read()


def test_health(address, lab):
    status, headers, body = ask(address, "/api/health")
    assert status == 200 and headers["content-type"] == "application/json"
    assert json.loads(body)["status"] == "ok"
    lab.store.status_message = "Results cannot be kept on disk."
    status, _, body = ask(address, "/api/health")
    assert status == 200 and json.loads(body)["status"] == "degraded"


def test_nothing_computes_any_more(address, lab, monkeypatch):
    monkeypatch.setattr(type(lab.jobs), "alive", False)
    status, _, body = ask(address, "/api/health")
    assert status == 503 and json.loads(body)["status"] == "down"


def test_metrics(address, lab):
    status, headers, body = ask(address, "/api/metrics")
    assert status == 200 and headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert b'dissociation_jobs{state="queued"} 0.0\n' in body


@pytest.mark.parametrize(
    "path", ["/api/health", "/api/plotly.min.js", "/api/export/evil/Map", "/nowhere", "/"]
)
def test_headers_of_every_answer(address, lab, path):
    _, headers, _ = ask(address, path)
    assert all(len(headers.get_all(name)) == 1 for name in HEADERS)
    assert headers["x-content-type-options"] == "nosniff"


def test_files_keep_their_own_policy(address, lab):
    _, headers, _ = ask(address, "/api/export/csv/Robustness")
    assert headers.get_all("content-security-policy") == ["sandbox allow-scripts allow-downloads"]
