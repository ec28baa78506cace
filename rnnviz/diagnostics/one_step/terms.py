"""The arithmetic of one number: a tree whose leaves are single entries of a record."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from rnnviz.core.parameters import Array
from rnnviz.diagnostics.one_step.phases import Place
from rnnviz.diagnostics.one_step.rounding import Rounded


@dataclass(frozen=True, slots=True)
class Name:
    """What a number is called: in plain characters, and in LaTeX."""

    text: str
    latex: str

    def __add__(self, other: Name) -> Name:
        """Return both behind each other."""
        return Name(self.text + other.text, self.latex + other.latex)


@dataclass(frozen=True, slots=True)
class Source:
    """Where one number stands.

    Attributes
    ----------
    place
        The line; None for a parameter, a carried state, or what is read or asked for.
    parameter
        The parameter's name; empty for what is none.
    index
        Which entry of the array that is there, as the code has it, without the stream.
    stream
        Which of the batch, from 0.
    """

    place: Place | None
    parameter: str
    index: tuple[int, ...]
    stream: int = 0


@dataclass(frozen=True, slots=True)
class Leaf:
    """A number of the record, or what stands for many.

    Attributes
    ----------
    name
        What it is called.
    value
        The number.
    source
        Where it stands; None where it stands nowhere.
    exact
        Whether it is printed with all its digits: a count, or what people have set.
    """

    name: Name
    value: float
    source: Source | None = None
    exact: bool = False


@dataclass(frozen=True, slots=True)
class Printed:
    """A number as it is printed in the place of its name."""

    number: Rounded
    source: Source | None = None

    @property
    def value(self) -> float:
        """The printed number."""
        return float(self.number.value)


@dataclass(frozen=True, slots=True)
class Total:
    """Terms added up.

    Attributes
    ----------
    terms
        All of them, or the largest in their order and at the end one for all others.
    value
        The sum.
    name
        What it is called where it is a term itself; None where its terms are written there.
    more
        How many terms the last one stands for; 0 where it is one.
    """

    terms: tuple[Node, ...]
    value: float
    name: Name | None = None
    more: int = 0


@dataclass(frozen=True, slots=True)
class Minus:
    """The opposite of a number."""

    inside: Node

    @property
    def value(self) -> float:
        """The number."""
        return -self.inside.value


@dataclass(frozen=True, slots=True)
class Times:
    """Factors multiplied; `tag` says of which stream."""

    factors: tuple[Node, ...]
    tag: str = ""

    @property
    def value(self) -> float:
        """The product."""
        return math.prod(factor.value for factor in self.factors)


@dataclass(frozen=True, slots=True)
class Over:
    """One number by another."""

    above: Node
    below: Node

    @property
    def value(self) -> float:
        """The quotient."""
        return divided(self.above.value, self.below.value)


@dataclass(frozen=True, slots=True)
class Raised:
    """A power."""

    base: Node
    exponent: Node

    @property
    def value(self) -> float:
        """The power."""
        return power(self.base.value, self.exponent.value)


@dataclass(frozen=True, slots=True)
class Apply:
    """A function of numbers."""

    function: str
    arguments: tuple[Node, ...]

    @property
    def value(self) -> float:
        """What the function comes to."""
        return FUNCTIONS[self.function](*(argument.value for argument in self.arguments))


Node = Leaf | Printed | Total | Minus | Times | Over | Raised | Apply


def rebuild(node: Node, parts: tuple[Node, ...]) -> Node:
    """Return the same kind of number, made of others, as many as there were."""
    match node:
        case Leaf() | Printed():
            return node
        case Total():
            return replace(node, terms=parts)
        case Times():
            return replace(node, factors=parts)
        case Apply(function):
            return Apply(function, parts)
        case Minus():
            return Minus(*parts)
        case Over():
            return Over(*parts)
        case Raised():
            return Raised(*parts)


def divided(above: float, below: float) -> float:
    """Return a quotient; as floating-point numbers have it where it is divided by zero."""
    if below:
        return above / below
    return math.copysign(math.inf, above) if above else math.nan


def power(base: float, exponent: float) -> float:
    """Return a power; infinite where it is too large a number."""
    try:
        return float(base**exponent)
    except OverflowError:
        return math.inf


def _exp(x: float) -> float:
    return power(math.e, x) if x > 700 else math.exp(x)


FUNCTIONS: dict[str, Callable[..., float]] = {
    "tanh": math.tanh,
    "sigmoid": lambda x: (1 + math.tanh(x / 2)) / 2,
    "relu": lambda x: max(x, 0.0),
    "exp": _exp,
    "log": lambda x: math.log(x) if x > 0 else -math.inf,
    "sqrt": math.sqrt,
    "min": min,
    "max": max,
    "positive": lambda x: float(x > 0),
}


def children(node: Node) -> tuple[Node, ...]:
    """Return what a number is made of."""
    match node:
        case Leaf() | Printed():
            return ()
        case Total(terms) | Times(terms):
            return terms
        case Apply(_, arguments):
            return arguments
        case Minus(inside):
            return (inside,)
        case Over(first, second) | Raised(first, second):
            return first, second


def total(values: Array, make: Callable[[int], Node], most: int, name: Name | None = None) -> Node:
    """Add terms up; of many only the largest are made.

    Parameters
    ----------
    values
        (n,): what each term comes to.
    make
        Makes a term, given which.
    most
        How many are made, where they are more than two too many.
    name
        Of the sum.
    """
    count = len(values)
    if count == 1 and name is None:
        return make(0)
    if count <= most + 2:
        return Total(tuple(make(k) for k in range(count)), math.fsum(values), name)
    largest = np.sort(np.argsort(-np.abs(values), kind="stable")[:most])
    more = count - most
    # As lists, which are added up in half the time: a sum of squares has tens of thousands.
    rest = math.fsum(np.delete(values, largest).tolist())
    words = f"the other {more} together"
    others = Leaf(Name(words, rf"\text{{{words}}}"), rest)
    whole = math.fsum(values.tolist())
    return Total((*(make(int(k)) for k in largest), others), whole, name, more)
