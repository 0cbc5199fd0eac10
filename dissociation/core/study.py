"""A study is a value: the smallest thing that is computed, stored and exported as one.

Equal studies are equal values with equal digests, hence one entry of the store and one computation.
What a study finds is its result, which streams from coarse to complete, and says so itself.
"""

from __future__ import annotations

import abc
import dataclasses
import functools
import json
import typing
from collections.abc import Callable, Iterator, Sequence
from typing import Any, ClassVar, Generic, Self, TypeAlias, TypeVar

from dissociation.core import manipulations as manipulate
from dissociation.core import measures
from dissociation.core.data import datasets
from dissociation.core.digests import SCHEMA, digest
from dissociation.core.json_forms import (
    check_object,
    check_schema,
    read_named,
    read_recipe,
    read_steps,
)
from dissociation.core.manipulations import Manipulation
from dissociation.core.measures import Measure
from dissociation.core.networks.network import Network
from dissociation.core.networks.training import Recipe
from dissociation.core.tables import Table
from dissociation.core.validation import InvalidValue

#: A trained network: its recipe, and which of that recipe's networks it is.
Trained: TypeAlias = tuple[Recipe, int]
S = TypeVar("S", bound="Study")


@dataclasses.dataclass(frozen=True)
class Study(abc.ABC):
    """What is asked of one or more trained networks. Derived: frozen dataclasses of checked fields.

    Declarations (class attributes): `name` for files and digests; `version`, to be raised when a
    change to the code changes numbers; `result`, the class of what it finds; `doing`, in words what
    is done before there is a first sample, and then.
    """

    name: ClassVar[str]
    version: ClassVar[int] = 1
    result: ClassVar[type[Result]]
    doing: ClassVar[tuple[str, str]] = ("Computing", "Computing")
    #: Whether it takes so little time that it is computed where it is asked for, and not stored.
    instant: ClassVar[bool] = False
    #: Whether it goes on from what it had found when it was dropped; see `stream_together`.
    resumes: ClassVar[bool] = False

    @property
    @abc.abstractmethod
    def title(self) -> str:
        """What it is called in lists."""

    @abc.abstractmethod
    def needs(self) -> tuple[Trained, ...]:
        """The trained networks that it is about, each once."""

    @abc.abstractmethod
    def stream(self, *networks: Network) -> Iterator[Any]:
        """What it finds, coarse to fine; the last result is complete, however many there are.

        **Arguments:**

        - `networks`: the trained networks that it [`needs`][Study.needs], not rewritten.

        **Returns:** an iterator of results; `None` is nothing new, but a good moment to pause.
        """

    def compute(self, *networks: Network) -> Any:
        """All that it finds; see [`stream`][Study.stream]."""
        *_, last = (found for found in self.stream(*networks) if found is not None)
        return last

    @classmethod
    def batches(cls, studies: Sequence[Self]) -> list[tuple[Self, ...]]:
        """Those of some studies, all of this kind, that are computed as one; by default none is."""
        return [(study,) for study in studies]

    @classmethod
    def stream_together(
        cls,
        studies: Sequence[Self],
        network_of: Callable[[Trained], Network],
        begun: Sequence[Any] = (),
    ) -> Iterator[tuple[Any, ...] | None]:
        """What a batch finds, coarse to fine; by default one study after the other.

        **Arguments:**

        - `studies`: of one of the [`batches`][Study.batches]; `network_of`: gives a network that
            they need.
        - `begun`: a result of each that it was dropped with, all equally far, if they
            [`resume`][Study.resumes].

        **Returns:** an iterator of results, in the order of the studies as far as it has come;
        `None` is nothing new, but a good moment to pause.
        """
        known: tuple[Any, ...] = ()
        for study in studies:
            found = None
            for news in study.stream(*(network_of(plan) for plan in study.needs())):
                found = found if news is None else news
                yield None if news is None else (*known, news)
            known = (*known, found)

    @classmethod
    def held_together(cls, studies: Sequence[Self]) -> tuple[Self, ...]:
        """Those of a batch whose arrays are there at one time."""
        return tuple(studies[:1])

    def penalty(self, found: Any | None) -> float:
        """Seconds by which others are preferred, when it has found so much; 0 if by none.

        What has any only adds to something else, and is no part of a page's progress.
        """
        del found
        return 0.0

    @abc.abstractmethod
    def memory(self) -> float:
        """Bytes of its arrays at the moment that takes most."""

    @classmethod
    def memory_together(cls, studies: Sequence[Self]) -> float:
        """The same of studies that are [`held_together`][Study.held_together]."""
        return max(study.memory() for study in studies)

    def smaller(self) -> dict[str, Sequence[int]]:
        """Fields that could be smaller if there is too little memory: their values, ascending."""
        return {}

    def depends_on(self) -> Any:
        """Plain values that determine the numbers beside the fields and the version."""
        return None

    def digest(self, weights: tuple[str, ...] | None = None) -> str:
        """Identifies what it finds.

        **Arguments:**

        - `weights`: digests of the trained networks; without them, of the plan, which is known
          before they are trained.
        """
        return _digest(self, weights, datasets.fingerprint())

    def to_json(self) -> dict[str, Any]:
        """Plain values from which [`from_json`][Study.from_json] makes the same study."""
        return {"schema": SCHEMA, **_written(self)}

    @classmethod
    def from_json(cls, values: Any) -> Self:
        """The study that [`to_json`][Study.to_json] described; what is left out is as usual.

        **Raises:** `InvalidValue` that names the field and what it may be.
        """
        known = {field.name for field in dataclasses.fields(cls)}
        fields = dict(check_object(cls.name, values, {*known, "schema"}))
        check_schema(fields, SCHEMA)
        fields.pop("schema", None)
        return _read_fields(cls, fields)


@dataclasses.dataclass(frozen=True)
class Result(abc.ABC, Generic[S]):
    """What a study has found so far. Derived: frozen dataclasses of arrays, numbers and texts.

    - `study`: what it is the result of.

    Declaration (class attribute): `may_be_undefined`, the fields with numbers that may be none.
    """

    study: S

    may_be_undefined: ClassVar[tuple[str, ...]] = ()

    @property
    @abc.abstractmethod
    def progress(self) -> float:
        """The share of the work that is done, from 0 to 1; a [`complete`][Result.complete] one is
        checked by this when it is read back.
        """

    @property
    def complete(self) -> bool:
        """Whether nothing more will come."""
        return self.progress >= 1

    @property
    @abc.abstractmethod
    def sample(self) -> str:
        """In words, what it rests on; empty if on nothing yet."""

    @abc.abstractmethod
    def tables(self) -> dict[str, Table]:
        """Its numbers, by the names of the tables; the first one is what a CSV file has."""

    def numbers(self) -> dict[str, Any]:
        """Its numbers as plain values, without those that are not finite, for a JSON file."""
        return {name: table.plain() for name, table in self.tables().items()}

    def as_text(self) -> str:
        """For a terminal: its first table."""
        return next(iter(self.tables().values())).as_text()

    def as_csv(self) -> str:
        """Its first table."""
        return next(iter(self.tables().values())).as_csv()

    def as_json(self, **about: Any) -> str:
        """Its numbers with the complete study, which `from_json` reads, as text.

        **Arguments:**

        - `about`: what stands before it.
        """
        values = {**about, "study": self.study.to_json(), **self.numbers()}
        return json.dumps(values, ensure_ascii=False, allow_nan=False, indent=1) + "\n"


# Every visitor of a class asks for the same ones, again and again.
@functools.lru_cache(maxsize=8_192)
def _digest(study: Study, weights: tuple[str, ...] | None, data: str) -> str:
    own = [_identity(getattr(study, field.name)) for field in dataclasses.fields(study)]
    known = None if weights is None else list(weights)
    return digest([study.name, SCHEMA, study.version, data, own, study.depends_on(), known])


def _identity(value: Any) -> Any:
    """Plain values that tell a field from others, with the versions of all code behind it."""
    if isinstance(value, Manipulation):
        return value.identity()
    if isinstance(value, (Measure, Recipe)):
        return value.canonical()
    if isinstance(value, tuple):
        return [_identity(part) for part in value]
    if dataclasses.is_dataclass(value):
        return [_identity(getattr(value, field.name)) for field in dataclasses.fields(value)]
    return value


def _written(value: Any) -> Any:
    if isinstance(value, Manipulation):
        return value.canonical()
    if isinstance(value, Recipe):
        return value.settings()
    if isinstance(value, Measure):
        return {name: part for name, part in value.canonical().items() if name != "version"}
    if isinstance(value, tuple):
        return [_written(part) for part in value]
    if dataclasses.is_dataclass(value):
        fields = dataclasses.fields(value)
        return {field.name: _written(getattr(value, field.name)) for field in fields}
    return value


def _read_fields(kind: Any, fields: dict[str, Any]) -> Any:
    hints = typing.get_type_hints(kind)
    found = {}
    for field in dataclasses.fields(kind):
        # What must be there and is not is refused by name, as anything else that it cannot be.
        needed = field.default is field.default_factory is dataclasses.MISSING
        if needed or field.name in fields:
            found[field.name] = _read(hints[field.name], field.name, fields.get(field.name))
    return kind(**found)


def _read(hint: Any, name: str, value: Any) -> Any:
    """A field from plain values, by its declared type; plain ones are checked by their class."""
    if hint == tuple[Manipulation, ...]:
        return read_steps(value)
    if not isinstance(hint, type):
        return value
    if issubclass(hint, Manipulation):
        step = read_named(name, value, manipulate.make)
        if not isinstance(step, hint):
            raise InvalidValue(name, step.name, f"name a {hint.name}")
        return step
    if issubclass(hint, Measure):
        return read_named(name, value, measures.make)
    if issubclass(hint, Recipe):
        return read_recipe(value)
    if dataclasses.is_dataclass(hint):
        given = check_object(name, value, {field.name for field in dataclasses.fields(hint)})
        try:
            return _read_fields(hint, given)
        except InvalidValue as problem:
            # The same field may be there twice.
            raise InvalidValue(f"{name} {problem.field}", problem.value, problem.allowed) from None
    return value
