"""What somebody can watch: a key, by which snapshots are asked for what was measured."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar, cast

from rnnviz.core.parameters import Array

Result = TypeVar("Result")
Result_co = TypeVar("Result_co", covariant=True)

Numbers = tuple[tuple[str, ...], Array]
"""Labels, and for each a number, which are followed over a run; without labels there are none."""


@dataclass(frozen=True, slots=True, eq=False)
class Diagnostic:
    """What a snapshot carries only while somebody looks at it.

    There is one object for each, which is itself the key: of what it is measured says its class,
    and that says how often. It travels to other processes by its name.

    Attributes
    ----------
    name
        What no other is called, such as ``"hidden_state"``.
    at_every_frame
        Whether it takes less than a step, and is worth measuring of a watched text at every frame.
    """

    name: str
    at_every_frame: bool = field(default=False, kw_only=True)

    def __reduce__(self) -> tuple[Callable[[str], Diagnostic], tuple[str]]:
        if self not in _FOUND_BY:
            raise TypeError(f"the registry does not list the diagnostic {self.name}")
        return _FOUND_BY[self], (self.name,)


_FOUND_BY: dict[Diagnostic, Callable[[str], Diagnostic]] = {}


def let_travel(diagnostics: Iterable[Diagnostic], found_by: Callable[[str], Diagnostic]) -> None:
    """Let diagnostics be pickled by their names.

    Parameters
    ----------
    diagnostics
        Those that `found_by` knows.
    found_by
        A function of a module: returns the one of a name, in whatever process.
    """
    _FOUND_BY.update(dict.fromkeys(diagnostics, found_by))


@dataclass(frozen=True, slots=True, eq=False)
class CarriedDiagnostic(Diagnostic, Generic[Result_co]):
    """A diagnostic whose result a snapshot carries, and is asked for."""


@dataclass(frozen=True, slots=True, eq=False)
class Measurements:
    """Results by their diagnostics, each of the type that its diagnostic says."""

    _results: Mapping[Diagnostic, object] = field(default_factory=dict)

    def __contains__(self, diagnostic: Diagnostic) -> bool:
        return diagnostic in self._results

    def __iter__(self) -> Iterator[Diagnostic]:
        return iter(self._results)

    def __getitem__(self, diagnostic: CarriedDiagnostic[Result]) -> Result:
        return cast("Result", self._results[diagnostic])

    def replaced(self, diagnostic: CarriedDiagnostic[Result], result: Result) -> Measurements:
        """Return the same with another result for one of them."""
        return Measurements({**self._results, diagnostic: result})

    def get(self, diagnostic: CarriedDiagnostic[Result]) -> Result | None:
        """Return what was measured; None where it was not."""
        return cast("Result | None", self._results.get(diagnostic))
