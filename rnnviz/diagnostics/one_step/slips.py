"""What one gets for a number of a step by the mistakes that are made by hand."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from rnnviz.diagnostics.one_step.entries import Entries, Index
from rnnviz.diagnostics.one_step.equation import SQUASHING, parse
from rnnviz.diagnostics.one_step.expression import (
    Call,
    Equation,
    Expression,
    MatrixProduct,
    Number,
    Path,
    Symbol,
    Transposed,
    put_at,
    shifted,
    transform,
    walk,
    with_gates,
)
from rnnviz.diagnostics.one_step.phases import line_at
from rnnviz.diagnostics.one_step.scope import Scope
from rnnviz.diagnostics.one_step.terms import (
    FUNCTIONS,
    Apply,
    Leaf,
    Minus,
    Name,
    Node,
    Over,
    Printed,
    Raised,
    Times,
    Total,
    children,
    divided,
    power,
    rebuild,
)
from rnnviz.diagnostics.one_step.written import as_latex, as_text, written

MOST = 12
"""Of longer sums nobody is asked."""

SlipKind = Literal[
    "sign",  # of the whole
    "sign of a term",
    "bias",  # left out
    "term",  # of a sum, left out
    "factor",  # of a product, left out
    "divisor",  # left out
    "transposed",  # the matrix
    "before squashing",  # a in the place of h, as in the derivative
    "not squashed",  # no tanh, no sigmoid
    "other squashing",  # sigmoid for tanh
    "square",  # left out
    "root",  # left out
    "logarithm",  # to base 10
    "average",  # over the batch, left out, or taken where it has been already
    "normalised",  # exp not divided by the sum
    "upside down",  # divided the wrong way round
    "limit",  # min or max left out
    "time",  # h_t for h_{t-1}
    "old",  # v for v_new
    "other entry",  # of the same vector or matrix
]


@dataclass(frozen=True, slots=True)
class Slip:
    """A mistake, and what it gives.

    Attributes
    ----------
    kind
        Which.
    value
        The number that comes out.
    what
        What was left out, or taken wrongly; of the whole line where it is the whole.
    """

    kind: SlipKind
    value: float
    what: Name


def slips(scope: Scope, equation: Equation, index: Index, name: Name) -> Iterator[Slip]:
    """Go through what each slip gives for one number.

    Parameters
    ----------
    scope, equation, index
        The equation by which it comes about, where, and which of its numbers.
    name
        What it is called.
    """
    entries, streams = Entries(scope, MOST), scope.record.subject.batch_size
    for right in dict.fromkeys((equation.right, in_full(scope, equation))):
        if right is None:
            continue
        node = entries.of_equation(replace(equation, right=right), index)
        yield Slip("sign", -node.value, name)
        for kind, what, changed in _changed(node, streams):
            yield Slip(kind, worth(changed), _name_of(what))
        for kind, symbol, other in _other_symbols(scope, with_gates(right)):
            found = entries.of_equation(replace(equation, right=other), index)
            yield Slip(kind, found.value, entries.whole_name(symbol))
        if equation.adds and streams > 1:
            yield Slip("average", node.value / streams, name)


def in_full(scope: Scope, equation: Equation) -> Expression | None:
    """Return the right side of an equation, with what it names in short written there.

    Which is f', what is squashed, the two parts of dL/dh_t, and the gates of a sum.
    """
    right = equation.right
    if right is None:
        return None
    match right:
        case Call(function, (Symbol() as squashed,)) if function in SQUASHING:
            right = Call(function, (scope.right_of(squashed),))
    return with_gates(transform(right, lambda symbol: _in_full(scope, symbol)))


def _in_full(scope: Scope, symbol: Symbol) -> Expression:
    if symbol.slope or symbol.part == "above":
        return scope.right_of(symbol)
    if symbol.part != "later":
        return symbol
    place = scope.place
    if place.t == len(scope.record.forward):
        return Number("0")
    sent = replace(place, name=f"d{symbol.letter}_before", t=place.t + 1)
    (equation,) = parse(line_at(scope.record, sent).equation)
    assert equation.right is not None
    return shifted(equation.right, 1)


def worth(node: Node) -> float:
    """Return what a tree comes to, whatever was changed in it; not a number where it is none."""
    numbers = [worth(part) for part in children(node)]
    try:
        return _worth(node, numbers)
    except (ValueError, OverflowError):
        return math.nan


def _worth(node: Node, numbers: list[float]) -> float:
    match node:
        case Leaf() | Printed():
            return node.value
        case Total():
            return math.fsum(numbers)
        case Minus():
            return -numbers[0]
        case Times():
            return math.prod(numbers)
        case Over():
            return divided(*numbers)
        case Raised():
            return power(*numbers)
        case Apply(function):
            return FUNCTIONS[function](*numbers)


# -- slips of calculating ------------------------------------------------------------------------


def _changed(node: Node, streams: int) -> Iterator[tuple[SlipKind, Node, Node]]:
    """Go through a tree's slips: what kind, what is treated wrongly, and the tree with the slip."""
    yield from _changed_here(node, streams)
    parts = children(node)
    for place, part in enumerate(parts):
        for kind, what, changed in _changed(part, streams):
            yield kind, what, rebuild(node, (*parts[:place], changed, *parts[place + 1 :]))


def _changed_here(node: Node, streams: int) -> Iterator[tuple[SlipKind, Node, Node]]:
    match node:
        case Total(terms) if len(terms) > 1:
            yield from _changed_sum(node)
        case Times(factors) if len(factors) > 1:
            for place, factor in enumerate(factors):
                yield "factor", factor, Times((*factors[:place], *factors[place + 1 :]))
        case Over(above, Leaf(exact=True) as below) if below.value == streams > 1:
            yield "average", node, above
        case Over(Apply("exp") as above, below):
            yield "normalised", below, above
        case Over(above, below):
            yield "divisor", below, above
            yield "upside down", node, Over(below, above)
        case Raised(base, _):
            yield "square", base, base
        case Apply():
            yield from _changed_call(node)


def _changed_sum(node: Total) -> Iterator[tuple[SlipKind, Node, Node]]:
    for place, term in enumerate(node.terms):
        rest = (*node.terms[:place], *node.terms[place + 1 :])
        yield "bias" if _is_bias(term) else "term", term, replace(node, terms=rest)
        with_other_sign = (*node.terms[:place], Minus(term), *node.terms[place + 1 :])
        yield "sign of a term", term, replace(node, terms=with_other_sign)


def _changed_call(node: Apply) -> Iterator[tuple[SlipKind, Node, Node]]:
    first = node.arguments[0]
    match node.function:
        case "tanh" | "sigmoid" | "relu":
            yield "not squashed", node, first
            for other in ("tanh", "sigmoid"):
                if other != node.function:
                    yield "other squashing", node, Apply(other, (first,))
        case "log":
            yield "logarithm", node, Over(node, Leaf(Name("", ""), math.log(10.0)))
        case "sqrt":
            yield "root", node, first
        case "min" | "max":
            for argument in node.arguments:
                yield "limit", argument, argument


def _is_bias(node: Node) -> bool:
    if not isinstance(node, Leaf) or node.source is None:
        return False
    return bool(node.source.parameter) and len(node.source.index) == 1


def _name_of(node: Node) -> Name:
    pieces = written(node)
    return Name(as_text(pieces), as_latex(pieces))


# -- slips of reading ------------------------------------------------------------------------------


def _other_symbols(
    scope: Scope, right: Expression
) -> Iterator[tuple[SlipKind, Symbol, Expression]]:
    """Go through expressions in which something else is read than what is meant."""
    for path, part in walk(right):
        if isinstance(part, MatrixProduct):
            yield from _transposed(scope, right, (*path, 0), part.left)
    for symbol in dict.fromkeys(part for _, part in walk(right) if isinstance(part, Symbol)):
        for kind, other in _instead(scope, symbol):
            if _is_there(scope, other):
                yield kind, symbol, _with(right, symbol, other)


def _is_there(scope: Scope, symbol: Symbol) -> bool:
    try:
        scope.find(symbol)
    except KeyError:
        return False
    return True


def _with(right: Expression, symbol: Symbol, other: Symbol) -> Expression:
    return transform(right, lambda one: other if one == symbol else one)


def _transposed(
    scope: Scope, right: Expression, path: Path, left: Expression
) -> Iterator[tuple[SlipKind, Symbol, Expression]]:
    symbol = left.inside if isinstance(left, Transposed) else left
    if not isinstance(symbol, Symbol):
        return
    rows, *columns = scope.of(symbol).shape
    if columns == [rows] and rows > 1:
        mirrored = symbol if isinstance(left, Transposed) else Transposed(symbol)
        yield "transposed", symbol, put_at(right, path, mirrored)


def _instead(scope: Scope, symbol: Symbol) -> Iterator[tuple[SlipKind, Symbol]]:
    """Return what is read in the place of a symbol by mistake."""
    if symbol.gradient or not _is_there(scope, symbol):
        return
    place = scope.find(symbol).place
    if symbol.subscript in ("new", "hat"):
        yield "old", replace(symbol, subscript="new" if symbol.subscript == "hat" else "")
    if symbol.time is None or place is None or place.part != "forward":
        return
    (equation,) = parse(line_at(scope.record, place).equation)
    match equation.right:
        case Call(function, (Symbol() as inside,)) if function in SQUASHING:
            yield "before squashing", replace(inside, time=symbol.time, layer=symbol.layer)
    if symbol.letter in scope.record.forward[0].before[0]:
        yield "time", replace(symbol, time=symbol.time + (1 if symbol.time < 0 else -1))
