"""The commands that need the store: run, warm and export."""

from __future__ import annotations

import contextlib
import shlex
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from dissociation.address.presets import PRESETS
from dissociation.cli.files import CSV, check_out, write_whole
from dissociation.cli.parser import PROGRAM
from dissociation.cli.progress import Progress
from dissociation.cli.refusals import BadUsage
from dissociation.core.validation import check_folder
from dissociation.engine.lab import Lab
from dissociation.engine.settings import cache_folder
from dissociation.python import Failed
from dissociation.python.compute import compute
from dissociation.python.sources import Source, read_source
from dissociation.web.shell.answers import Question


def run(text: str, out: str | None, cache: str | None) -> None:
    """Computes all results of a source, and prints a table or writes a file.

    **Arguments:**

    - `text`: see [`read_source`][].
    - `out`: the file to write, or none.
    - `cache`: the folder of the store, or none for the lab's own.

    **Raises:** `Failed` if it could not; `InvalidValue`, `OSError` for bad input.
    """
    source, path = _read(text), None
    if out is not None:
        path = _check_out(out, source)
    with _lab(_folder(cache)) as lab:
        results = _computed(lab, source)[0]
        _say(lab.status_message)
    if path is None:
        print(source.question.answer(results).text(), end="")
    else:
        _write(path, source.question, results)


def warm(texts: Sequence[str], cache: str | None, *, everything: bool = False) -> None:
    """Fills the store with all results of several sources.

    **Arguments:**

    - `texts`: see [`read_source`][]; `everything`: all presets, too.
    - `cache`: the folder of the store, or none for the lab's own.

    **Raises:** `Failed` if some could not be computed; `KeyboardInterrupt` that says what remains;
    `InvalidValue`, `OSError` for bad input.
    """
    wanted = list(dict.fromkeys([*(PRESETS if everything else ()), *texts]))
    if not wanted:
        raise BadUsage("name presets to warm, or give --all (see list)")
    sources = [_read(text) for text in wanted]
    failed = []
    with _lab(_folder(cache)) as lab:
        _keeps(lab)
        for number, source in enumerate(sources):
            begin = time.perf_counter()
            try:
                stored = _computed(lab, source, source.name)[1]
            except Failed as problem:
                failed.append(source.name)
                _say(f"{source.name}: {problem}")
                continue
            except KeyboardInterrupt:
                rest = [*failed, *(left.name for left in sources[number:])]
                command = _command("warm", rest, cache)
                raise KeyboardInterrupt(
                    f"What is finished is stored; the rest remains: {command}"
                ) from None
            _keeps(lab)
            _say(lab.executor.status_message)
            seconds = time.perf_counter() - begin
            how = "stored already" if stored else f"computed in {seconds:.1f} s"
            print(f"{source.name}: {how}", flush=True)
    if failed:
        raise Failed(f"could not compute {', '.join(failed)}")


def export(text: str, out: str, cache: str | None) -> None:
    """Writes results that are stored, and computes nothing.

    **Arguments:** as of [`run`][].

    **Raises:** `Failed` if something is not stored; `InvalidValue`, `OSError` for bad input.
    """
    source = _read(text)
    path = _check_out(out, source)
    folder = _folder(cache)
    question = source.question
    found: list[Any] = [None] * len(question.names())
    # A look at a store that is not there should not make one.
    if folder.is_dir():
        with _lab(folder, start=False) as lab:
            found = question.stored(lab.library)
    missing = [name for name, one in zip(question.names(), found, strict=True) if one is None]
    if missing:
        raise Failed(
            f"{len(missing)} of {len(found)} {question.noun} are not stored yet "
            f"({'; '.join(missing)}). Compute them first: {_command('run', [text], cache)}"
        )
    _write(path, question, found)


def _read(text: str) -> Source:
    source = read_source(text)
    for notice in source.notices:
        _say(notice)
    return source


def _check_out(out: str, source: Source) -> Path:
    path = check_out(out)
    if path.suffix.lower() == CSV:
        source.question.check_csv()
    return path


def _folder(cache: str | None) -> Path:
    return cache_folder() if cache is None else check_folder("--cache", cache)


@contextlib.contextmanager
def _lab(folder: Path, *, start: bool = True) -> Iterator[Lab]:
    lab = Lab(folder, start=start)
    try:
        # Whoever named a cluster and waits for it at a terminal would rather know at once.
        lab.executor.require()
        yield lab
    finally:
        lab.stop()


def _keeps(lab: Lab) -> None:
    if lab.store.status_message:
        raise Failed(lab.store.status_message)


def _computed(lab: Lab, source: Source, name: str = "") -> tuple[list[Any], bool]:
    progress = Progress(sys.stderr, name)
    try:
        outcome = compute(lab, source.question, progress)
    finally:
        progress.end()
    return outcome.results, outcome.stored


def _write(path: Path, question: Question, results: Sequence[Any]) -> None:
    answer = question.answer(results)
    write_whole(path, answer.csv() if path.suffix.lower() == CSV else answer.json())


def _command(name: str, texts: Sequence[str], cache: str | None) -> str:
    options = [] if cache is None else ["--cache", cache]
    return f"{PROGRAM} {shlex.join([name, *texts, *options])}"


def _say(text: str) -> None:
    if text:
        print("dissociation: " + " ".join(text.split()), file=sys.stderr)
