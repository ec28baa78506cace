"""What an equation is made of: a frozen tree of numbers, symbols and what is done with them.

An equation is of one time step, one layer and one stream; its vectors are columns, as the textbook
has them. ``*``, ``/`` and functions work entry by entry.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

Part = Literal["", "above", "later", "before", "step"]
"""Which part of a gradient.

The whole; of a state's that from above, that from t+1, or what step t sends to t-1; of a
parameter's what step t adds.
"""

SET = frozenset({"eta", "mu", "beta", "epsilon", "threshold", "n", "token"})
"""Letters of what people have set, or what is counted: printed with all digits."""
SCALARS = SET | {"norm", "factor"}
"""Letters of single numbers: where one is a factor, no sign for "entry by entry" is written."""


@dataclass(frozen=True, slots=True)
class Number:
    """A number as it is written."""

    text: str

    @property
    def value(self) -> float:
        """The number itself."""
        return float(self.text)


@dataclass(frozen=True, slots=True)
class Symbol:
    """The name of a quantity.

    Attributes
    ----------
    letter
        ``h``; longer for some: ``threshold``, ``eta``, ``U1`` for that of the first layer.
    subscript
        What it has below apart from the time: the gate, or ``new``. Empty without one.
    time
        0 for t, -1 for t-1, 1 for t+1; None where it has no time. Of a parameter's gradient the
        step that adds.
    gradient
        Whether it is dL/d of that quantity.
    part
        Which part of the gradient, where it is one.
    slope
        Whether it is f' of that quantity.
    layer
        The layer it is of, from 1, where that is not the equation's own; else 0.
    """

    letter: str
    subscript: str = ""
    time: int | None = None
    gradient: bool = False
    part: Part = ""
    slope: bool = False
    layer: int = 0

    @property
    def carried(self) -> Symbol:
        """What one step leaves to the next under another name, as the other step calls it.

        ``(dL/dh_t from t+1)`` is what step t+1 calls ``(dL/dh_{t-1} from t)``.
        """
        if self.part != "later":
            return self
        return replace(self, part="before", time=-1)


@dataclass(frozen=True, slots=True)
class Negative:
    """The opposite of what is inside; within a `Sum` what is subtracted."""

    inside: Expression


@dataclass(frozen=True, slots=True)
class Sum:
    """Two terms or more, added up."""

    terms: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Product:
    """Two factors or more, multiplied entry by entry."""

    factors: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class MatrixProduct:
    """A matrix times a vector, or a column times a row."""

    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Quotient:
    """One by the other, entry by entry."""

    above: Expression
    below: Expression


@dataclass(frozen=True, slots=True)
class Power:
    """A base and its exponent, entry by entry."""

    base: Expression
    exponent: Expression


@dataclass(frozen=True, slots=True)
class Transposed:
    """A matrix, or a column, mirrored."""

    inside: Expression


@dataclass(frozen=True, slots=True)
class Call:
    """A function of one argument or more."""

    function: str
    arguments: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a vector: that of a token."""

    vector: Expression
    token: Expression


@dataclass(frozen=True, slots=True)
class Length:
    """The Euclidean norm of all entries: ``|v|``."""

    inside: Expression


@dataclass(frozen=True, slots=True)
class IsPositive:
    """1 where what is inside is larger than 0, else 0: ``[h_t > 0]``."""

    inside: Expression


@dataclass(frozen=True, slots=True)
class SumOver:
    """The sum of a term for each of several gates, parameters, or time steps."""

    term: Expression
    index: str
    values: tuple[str, ...]


Expression = (
    Number
    | Symbol
    | Negative
    | Sum
    | Product
    | MatrixProduct
    | Quotient
    | Power
    | Transposed
    | Call
    | Entry
    | Length
    | IsPositive
    | SumOver
)
Path = tuple[int, ...]
"""Where in a tree: which child of which child. Empty for the root."""


@dataclass(frozen=True, slots=True)
class Equation:
    """How one quantity comes about.

    Attributes
    ----------
    left
        What is computed.
    right
        From what; None for what is given.
    adds
        Whether this is what one step adds, so that all steps together make the whole (``+=``).
    index, values
        For which values of its index it holds: ``k`` and ``("r", "z", "n")``; empty without one.
    note
        What a quantity is that is given, for people to read; may be empty.
    """

    left: Symbol
    right: Expression | None = None
    adds: bool = False
    index: str = ""
    values: tuple[str, ...] = ()
    note: str = ""

    @property
    def result(self) -> Symbol:
        """What the right-hand side is equal to: of a sum over all steps, the step's own share."""
        return replace(self.left, part="step", time=0) if self.adds else self.left

    def each(self) -> Iterator[Equation]:
        """Go through the equations that it stands for, one for each value of its index."""
        if not self.values:
            yield self
            return
        for value in self.values:
            left = with_index(self.left, self.index, value)
            right = None if self.right is None else with_index(self.right, self.index, value)
            assert isinstance(left, Symbol)
            yield replace(self, left=left, right=right, index="", values=())


def children(expression: Expression) -> tuple[Expression, ...]:
    """Return what an expression is made of, in the order in which it is read."""
    match expression:
        case Number() | Symbol():
            return ()
        case Sum(parts) | Product(parts) | Call(_, parts):
            return parts
        case Quotient(first, second) | Power(first, second) | MatrixProduct(first, second):
            return first, second
        case Entry(first, second):
            return first, second
        case SumOver(term):
            return (term,)
        case Negative(inside) | Transposed(inside) | Length(inside) | IsPositive(inside):
            return (inside,)


def rebuild(expression: Expression, parts: tuple[Expression, ...]) -> Expression:
    """Return the same kind of expression of other `parts`, as many as there were."""
    match expression:
        case Number() | Symbol():
            return expression
        case Sum():
            return Sum(parts)
        case Product():
            return Product(parts)
        case Call(function):
            return Call(function, parts)
        case SumOver():
            return replace(expression, term=parts[0])
        case _:
            return type(expression)(*parts)


def transform(expression: Expression, change: Callable[[Symbol], Expression]) -> Expression:
    """Return an expression with something else in the place of every symbol."""
    if isinstance(expression, Symbol):
        return change(expression)
    return rebuild(expression, tuple(transform(part, change) for part in children(expression)))


def walk(expression: Expression, path: Path = ()) -> Iterator[tuple[Path, Expression]]:
    """Go through a tree from the left, each expression before its parts, with its path."""
    yield path, expression
    for place, part in enumerate(children(expression)):
        yield from walk(part, (*path, place))


def at(expression: Expression, path: Path) -> Expression:
    """Return what stands at a path.

    Raises
    ------
    IndexError
        Where there is nothing.
    """
    for place in path:
        expression = children(expression)[place]
    return expression


def put_at(expression: Expression, path: Path, new: Expression) -> Expression:
    """Return an expression with something else at a path."""
    if not path:
        return new
    parts = list(children(expression))
    parts[path[0]] = put_at(parts[path[0]], path[1:], new)
    return rebuild(expression, tuple(parts))


def with_index(expression: Expression, index: str, value: str) -> Expression:
    """Put in one value of an index: ``W_k`` becomes ``W_r``, ``dL/dP`` becomes ``dL/dU1``.

    Where the index is t, time is counted from the beginning of the window: ``L_t`` becomes L_3.
    """
    if index == "t":
        return shifted(expression, int(value))

    def change(symbol: Symbol) -> Symbol:
        if symbol.letter == index:
            return replace(symbol, letter=value)
        return replace(symbol, subscript=value) if symbol.subscript == index else symbol

    return transform(expression, change)


def shifted(expression: Expression, steps: int) -> Expression:
    """Return an expression as it reads some time steps later: ``h_t`` becomes ``h_{t+1}``."""

    def change(symbol: Symbol) -> Symbol:
        return symbol if symbol.time is None else replace(symbol, time=symbol.time + steps)

    return transform(expression, change)


def with_gates(expression: Expression) -> Expression:
    """Write the terms of sums over gates one by one."""
    for path, part in walk(expression):
        if isinstance(part, SumOver) and part.index == "k":
            terms = (with_index(part.term, part.index, value) for value in part.values)
            return with_gates(put_at(expression, path, Sum(tuple(terms))))
    return expression
