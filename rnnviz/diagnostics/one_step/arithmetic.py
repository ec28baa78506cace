"""One number of a step, calculated in full: with names, with numbers, and what comes of them.

The printed numbers have as many digits as it takes for the printed result to follow from them: who
types them into a pocket calculator gets what is printed here.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from rnnviz.diagnostics.one_step.calculator import (
    calculated,
    comes_out,
    is_number,
    one_operation_on,
    printed,
    with_numbers,
)
from rnnviz.diagnostics.one_step.entries import Entries, Index, is_set
from rnnviz.diagnostics.one_step.equation import SQUASHING, parse
from rnnviz.diagnostics.one_step.expression import Call, Equation, Symbol
from rnnviz.diagnostics.one_step.phases import Place, line_at
from rnnviz.diagnostics.one_step.record import StepRecord
from rnnviz.diagnostics.one_step.rounding import (
    MOST_DIGITS,
    Rounded,
    brief,
    rounded,
    usual_digits,
)
from rnnviz.diagnostics.one_step.scope import Scope
from rnnviz.diagnostics.one_step.terms import Leaf, Name, Node, Printed, Source, Total, children
from rnnviz.diagnostics.one_step.written import Piece, written

MOST_TERMS = 6
"""How many terms of a long sum are written out."""


@dataclass(frozen=True, slots=True)
class Term:
    """One term of a sum.

    Attributes
    ----------
    name
        What is multiplied.
    numbers
        The same in numbers.
    value
        What that comes to.
    """

    name: tuple[Piece, ...]
    numbers: tuple[Piece, ...]
    value: Rounded


@dataclass(frozen=True, slots=True)
class Chain:
    """One calculation, line by line; between two lines there is an equals sign.

    Attributes
    ----------
    name
        What is calculated.
    lines
        With names, with numbers, and after each operation; the last one is the result.
    terms
        Of a sum, one by one; empty where it is none. The last may stand for several.
    more
        For how many it stands; 0 where it is one term.
    result
        What comes out.
    """

    name: Name
    lines: tuple[tuple[Piece, ...], ...]
    terms: tuple[Term, ...]
    more: int
    result: Rounded


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """How one number of a step comes about.

    Attributes
    ----------
    name
        What it is called.
    value
        The number itself.
    source
        Where it stands.
    chains
        Its calculation, and after it those of the sums that stand in it as one number.
    note
        What it is, where nothing is calculated; else empty.
    """

    name: Name
    value: float
    source: Source
    chains: tuple[Chain, ...]
    note: str = ""


def arithmetic(
    record: StepRecord,
    place: Place,
    index: tuple[int, ...] = (),
    stream: int = 0,
    most: int = MOST_TERMS,
) -> Arithmetic:
    """Calculate one number of a record.

    Parameters
    ----------
    record
        Of a step.
    place
        The line.
    index
        Which of its numbers, as the code has it, without the stream: (unit,), or (row, column) of
        what is of a matrix's shape, which is stored transposed.
    stream
        Which of the batch, from 0.
    most
        How many terms of a long sum are written out.

    Raises
    ------
    IndexError
        Where the line has no such number.
    """
    scope = Scope(record, place, stream)
    equation, at = equation_of(scope, index)
    found = scope.recorded(equation.left)
    where = at[: found.value.ndim - found.by_stream]
    name = Entries(scope, most).name_of_result(equation, found, where)
    value = float(found.as_written(stream)[at] if where else found.as_written(stream))
    source = Source(place, "", index, stream)
    scope, equation = as_sent(scope, equation)
    if equation.right is None:
        return Arithmetic(name, value, source, (_given(equation, name, value),), equation.note)
    node = Entries(scope, most).of_equation(_inlined(scope, equation), at)
    digits = digits_of(node, value) if place.part == "update" else usual_digits(value)
    return Arithmetic(name, value, source, tuple(_chains(name, node, digits, value)))


def value_at(record: StepRecord, source: Source) -> float:
    """Return a number of a record.

    Raises
    ------
    ValueError
        Where the source is of a carried state, or of what is read or asked for.
    """
    if source.parameter:
        return float(record.parameters[source.parameter][source.index])
    if source.place is None:
        raise ValueError("that number is no line's and no parameter's")
    scope = Scope(record, source.place, source.stream)
    where = (source.stream, *source.index) if scope.by_stream else source.index
    return float(scope.line.value[where])


def equation_of(scope: Scope, index: tuple[int, ...]) -> tuple[Equation, Index]:
    """Return the equation by which one number of a line comes about, and which entry that is in it.

    Parameters
    ----------
    scope
        Of the line.
    index
        As in `arithmetic`.
    """
    for equation in (one for many in parse(scope.line.equation) for one in many.each()):
        found = scope.recorded(equation.left)
        row, column = (*(index if found.by_stream else index[::-1]), 0, 0)[:2]
        if 0 <= row - found.first < (found.value.shape[-1] if found.value.ndim else 1):
            return equation, (row - found.first, column)
    raise IndexError(f"{scope.place} has no number {index}")


def as_sent(scope: Scope, equation: Equation) -> tuple[Scope, Equation]:
    """Return what step t+1 sends, where that is what arrives; else what is given."""
    if equation.left.part != "later":
        return scope, equation
    place, last = scope.place, len(scope.record.forward)
    if place.t == last:
        return scope, replace(equation, note="nothing, for the window ends here")
    sent = replace(place, name=f"d{equation.left.letter}_before", t=place.t + 1)
    (found,) = parse(line_at(scope.record, sent).equation)
    return replace(scope, place=sent), found


def _inlined(scope: Scope, equation: Equation) -> Equation:
    """Put what is squashed in the place of its name: tanh(b + W h + U x) for tanh(a)."""
    match equation.right:
        case Call(function, (Symbol() as symbol,)) if function in SQUASHING:
            return replace(equation, right=Call(function, (scope.right_of(symbol),)))
    return equation


def digits_of(node: Node, value: float) -> int:
    """Return how many digits a sum has that changes little: two of the change are seen."""
    sizes = [abs(part.value) for part in children(node) if part.value]
    if not isinstance(node, Total) or not sizes or not value or not math.isfinite(value):
        return usual_digits(value)
    behind = math.floor(math.log10(abs(value))) - math.floor(math.log10(min(sizes)))
    return min(MOST_DIGITS - 3, max(usual_digits(value), behind + 2))


def _given(equation: Equation, name: Name, value: float) -> Chain:
    result = printed(Leaf(name, value, exact=is_set(equation.left)), usual_digits(value))
    return Chain(name, ((Piece(result.text, result.latex),),), (), 0, result)


def _chains(name: Name, node: Node, digits: int, value: float) -> Iterator[Chain]:
    """Calculate a number, and after it the sums that stand in it as one number."""
    if isinstance(node, Total):
        node = replace(node, name=None)
    chain, used = _chain(name, node, rounded(value, digits), digits)
    yield chain
    for part in _named_sums(node):
        assert part.name is not None
        yield from _chains(part.name, part, used, part.value)


def _chain(name: Name, node: Node, result: Rounded, digits: int) -> tuple[Chain, int]:
    """Calculate with as many digits as it takes; return how many that are as well."""
    used = digits
    while True:
        stages, found = _stages(node, used)
        results = (found, *map(calculated, stages))
        if used >= MOST_DIGITS or all(comes_out(one, result, digits) for one in results):
            break
        used += 1
    lines = [written(node), *(written(stage) for stage in stages)]
    if isinstance(stages[-1], Printed):
        result = stages[-1].number
    else:
        lines.append((Piece(result.text, result.latex),))
    terms = tuple(_terms(node, used)) if isinstance(node, Total) else ()
    more = node.more if isinstance(node, Total) else 0
    return Chain(name, tuple(lines), terms, more, result), used


def _stages(node: Node, digits: int) -> tuple[list[Node], Decimal]:
    """Return a calculation after each round of operations but the last, and what comes out."""
    stages = [with_numbers(node, digits)]
    while not all(is_number(part) for part in children(stages[-1])):
        stages.append(one_operation_on(stages[-1], digits))
    return stages, calculated(stages[-1])


def _terms(node: Total, digits: int) -> Iterator[Term]:
    for term in node.terms:
        stages, found = _stages(term, digits)
        yield Term(written(term), written(stages[0]), brief(found, digits))


def _named_sums(node: Node) -> Iterator[Total]:
    """Go through the sums that stand in a number as one."""
    for part in children(node):
        if isinstance(part, Total) and part.name is not None:
            yield part
        else:
            yield from _named_sums(part)
