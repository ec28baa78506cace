"""The arithmetic of one time step, line by line, as the textbook writes it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from rnnviz.core.parameters import Array


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """One line of the arithmetic.

    Attributes
    ----------
    name
        What the value is called in code and in files: ``a``, ``h``; gradients as ``da``, ``dW``.
    equation
        How it comes about, in the README's notation: for people to read, and for
        ``rnnviz.diagnostics.one_step.equation``, whose grammar it keeps.
    factors
        What the value is made of: itself alone, or (B, m) and (B, n), of which it is
        ``rows^T columns``.
    """

    name: str
    equation: str
    factors: tuple[Array] | tuple[Array, Array]

    @property
    def value(self) -> Array:
        """Of a batch (B, n) in rows, where the equation has columns; or of a parameter's shape.

        A product is computed when it is asked for: what a time step adds to the gradient of a
        matrix is as large as that matrix, and kept for each step it would be most of a record.
        """
        if len(self.factors) == 1:
            return self.factors[0]
        product: Array = self.factors[0].T @ self.factors[1]
        product.setflags(write=False)
        return product


class Lines(Mapping[str, Array]):
    """The lines of one time step in the order in which they are computed: values by name."""

    def __init__(self) -> None:
        self._lines: dict[str, Line] = {}

    def write(self, name: str, equation: str, value: Array) -> Array:
        """Add a line, and return its value for the lines to come.

        Raises
        ------
        ValueError
            Where there is a line of this name already.
        """
        self.add(Line(name, equation, (value,)))
        return value

    def add(self, line: Line) -> None:
        """Add a line; raises as `write` does."""
        if line.name in self._lines:
            raise ValueError(f"there is a line {line.name!r} already")
        self._lines[line.name] = line

    def append(self, others: Lines) -> None:
        """Add the lines of another part of the step."""
        for line in others.lines():
            self.add(line)

    def lines(self) -> tuple[Line, ...]:
        """Return the lines themselves, in their order."""
        return tuple(self._lines.values())

    def equation(self, name: str) -> str:
        """Return how the value of this name comes about."""
        return self._lines[name].equation

    def lock(self) -> None:
        """Have nobody write to the values any more."""
        for line in self._lines.values():
            for factor in line.factors:
                factor.setflags(write=False)

    def __getitem__(self, name: str) -> Array:
        """Return the value of this name."""
        return self._lines[name].value

    def __iter__(self) -> Iterator[str]:
        """Go through the names in the order of the lines."""
        return iter(self._lines)

    def __len__(self) -> int:
        """Return the number of lines."""
        return len(self._lines)


def write_whole(lines: Lines, arriving: Lines) -> Array:
    """Write what arrives at a step on the way back, and then its sum for h_t.

    Parameters
    ----------
    lines
        Of the backward step, still empty.
    arriving
        Among its lines ``dh_above`` and ``dh_later``, both (B, H).

    Returns
    -------
    Array
        dL/dh_t, (B, H).
    """
    lines.append(arriving)
    whole = "dL/dh_t = (dL/dh_t from above) + (dL/dh_t from t+1)"
    return lines.write("dh", whole, arriving["dh_above"] + arriving["dh_later"])
