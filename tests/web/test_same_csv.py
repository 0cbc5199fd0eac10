"""What a page shows, the command line writes, and Python is given of an address is the same."""

from __future__ import annotations

import csv
import io
import warnings
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
import requests
from labs import fresh_lab

from dissociation.address.links import read_address
from dissociation.address.pages import PAGES
from dissociation.cli.main import main
from dissociation.engine.lab import Lab
from dissociation.engine.store import Store
from dissociation.python import lab as in_python
from dissociation.web.export.links import export_path

from .stills import same_layout

NETWORKS = "recipe=custom&width=16&epochs=0&batch=2048"
CURVES = f"{NETWORKS}&seeds=2&images=200&points=3&show=scale"
#: What is not on every page: theory beside the curves, a curve still to be predicted, σ50.
ADDRESSES = {
    "robustness": f"Robustness?{CURVES}&theory=1&compose=scale:3",
    "transfer": f"Transfer?{NETWORKS}&seeds=1&images=200&points=2&show=scale&predict=scale",
    "hypothesis": f"Hypothesis?{NETWORKS}&seeds=2&images=200&points=3&draws=1",
    "sweep": f"Sweep?{NETWORKS}&seeds=1&images=200&points=3&draws=1",
    "representation": f"Representation?{NETWORKS}&rewrite=permute",
    "map": f"Map?{NETWORKS}&show=&landmarks=1&rotation=0&across=parameter_noise&network=2",
    "phantom": f"Phantom?{NETWORKS}&phantom.layer=1&draws=1",
    "linear": "Linear",
    "causes": f"Causes?{NETWORKS}&images=100&draws=1",
    "bridge": f"Bridge?{NETWORKS}&show=scale&network=3",
}
COLUMNS = {"robustness": "expected_error", "map": "sigma50", "bridge": "sigma50"}


@pytest.fixture(scope="module")
def lab(tmp_path_factory) -> Iterator[Lab]:
    with pytest.MonkeyPatch.context() as patch:
        made = fresh_lab(tmp_path_factory.mktemp("lab") / "cache", patch, Store)
        yield made
        made.stop()


@pytest.fixture(scope="module")
def asked(lab) -> Iterator[in_python.Lab]:
    made = in_python.Lab(lab.folder, progress=False)
    yield made
    made.close()


def test_all_pages_with_values_are_tried():
    assert {*ADDRESSES, "start", "inputs"} == set(PAGES)


@pytest.mark.parametrize("page", ADDRESSES)
def test_same_values(page, address, lab, asked, tmp_path: Path):
    written = tmp_path / "a.csv"
    cache = str(lab.folder)
    assert main(["run", ADDRESSES[page], "--out", str(written), "--cache", cache]) == 0
    link = read_address(ADDRESSES[page])[0]
    assert link.table.name == page
    served = requests.get(f"http://{address}/{export_path(link, 'csv')}", timeout=60)
    assert served.status_code == 200, served.text
    assert served.content == written.read_bytes()
    head, *rows = csv.reader(io.StringIO(written.read_text(encoding="utf-8")))
    assert rows and COLUMNS.get(page, head[0]) in head
    with warnings.catch_warnings():
        # Some of an address may have no effect, which is told.
        warnings.simplefilter("ignore")
        found = asked.run(ADDRESSES[page])
    pd.testing.assert_frame_equal(found.to_frame(), pd.read_csv(written))
    assert "<table" in found._repr_html_()
    for number in range(len(found.charts)):
        same_layout(found, number)
