"""Two servers on one cache: nothing is lost or mixed up, and nobody is told of a lock."""

from __future__ import annotations

import json

from dissociation.engine.store import LIMITS, Store

from .tiny import output, script
from .two_servers import NAMES


def test_two_servers_on_one_cache(tmp_path):
    cache = tmp_path / "cache"
    cache.mkdir()
    servers = [script("two_servers", cache, number, 1.0) for number in range(2)]
    reports = []
    for server in servers:
        printed, log = output(server)
        assert "locked" not in log and "Traceback" not in log and "unusable" not in log
        reports.append(json.loads(printed))
    for report in reports:
        assert report["reads"] > 50, report
        assert (report["broken"], report["lost"], report["trouble"]) == (0, 0, "")
    # Both have trained and measured the same, at about the same time, into the same entries.
    assert reports[0]["numbers"] == reports[1]["numbers"]
    store = Store(cache)
    assert store.status_message == "" and not list(cache.glob("*.damaged-*"))
    assert all(store.get(compartment, name) for compartment in LIMITS for name in NAMES)
    # Replaced entries leave no files behind.
    for compartment in LIMITS:
        files = len(list((cache / compartment).rglob("*.val")))
        assert files <= len(NAMES) + 2
    store.close()
