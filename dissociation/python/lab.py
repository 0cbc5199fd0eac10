"""Ask the lab from Python: what it has computed before, here or on a page, is there at once."""

from __future__ import annotations

import functools
import tempfile
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import Enum
from pathlib import Path

from tqdm.auto import tqdm

from dissociation.core.experiment import MAX_SEEDS, Experiment
from dissociation.core.networks.network import Network
from dissociation.core.networks.training import QUICK, Recipe
from dissociation.core.runner import run as measured
from dissociation.core.study import Study
from dissociation.core.validation import InvalidValue, check_folder, check_integer
from dissociation.engine import jobs as j
from dissociation.engine import lab as engine
from dissociation.engine.settings import check_settings
from dissociation.features.curves.answer import Found as CurveFound
from dissociation.python import Failed
from dissociation.python.compute import Report, compute, until_done
from dissociation.python.found import Found
from dissociation.python.sources import Source, read_source, source_of


class Shared(Enum):
    """Where the pages keep theirs: `DISSOCIATION_CACHE`, or the folder that the manual names."""

    STORE = "of the pages"


#: Seconds after which something is said of how far the work is.
PATIENCE = 0.5

#: What the lab can be asked for.
Asked = str | Experiment | Study | Sequence[Experiment]


class Lab:
    """Trains, rewrites, measures and compares networks, and keeps what it found.

    Whatever is asked for is computed once: a second time, in another process or on a page of the
    browser, it is read from the store. All numbers are those of the pages.

    **Arguments:**

    - `cache`: the folder of the store; by default the one that the pages use, and `None` for a
        temporary one, which is deleted when the lab is closed.
    - `progress`: whether a bar says how far something is that takes more than half a second.

    **Raises:** `InvalidValue` if a setting in the environment is not within its range, or `cache`
    is no folder that can be written.
    """

    def __init__(self, cache: str | Path | Shared | None = Shared.STORE, *, progress: bool = True):
        check_settings()
        self.progress = progress
        self._passing = None
        self._shared = cache is Shared.STORE
        if cache is None:
            self._passing = tempfile.TemporaryDirectory(
                prefix="dissociation-", ignore_cleanup_errors=True
            )
            cache = self._passing.name
        self._engine = engine.lab() if self._shared else _stored_in(cache)

    def __repr__(self) -> str:
        return f"<Lab with its store in {self.folder}>"

    @property
    def folder(self) -> Path:
        """Where the store is."""
        return self._engine.folder

    def run(self, asked: Asked) -> Found:
        """Results: stored ones at once, others computed and stored.

        **Arguments:**

        - `asked`: an [`Experiment`][dissociation.core.experiment.Experiment], or several of one
            measure; a study, such as a
            [`Comparison`][dissociation.core.similarity.comparison.Comparison]; or, as text, the
            address of a page (`"Robustness?show=scale&scale=50"`), the name of a
            preset (`"notebook-noise"`), or a JSON file that the lab has written.

        **Raises:** `InvalidValue` if it cannot be computed as it stands, `OSError` if a file cannot
        be read, `Failed` with the lab's words if a job failed. **Warns** of what an address holds
        that cannot be used, in whose place the page's default is taken.
        """
        source = _source(asked)
        for notice in source.notices:
            warnings.warn(notice, stacklevel=2)
        with self._bar() as report:
            results = compute(self._engine, source.question, report).results
        return Found(source.link, source.question, results)

    def network(self, recipe: Recipe = QUICK, seed: int = 0) -> Network:
        """A trained network, as the pages have it: trained now if it has not been.

        **Raises:** as [`run`][dissociation.python.lab.Lab.run] does; `InvalidValue` for a seed that
        no experiment can have.
        """
        if not isinstance(recipe, Recipe):
            raise InvalidValue("recipe", recipe, "give a Recipe, such as QUICK")
        seed = check_integer("seed", seed, 0, MAX_SEEDS - 1)
        library = self._engine.library
        with self._bar() as report:
            while (found := library.network(recipe, seed)) is None:
                watch = self._engine.watch_training(recipe, seed + 1)
                try:
                    status = until_done(watch, lambda now: report(now.progress, now.message))
                finally:
                    self._engine.release(watch)
                if status.state == j.FAILED:
                    raise Failed(status.message)
        return found

    def close(self) -> None:
        """Ends its work; what is stored is kept, but where nothing was to be.

        A lab with the store of the pages goes on: others of this process may ask it, too.
        """
        if not self._shared:
            self._engine.stop()
        if self._passing is not None:
            self._passing.cleanup()

    @contextmanager
    def _bar(self) -> Iterator[Report]:
        form = "{l_bar}{bar}| {elapsed}"
        with tqdm(
            total=100, delay=PATIENCE, disable=not self.progress, leave=False, bar_format=form
        ) as bar:

            def report(share: float, message: str) -> None:
                bar.set_description(message, refresh=False)
                bar.update(100 * share - bar.n)

            yield report


@functools.cache
def default_lab() -> Lab:
    """The lab of this process, whose store is that of the pages."""
    return Lab()


def run(asked: Asked, networks: list[Network] | None = None) -> Found:
    """What [`Lab.run`][dissociation.python.lab.Lab.run] of the default lab finds.

    **Arguments:**

    - `networks`: the trained networks of an experiment, one a seed, if they are not to be those of
        its recipe; then nothing is read from the store, or kept.
    """
    if networks is None:
        return default_lab().run(asked)
    if not isinstance(asked, Experiment):
        raise InvalidValue("asked", asked, "networks of one's own go with an Experiment")
    source = _source(asked)
    return Found(source.link, source.question, [CurveFound(measured(asked, networks))])


def compare(comparison: Study, networks: Sequence[Network] | None = None) -> Found:
    """What a comparison, or any other study, finds; see [`run`][dissociation.python.lab.run].

    **Arguments:**

    - `networks`: the trained networks that it needs, not rewritten.
    """
    if networks is None:
        return default_lab().run(comparison)
    source = _source(comparison)
    needed = networks[: len(comparison.needs())]
    return Found(source.link, source.question, [comparison.compute(*needed)])


def _stored_in(cache: object) -> engine.Lab:
    if not isinstance(cache, str | Path):
        raise InvalidValue("cache", cache, "give a folder")
    made = engine.Lab(check_folder("cache", str(cache)))
    if problem := made.store.status_message:
        made.stop()
        raise InvalidValue("cache", cache, f"give a folder that can be written ({problem})")
    return made


def _source(asked: Asked) -> Source:
    if isinstance(asked, str):
        return read_source(asked)
    return source_of([asked] if isinstance(asked, Experiment) else asked)
