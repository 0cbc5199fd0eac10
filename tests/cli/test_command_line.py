from __future__ import annotations

import csv
import io
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from browser.helpers import free_port
from curve_studies import stored_curve

from dissociation.address.links import curves_of, read_address
from dissociation.address.names import condition_names
from dissociation.address.presets import PRESETS
from dissociation.address.table import Condition
from dissociation.cli import files
from dissociation.cli.main import main
from dissociation.cli.progress import Progress
from dissociation.core.experiment import Experiment, from_json
from dissociation.core.manipulations import Scale
from dissociation.core.measures import ParameterNoise, SeedCurve, Transfer
from dissociation.core.measures.base import Curve
from dissociation.core.networks.training import Recipe
from dissociation.core.runner import run
from dissociation.core.similarity import SIMILARITIES
from dissociation.core.similarity.comparison import Comparison, NetworkSpec
from dissociation.core.validation import DamagedData
from dissociation.engine import jobs as j
from dissociation.engine.lab import Lab
from dissociation.engine.settings import CACHE_VARIABLE
from dissociation.features.bridge.address import candidates_of
from dissociation.features.bridge.answer import BridgeQuestion
from dissociation.features.curves.answer import CurveQuestion, as_csv, curves_as_text
from dissociation.features.map import answer as map_answer
from dissociation.features.map.address import points_of
from dissociation.features.map.answer import ComparisonsQuestion
from dissociation.python import compute as compute_module
from dissociation.python.sources import MAX_BYTES, MAX_EXPERIMENTS, read_source
from dissociation.web.shell.questions import StudyQuestion

ROOT = Path(__file__).parents[2]
TINY = "recipe=custom&width=16&epochs=1&batch=2048&seeds=1&images=200&points=3&show=scale"
ADDRESS = f"Robustness?{TINY}"
#: Other networks than those of the address above, and none trained.
OTHER = "Robustness?" + TINY.replace("epochs=1", "epochs=0")
PINNED = f"{ADDRESS}&pin=scale:50;width=16;recipe=custom;batch=2048;epochs=1;images=200;points=3"
VARIABLES = (
    "JAX_COMPILATION_CACHE_DIR",
    "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS",
    "JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES",
    "JAX_COMPILATION_CACHE_MAX_SIZE",
    "TF_CPP_MIN_LOG_LEVEL",
)


def experiments_of(address: str) -> list[Experiment]:
    link = read_address(address)[0]
    assert link.table.conditions is not None
    return [condition.experiment for condition in link.table.conditions(link.values)]


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """A store of its own; what a lab sets for the JAX of its process is undone."""
    for name in VARIABLES:
        # Set before it is deleted, so that it is deleted again at the end if it was not there.
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "store"))
    monkeypatch.chdir(tmp_path)
    return tmp_path / "store"


@pytest.fixture(scope="module")
def direct() -> list[Curve]:
    """The curves of the tiny address, without a lab."""
    return [run(experiment) for experiment in experiments_of(ADDRESS)]


class TestRunAndExport:
    def test_home_folders(self, capsys, monkeypatch, tmp_path):
        home = tmp_path / "home"
        home.mkdir()
        monkeypatch.setenv("HOME", str(home))
        (home / "one.json").write_text(json.dumps(experiments_of(OTHER)[0].to_json()))
        assert main(["run", "~/one.json", "--out", "~/one.csv", "--cache", "~/store"]) == 0
        assert (home / "one.csv").exists() and (home / "store").is_dir()
        for option in ("--out", "--cache"):
            found = "~nobody-of-that-name/one.csv"
            assert main(["run", OTHER, option, found]) == 2
            assert f"{option} = '{found}' cannot be used" in capsys.readouterr().err
        assert not list(tmp_path.glob("~*"))

    def test_what_is_computed_is_found(self, capsys, folder, direct, tmp_path):
        assert main(["export", ADDRESS, "--out", "a.csv"]) == 1
        refused = capsys.readouterr()
        assert "2 of 2 curves are not stored yet (Trained; Scaled (α = 20))" in refused.err
        assert f"python -m dissociation run '{ADDRESS}'" in refused.err
        assert refused.out == "" and not (tmp_path / "a.csv").exists()
        assert not folder.exists()

        assert main(["run", ADDRESS, "--out", "a.csv"]) == 0
        log = capsys.readouterr()
        assert log.out == "" and "\r" not in log.err
        assert log.err.splitlines()[-1] == "100 % Complete."
        rows = list(csv.reader(io.StringIO((tmp_path / "a.csv").read_text())))
        axis = experiments_of(ADDRESS)[0].measure.axes[0].title
        told = ["expected_error", "expected_from_images"]
        assert rows[0] == ["condition", "network", axis, "error", "errors", "predictions", *told]
        expected = [
            [name, "0", x, wrong / 200, wrong, 200]
            for name, curve in zip(("Trained", "Scaled (α = 20)"), direct, strict=True)
            for x, wrong in zip(curve.x, curve.seeds[0].errors.sum(0), strict=True)
        ]
        found = [[n, s, float(x), float(e), int(w), int(p)] for n, s, x, e, w, p, *_ in rows[1:]]
        assert found == expected
        assert all(0 <= float(row[6]) <= 1 and row[7] == "200" for row in rows[1:])

        assert main(["run", f"/{ADDRESS}", "--out", "a.JSON"]) == 0
        assert capsys.readouterr().err == "100 % Stored already.\n"
        values = json.loads((tmp_path / "a.JSON").read_text())
        assert values["schema"] == 1
        for one, experiment, curve in zip(
            values["curves"], experiments_of(ADDRESS), direct, strict=True
        ):
            assert from_json(one["experiment"]) == experiment
            assert one["x"] == curve.x.tolist()
            (network,) = one["networks"]
            seed = curve.seeds[0]
            assert network == {
                "network": 0,
                "errors": seed.errors.tolist(),
                "predictions": [200] * 3,
                "clean_errors": seed.clean_errors,
                "clean_images": 200,
            }

        assert main(["export", f"http://127.0.0.1:8501/{ADDRESS}", "--out", "b.json"]) == 0
        assert (tmp_path / "b.json").read_text() == (tmp_path / "a.JSON").read_text()
        assert main(["export", ADDRESS, "--out", "b.csv"]) == 0
        assert (tmp_path / "b.csv").read_bytes() == (tmp_path / "a.csv").read_bytes()
        # What it wrote for itself on the way is gone.
        assert {p.name for p in tmp_path.iterdir()} == {
            "a.csv",
            "a.JSON",
            "b.csv",
            "b.json",
            "store",
        }

        # And a page finds all of it: curves, and the checks beside them.
        lab = Lab(folder, start=False)
        for experiment, curve in zip(experiments_of(ADDRESS), direct, strict=True):
            stored = stored_curve(lab.library, experiment, 0)
            assert stored is not None
            np.testing.assert_array_equal(stored.errors, curve.seeds[0].errors)
        watch = lab.watch_curves(experiments_of(ADDRESS))
        assert watch.all_stored and watch.status().state == j.DONE
        lab.stop()

        # More seeds than are stored are not there.
        more = ADDRESS.replace("seeds=1", "seeds=2")
        assert main(["export", more, "--out", "c.csv"]) == 1
        assert not (tmp_path / "c.csv").exists()

    def test_file_table_and_another_store(self, capsys, tmp_path, folder, direct):
        plans = experiments_of(ADDRESS)
        (tmp_path / "one.json").write_text(json.dumps(plans[1].to_json()))
        arguments = ["run", "one.json", "--cache", str(tmp_path / "elsewhere")]
        assert main(arguments) == 0
        printed = capsys.readouterr().out
        assert "Scaled (α = 20)" in printed and "Trained" not in printed
        for error in direct[1].mean:
            assert f"{error:.2%}" in printed
        assert not folder.exists() and (tmp_path / "elsewhere").is_dir()
        # A file that was written is a list of experiments once they are taken out of it.
        arguments = ["export", "one.json", "--out", "x.json", "--cache", "elsewhere"]
        assert main(arguments) == 0
        written = json.loads((tmp_path / "x.json").read_text())
        (tmp_path / "list.json").write_text(
            json.dumps([curve["experiment"] for curve in written["curves"]])
        )
        assert read_source("list.json").question == CurveQuestion([Condition(plans[1])])
        assert main(["export", "list.json", "--out", "y.json", "--cache", "elsewhere"]) == 0
        assert (tmp_path / "y.json").read_text() == (tmp_path / "x.json").read_text()

    def test_notices_and_bad_values_of_an_address(self, capsys):
        assert main(["run", f"{OTHER}&scale=1e9&nonsense=1"]) == 0
        shown = capsys.readouterr()
        assert "“nonsense”" in shown.err and "The page uses 20 instead" in shown.err
        assert "Scaled (α = 20)" in shown.out

    def test_failed_job(self, capsys, monkeypatch, tmp_path):
        def broken(*_):
            raise DamagedData("The images are gone.")

        monkeypatch.setattr("dissociation.engine.tasks.train", broken)
        assert main(["run", OTHER, "--out", "a.csv"]) == 1
        assert capsys.readouterr().err.endswith("dissociation: The images are gone.\n")
        assert main(["warm", OTHER, ADDRESS]) == 1
        shown = capsys.readouterr()
        assert shown.err.count("The images are gone.") == 2 and shown.out == ""
        assert "could not compute" in shown.err
        assert not (tmp_path / "a.csv").exists()

    def test_a_suspended_process_asks_again(self, capsys, monkeypatch):
        waits = []

        def suspended(watch, tell):
            waits.append(watch)
            if len(waits) == 1:
                watch.cancel()
            return real(watch, tell)

        real = compute_module.until_done
        monkeypatch.setattr(compute_module, "until_done", suspended)
        assert main(["run", OTHER]) == 0
        assert len(waits) == 2


NETWORKS = "recipe=custom&width=16&epochs=0"
PAIR = f"Representation?{NETWORKS}&rewrite=permute"
MAP = f"Map?{NETWORKS}&show=&landmarks=2&rotation=0"


class TestComparisons:
    def test_what_is_warmed_the_pages_find(self, capsys, folder, tmp_path):
        assert main(["export", MAP, "--out", "map.csv"]) == 1
        refused = capsys.readouterr().err
        assert "3 of 3 comparisons are not stored yet (Trained, network 1; Trained, " in refused
        assert not folder.exists()

        assert main(["warm", MAP]) == 0
        assert capsys.readouterr().out.startswith(f"{MAP}: computed in ")
        assert main(["warm", MAP]) == 0
        assert capsys.readouterr().out == f"{MAP}: stored already\n"
        link = read_address(MAP)[0]
        lab = Lab(folder, start=False)
        watch = lab.watch_studies([point.comparison for point in points_of(link.values)])
        assert watch.status().stored and watch.status().state == j.DONE
        # The very files of the page.
        question = map_answer.question(link)[0]
        answer = question.answer(question.stored(lab.library))
        for name in ("map.csv", "map.json"):
            assert main(["export", MAP, "--out", name]) == 0
        assert (tmp_path / "map.csv").read_text() == answer.csv()
        written = json.loads((tmp_path / "map.json").read_text())
        assert written["contrasts"] == json.loads(answer.json())["contrasts"]
        lab.stop()

        # Comparisons taken out of a file that was written are a source again.
        described = [entry["contrast"] for entry in written["contrasts"]]
        (tmp_path / "list.json").write_text(json.dumps(described))
        assert read_source("list.json").question == ComparisonsQuestion(
            [point.comparison for point in points_of(link.values)]
        )
        assert main(["run", "list.json"]) == 0
        printed = capsys.readouterr()
        assert "100 % Stored already." in printed.err
        header, trained, first, second = printed.out.splitlines()[-4:]
        assert "procrustes" in header and trained.startswith("Trained, network 1")
        assert first.startswith("Trained, network 2")
        found = written["contrasts"][2]["values"]
        assert f"{found['procrustes']:.4g}" in second

    def test_a_pair_is_printed_by_measure(self, capsys, tmp_path):
        assert main(["run", PAIR, "--out", "pair.json"]) == 0
        assert main(["run", PAIR]) == 0
        printed = capsys.readouterr()
        assert printed.err.endswith("100 % Stored already.\n")
        rows = {line.split("  ")[0]: line.split() for line in printed.out.splitlines()}
        entry = json.loads((tmp_path / "pair.json").read_text())
        assert rows["Linear CKA"][-4:-2] == [f"{entry['values']['cka']:.4g}", "1"]
        assert rows["Linear CKA"][-2] == f"{entry['unrelated']['cka']['mean']:.4g}"
        assert len(rows) == 1 + len(SIMILARITIES)


#: The command, also where the tests themselves were started with interrupts ignored.
INTERRUPTIBLE = """
import runpy, signal
signal.signal(signal.SIGINT, signal.default_int_handler)
runpy.run_module("dissociation", run_name="__main__")
"""


class TestWarm:
    def test_interrupted_and_resumed(self, capsys, monkeypatch, tmp_path):
        real = compute_module.until_done

        def interrupted(watch, tell):
            if watch.experiments[0].recipe.epochs == 1:
                raise KeyboardInterrupt
            return real(watch, tell)

        with monkeypatch.context() as patch:
            patch.setattr(compute_module, "until_done", interrupted)
            assert main(["warm", OTHER, ADDRESS, OTHER, PINNED]) == 130
        shown = capsys.readouterr()
        assert shown.out.startswith(f"{OTHER}: computed in ")
        last = shown.err.splitlines()[-1]
        assert last.startswith("dissociation: interrupted. What is finished is stored")
        remains = last.partition("warm ")[2]
        assert ADDRESS in remains and PINNED in remains and OTHER not in remains

        assert main(["warm", OTHER, ADDRESS]) == 0
        first, second = capsys.readouterr().out.splitlines()
        assert first == f"{OTHER}: stored already"
        assert second.startswith(f"{ADDRESS}: computed in ") and second.endswith(" s")
        assert main(["warm", ADDRESS, OTHER]) == 0
        assert capsys.readouterr().out.count("stored already") == 2

    def test_all_are_all_presets(self, capsys, monkeypatch):
        asked = []

        def computed(lab, work, report):
            asked.append(work)
            return compute_module.Outcome([], True)

        monkeypatch.setattr("dissociation.cli.commands.compute", computed)
        assert main(["warm", "--all", "balanced", OTHER]) == 0
        names = [line.partition(":")[0] for line in capsys.readouterr().out.splitlines()]
        assert names[:-1] == list(PRESETS) and len(asked) == len(PRESETS) + 1

    def test_a_store_that_cannot_keep_is_no_use(self, capsys, tmp_path, monkeypatch):
        def full(*_, **__):
            raise OSError("no space left")

        with monkeypatch.context() as patch:
            patch.setattr("dissociation.engine.store.diskcache.Cache", full)
            assert main(["warm", OTHER]) == 1
            assert "folder of results cannot be used" in capsys.readouterr().err
            # Curves that are printed need not be kept.
            assert main(["run", OTHER]) == 0
            assert "folder of results cannot be used" in capsys.readouterr().err
        # It may also fill up on the way.
        monkeypatch.setattr("dissociation.engine.store.diskcache.Cache.set", full)
        assert main(["warm", OTHER]) == 1
        shown = capsys.readouterr()
        assert "folder of results cannot be used" in shown.err and shown.out == ""

    def test_interrupt_from_outside(self, tmp_path):
        """A real Ctrl-C in the middle of a training that would take long."""
        long = f"Robustness?{TINY.replace('epochs=1', 'epochs=100').replace('2048', '8')}"
        process = subprocess.Popen(
            [sys.executable, "-c", INTERRUPTIBLE, "warm", long, "--cache", str(tmp_path / "c")],
            cwd=ROOT,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert process.stderr is not None
        assert "Training the networks first" in process.stderr.readline()
        time.sleep(0.5)
        process.send_signal(signal.SIGINT)
        rest = process.communicate(timeout=60)[1]
        assert process.returncode == 130
        assert "Traceback" not in rest and "the rest remains" in rest


class TestList:
    def test_json(self, capsys):
        assert main(["list", "--json"]) == 0
        found = json.loads(capsys.readouterr().out)
        assert [preset["name"] for preset in found["presets"]] == list(PRESETS)
        for preset in found["presets"]:
            link, notices = read_address(preset["address"])
            assert link == PRESETS[preset["name"]].link and not notices
        scale = next(step for step in found["manipulations"] if step["name"] == "scale")
        assert scale["exact_on"] == "all inputs" and scale["label"] == "Scaled" and scale["rule"]
        assert {m["name"] for m in found["measures"]} == {
            "input_noise",
            "parameter_noise",
            "transfer",
        }

    def test_text(self, capsys):
        assert main(["list"]) == 0
        text = capsys.readouterr().out
        for name in (*PRESETS, "hidden_null", "transfer"):
            assert name in text

    def test_loads_nothing_heavy(self):
        code = (
            "import sys; from dissociation.cli.main import main; "
            "assert main(['list']) == 0; print(*sys.modules, file=sys.stderr)"
        )
        loaded = subprocess.run(
            [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
        ).stderr.split()
        assert not {"jax", "streamlit", "pandas", "diskcache", "scipy"} & set(loaded)

    def test_module_and_ascii_terminals(self):
        listing = subprocess.run(
            [sys.executable, "-m", "dissociation", "list"],
            cwd=ROOT,
            capture_output=True,
            env={**os.environ, "PYTHONIOENCODING": "ascii"},
        )
        assert listing.returncode == 0 and listing.stderr == b"" and b"\\u03b1" in listing.stdout


PLAN = Experiment(ParameterNoise(images=200, points=3), recipe=Recipe(epochs=0, width=16), seeds=1)
GOOD = PLAN.to_json()
PAIRED = Comparison(NetworkSpec(), NetworkSpec()).to_json()
DEEP = "[" * 100_000 + "]" * 100_000


def with_field(**fields) -> str:
    return json.dumps({**GOOD, **fields})


@pytest.mark.parametrize("command", ["run", "warm"])
@pytest.mark.parametrize(
    "text, words",
    [
        ("", "it is not JSON"),
        ("no json", "it is not JSON"),
        ("{'measure': 1}", "it is not JSON"),
        (DEEP, "nested too deeply"),
        ('{"a":' * 100_000 + "1" + "}" * 100_000, "nested too deeply"),
        (" " * (MAX_BYTES + 1), "at most 1 MB"),
        ("1" * 10_000, "it is not JSON"),
        ("null", "give a JSON object"),
        (json.dumps([PAIRED, {**PAIRED, "layer": 3}]), "layer = 3"),
        (json.dumps([PAIRED, GOOD]), "contrast field = 'measure'"),
        (json.dumps({**PAIRED, "first": {"seed": 99}}), "first seed = 99"),
        ("[]", f"give 1 to {MAX_EXPERIMENTS}"),
        (json.dumps([GOOD] * (MAX_EXPERIMENTS + 1)), f"give 1 to {MAX_EXPERIMENTS}"),
        (json.dumps([GOOD, 3]), "give a JSON object"),
        ("[" * 900 + "]" * 900, "give a JSON object"),
        (with_field(nonsense=1), "experiment field = 'nonsense'"),
        (with_field(schema=2), "reads schema 1"),
        (with_field(measure={"name": "transfer", "version": 1}), "setting of transfer"),
        (with_field(measure={"name": "os.system"}), "choose one of"),
        (with_field(manipulations=[{"name": "scale", "label": "x"}]), "field of scale"),
        (with_field(manipulations=[{"name": "scale", "strength": None}]), "give a number"),
        (with_field(recipe={"width": 10**9}), "width"),
        (with_field(seeds=float("nan")), "seeds"),
    ],
)
def test_bad_files(capsys, tmp_path, folder, command, text, words):
    (tmp_path / "bad.json").write_text(text)
    assert main([command, "bad.json"]) == 2
    shown = capsys.readouterr()
    assert shown.err.startswith("dissociation: ") and shown.err.count("\n") == 1
    assert words in shown.err and shown.out == "" and len(shown.err) < 500
    assert not folder.exists()


def test_files_that_are_not_text(capsys, tmp_path):
    (tmp_path / "bad.json").write_bytes(b"\xff\xfe\x00")
    assert main(["run", "bad.json"]) == 2
    # As some editors write it.
    (tmp_path / "good.json").write_bytes(b"\xef\xbb\xbf" + json.dumps(GOOD).encode())
    assert read_source("good.json").question == CurveQuestion([Condition(PLAN)])


@pytest.mark.parametrize(
    "arguments, words",
    [
        ([], "required: command"),
        (["frobnicate"], "invalid choice"),
        (["run"], "required: source"),
        (["run", "nonsense"], "give a preset (notebook-noise, "),
        (["run", ""], "give a preset"),
        (["run", "x" * 5_000], "give a preset"),
        (["run", "a\0b\n"], "give a preset"),
        (["run", "missing.json"], "No such file or directory: 'missing.json'"),
        (["run", "folder.json"], "Is a directory"),
        (["run", "http://["], "give an address of this lab"),
        (["run", "http://127.0.0.1/Nowhere?a=1"], "name one of the pages"),
        (
            ["run", "http://127.0.0.1:8501/"],
            "page that computes something, Robustness",
        ),
        (["run", "Inputs?v=1"], "page that computes something"),
        (["run", "Map?show=&landmarks=0&rotation=0"], "choose a rewrite or another network"),
        (["run", "Robustness?a=" + "x" * 9_000], "at most 8,000 characters"),
        (["run", "Robustness?" + "a=1&" * 300], "address"),
        (["run", OTHER, "--out", "a.png"], "end it with .csv or .json"),
        (["run", OTHER, "--out", ""], "end it with .csv or .json"),
        (["run", OTHER, "--out", "nowhere/a.csv"], "folder that exists"),
        (["run", OTHER, "--out", "folder.json"], "not a folder"),
        (["run", "two.json", "--out", "a.csv"], "several axes"),
        (["run", OTHER, "--cache", "two.json"], "give a folder"),
        (["run", OTHER, "--cache", ""], "give a folder"),
        (["export", OTHER], "required: --out"),
        (["export", OTHER, "--out", "a"], "end it with .csv or .json"),
        (["warm"], "or give --all"),
        (["warm", OTHER, "nonsense"], "give a preset"),
        (["list", "--yaml"], "unrecognized arguments"),
        (["serve", "--port", "0"], "give a whole number from 1 to 65,535"),
        (["serve", "--port", "http"], "invalid int value"),
        (["serve", "--address", ""], "0.0.0.0 for all"),
    ],
)
def test_bad_arguments(capsys, tmp_path, folder, arguments, words):
    (tmp_path / "folder.json").mkdir()
    other = Experiment(Transfer(images=200, points=2), recipe=PLAN.recipe)
    (tmp_path / "two.json").write_text(json.dumps([GOOD, other.to_json()]))
    assert main(arguments) == 2
    shown = capsys.readouterr()
    assert shown.err.startswith("dissociation: ") and shown.err.count("\n") == 1
    assert words in shown.err and shown.out == ""
    assert not folder.exists()


def test_help(capsys):
    assert main(["--help"]) == 0
    assert "Exit codes" in capsys.readouterr().out
    assert main(["run", "--help"]) == 0


def test_serving_is_streamlit_with_the_app(monkeypatch):
    become = []

    def execute(program, arguments):
        become.extend(arguments)
        raise SystemExit(0)

    monkeypatch.setattr(os, "execv", execute)
    number = str(free_port())
    assert main(["serve", "--port", number]) == 0
    options = ["--server.address", "127.0.0.1", "--server.port", number]
    assert become[-5:] == [str(ROOT / "app.py"), *options]


def test_an_address_that_is_not_to_be_had(capsys):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        for address in ("127.0.0.1", "192.0.2.1", "::2", "no.such.host.invalid", "a" * 70):
            assert main(["serve", "--address", address, "--port", port]) == 1
            told = capsys.readouterr().err
            assert told.startswith(f"dissociation: cannot listen on {address}, port {port}: ")
            assert told.count("\n") == 1


def test_a_cache_variable_that_names_a_file(capsys, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "file"))
    assert main(["run", OTHER]) == 2
    assert CACHE_VARIABLE in capsys.readouterr().err


class TestSources:
    @pytest.mark.parametrize("name", PRESETS)
    def test_presets(self, name):
        link = PRESETS[name].link
        if link.table.study is not None:
            expected = StudyQuestion(link.table.study(link.values))
        elif link.table.name == "bridge":
            expected = BridgeQuestion(candidates_of(link.values), link.values["compute"] == "all")
        elif link.table.name == "map":
            points = points_of(link.values)
            comparisons = tuple(point.comparison for point in points)
            expected = ComparisonsQuestion(comparisons, tuple(p.experiment for p in points))
        else:
            expected = CurveQuestion(curves_of(link)[0], predicted=link.values.get("theory", False))
        assert read_source(name).question == read_source(link.path).question == expected

    @pytest.mark.parametrize("text", ["robustness", "/Robustness", "https://a.b/lab/Robustness/"])
    def test_pages_without_values(self, text):
        assert len(read_source(text).question.conditions) == 5

    def test_names_are_those_of_the_pages(self):
        conditions = read_source(PINNED + "&key=5").question.conditions
        found = condition_names(conditions)
        assert found[-1].startswith("A: Scaled (α = 50) [")

    def test_names_that_would_repeat_are_numbered(self):
        assert condition_names([Condition(PLAN)] * 2) == ["Trained", "Trained (2)"]

    def test_a_width_is_measured_or_said_to_be_left_out(self):
        source = read_source("Robustness?v=1&amp;show=scale&amp;width=64&amp;utm_source=x")
        assert [c.experiment.recipe.width for c in source.question.conditions] == [64, 64]
        assert source.notices == []
        source = read_source("Robustness?show=scale&recipe=quick&width=64")
        assert [c.experiment.recipe.width for c in source.question.conditions] == [1024, 1024]
        assert len(source.notices) == 1 and "“width” counts only with" in source.notices[0]

    def test_a_pinned_curve_over_another_axis_is_left_out_as_on_the_page(self):
        source = read_source(f"{ADDRESS}&measure=input_noise&pin=trained")
        assert len(source.question.conditions) == 2 and "another axis" in source.notices[-1]


def test_draws_are_summed():
    errors = np.array([[1, 2, 3], [5, 6, 7]])
    curve = Curve(PLAN.measure.x, (SeedCurve(errors, np.full(3, 200)),), PLAN.measure.total)
    rows = [line.split(",")[-3:] for line in as_csv([Condition(PLAN)], [curve]).splitlines()[1:]]
    assert rows == [["0.015", "6", "400"], ["0.02", "8", "400"], ["0.025", "10", "400"]]


def test_axes_are_printed_apart():
    other = Experiment(Transfer(images=200, points=2), (Scale(2.0),), PLAN.recipe, seeds=1)
    curves = []
    for plan in (PLAN, other):
        total = plan.measure.total
        curves.append(Curve(plan.measure.x, (SeedCurve(total[None] // 2, total),), total))
    summary, first, second = curves_as_text([Condition(PLAN), Condition(other)], curves).split(
        "\n\n"
    )
    assert len(summary.splitlines()) == 3
    assert "error 1" in first and "error 2" not in first and "error 2" in second


class Terminal(io.StringIO):
    def isatty(self):
        return True


class TestProgress:
    def test_a_log_gets_few_lines(self):
        log = io.StringIO()
        progress = Progress(log, "name")
        for percent in range(101):
            progress(percent / 100, "Measuring")
        progress(1.0, "Complete.")
        progress.end()
        lines = log.getvalue().splitlines()
        assert 10 <= len(lines) <= 12 and "\r" not in log.getvalue()
        assert lines[0] == "name:   0 % Measuring" and lines[-1].startswith("name: 100 %")

    def test_a_terminal_keeps_one_line(self, monkeypatch):
        monkeypatch.setenv("COLUMNS", "20")
        terminal = Terminal()
        progress = Progress(terminal)
        progress(0.1, "A long message that would wrap")
        progress(0.1, "A long message that would wrap")
        progress(0.5, "short")
        progress.end()
        assert terminal.getvalue() == "\r 10 % A long messag\r 50 % short        \n"


def test_files_are_whole_or_not_at_all(tmp_path, monkeypatch):
    path = tmp_path / "a.csv"
    files.write_whole(path, "old")

    def full(*_):
        raise OSError("no space left")

    monkeypatch.setattr(files.os, "fsync", full)
    with pytest.raises(OSError, match="no space"):
        files.write_whole(path, "new")
    assert path.read_text() == "old" and list(tmp_path.glob(".*")) == []
