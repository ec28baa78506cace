"""What each line of a cell's step reads, as its equation says it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from rnnviz.core.cells import Cell
from rnnviz.core.cells.lines import Line
from rnnviz.diagnostics.one_step.equation import parse
from rnnviz.diagnostics.one_step.expression import (
    Expression,
    MatrixProduct,
    Symbol,
    children,
)


@dataclass(frozen=True, slots=True)
class Source:
    """Something that a line reads.

    Attributes
    ----------
    name
        Of a line of the same time step, ``x`` among them, or of a state.
    before
        Whether it is the state of the step before.
    matrix
        The letter of the matrix that it is multiplied by; empty without one.
    """

    name: str
    before: bool = False
    matrix: str = ""


Sources = Mapping[str, tuple[Source, ...]]
"""What each line reads, by the lines' names."""


def sources_of(lines: Iterable[Line], states: Collection[str]) -> Sources:
    """Return what each line of a layer's step forward reads, in the order of its equation.

    Parameters
    ----------
    lines
        Of one layer at one time step.
    states
        The names of the cell's states.
    """
    equations = {line.name: parse(line.equation) for line in lines}
    names = {one.left: name for name, several in equations.items() for one in several}

    def read(expression: Expression, matrix: str = "") -> Iterator[Source]:
        match expression:
            case Symbol(letter) if expression in names:
                yield Source(names[expression], matrix=matrix)
            case Symbol(letter, "", -1, gradient=False) if letter in states:
                yield Source(letter, True, matrix)
            case MatrixProduct(Symbol(letter, time=None), right):
                yield from read(right, letter)
            case _:
                for part in children(expression):
                    yield from read(part, matrix)

    return {
        name: tuple(
            dict.fromkeys(
                source
                for one in several
                for right in (() if one.right is None else (one.right,))
                for source in read(right)
            )
        )
        for name, several in equations.items()
    }


def made_of(name: str, sources: Sources, states: Collection[str]) -> tuple[Source, ...]:
    """Return of what a line is made in the end: of what the layer reads, and of states."""
    found: dict[Source, None] = {}
    for source in sources[name]:
        if source.before or source.name == "x" or source.name in states:
            found[source] = None
        else:
            found |= dict.fromkeys(made_of(source.name, sources, states))
    return tuple(found)


def matrices_by_state(kind: type[Cell], lines: Sequence[Line]) -> dict[str, tuple[str, ...]]:
    """Return by state the recurrent matrices that read it.

    One that reads no state itself, but what comes of one, is the hidden state's.
    """
    states, letters = kind.state_names(), tuple(kind.recurrent_matrices())
    read = [s for several in sources_of(lines, states).values() for s in several if s.before]
    found = {name: [one for one in letters if Source(name, True, one) in read] for name in states}
    reading = {letter for several in found.values() for letter in several}
    found[states[0]] += [letter for letter in letters if letter not in reading]
    return {name: tuple(several) for name, several in found.items()}
