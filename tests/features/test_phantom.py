"""Phantom: what is studied, the verdict, and a picture of the visitor's own."""

from __future__ import annotations

import io

import numpy as np
from labs import TINY, Visit
from PIL import Image

from dissociation.core.data import motifs
from dissociation.core.manipulations import Phantom
from dissociation.core.shares import percent
from dissociation.features.phantom.text import same_function, solved, verdict
from dissociation.web.shell.snapshots import traces_of

QUERY = {name: TINY[name] for name in ("recipe", "width", "epochs", "batch")}
#: Wide enough for layer 1 to be solved exactly.
STUDIED = {**QUERY, "phantom.layer": "1", "draws": "1"}


def png(grey: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(np.round(grey * 255).astype(np.uint8)).save(buffer, "PNG")
    return buffer.getvalue()


def test_what_is_studied(lab):
    visit = Visit("phantom", STUDIED)
    study = lab.studies[-1][0]
    assert study.phantom == Phantom(1.0, 1) and (study.seed, study.draws) == (0, 1)
    assert study.noise == "input_noise"
    visit.widget("phantom.picture").set_value("heart")
    visit.widget("phantom.shown_in").set_value("activations")
    visit.widget("noise").set_value("parameter_noise")
    visit.run()
    study = lab.studies[-1][0]
    assert study.phantom == Phantom(1.0, 1, "activations", "heart")
    assert study.noise == "parameter_noise"
    assert visit.query["phantom.picture"] == "heart"


def test_verdict_table_and_files(lab):
    visit = Visit("phantom", STUDIED)
    lab.jobs.drain()
    visit.run()
    watch = visit.watch()
    (found,) = watch.results()
    assert found.residual < 1e-3 and "does not tell" not in solved(found)
    assert "not one answer changed" in same_function(found)
    assert same_function(found) in visit.text()
    assert verdict(found) in visit.text()
    traces = {trace["key"]: trace for trace in traces_of(watch)}
    for number, (position, _) in enumerate(found.frames):
        kept = found.unchanged[:, position].mean()
        said = traces[f"frame-{number}"]["title"].partition("answers ")[2]
        assert said == percent(kept) and (said == "100%") == (kept == 1)
    table = visit.test.dataframe[0].value
    assert table["picture (mean)"].tolist() == found.legibility.mean(0).tolist()
    files = next(html.body for html in visit.test.main.get("html") if "lab-files" in html.body)
    assert "api/export/csv/Phantom?" in files


def test_a_picture_that_cannot_be_painted_is_said(lab):
    visit = Visit("phantom", {**STUDIED, "phantom.layer": "2"})
    lab.jobs.drain()
    visit.run()
    assert visit.watch().results()[0].residual > 0.1
    assert "layer 1 or a wider network does" in visit.text()


def test_an_own_picture_is_part_of_the_address(lab):
    text = motifs.encode(motifs.motif("rings")[::-1])
    visit = Visit("phantom", {**STUDIED, "phantom.picture": text})
    assert visit.notices == [] and lab.studies[-1][0].phantom.picture == text
    assert visit.widget("phantom.picture").value == text
    visit.widget("phantom.picture").set_value("heart")
    visit.run()
    assert lab.studies[-1][0].phantom.picture == "heart"


def test_an_upload(lab):
    visit = Visit("phantom", STUDIED)
    drawn = motifs.motif("spiral")
    (uploader,) = visit.test.get("file_uploader")
    uploader.set_value(("spiral.png", png(drawn.repeat(5, 0).repeat(5, 1)), "image/png"))
    visit.run()
    assert np.array_equal(motifs.motif(visit.query["phantom.picture"]), drawn)
    (uploader,) = visit.test.get("file_uploader")
    uploader.set_value(("a.png", b"not a picture", "image/png"))
    visit.run()
    assert len(visit.errors) == 1 and "PNG" in visit.errors[0]
    # Nothing is lost: the picture before is still there.
    assert np.array_equal(motifs.motif(visit.query["phantom.picture"]), drawn)
