"""What comes out if one calculates on with printed numbers, operation by operation."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal, DecimalException
from functools import reduce

from rnnviz.diagnostics.one_step.rounding import CALCULATOR, Rounded, brief, exact, rounded
from rnnviz.diagnostics.one_step.terms import (
    FUNCTIONS,
    Apply,
    Leaf,
    Minus,
    Node,
    Over,
    Printed,
    Raised,
    Times,
    Total,
    children,
    rebuild,
)

# A number with more digits is no longer one that people have set.
_LONGEST_EXACT = 6
_NAN = Decimal("NaN")


def with_numbers(node: Node, digits: int) -> Node:
    """Put printed numbers in the place of names; also of sums that have one."""
    if isinstance(node, Leaf):
        return Printed(printed(node, digits), node.source)
    if isinstance(node, Total) and node.name is not None:
        return Printed(brief(node.value, digits))
    if isinstance(node, Times) and len(node.factors) == 1:
        return with_numbers(node.factors[0], digits)
    if isinstance(node, Times):
        node = replace(node, tag="")
    return rebuild(node, tuple(with_numbers(part, digits) for part in children(node)))


def one_operation_on(node: Node, digits: int) -> Node:
    """Carry out every operation whose numbers are all there."""
    parts = children(node)
    if not parts:
        return node
    if all(is_number(part) for part in parts):
        return Printed(brief(calculated(node), digits))
    if isinstance(node, Total):
        # A number that is subtracted waits for its sum.
        kept = (part if is_number(part) else one_operation_on(part, digits) for part in parts)
        return rebuild(node, tuple(kept))
    return rebuild(node, tuple(one_operation_on(part, digits) for part in parts))


def is_number(node: Node) -> bool:
    """Tell whether a node is a printed number, or one that is subtracted."""
    return isinstance(node.inside if isinstance(node, Minus) else node, Printed)


def calculated(node: Node) -> Decimal:
    """Carry out all operations on printed numbers, and round nothing on the way."""
    if isinstance(node, Printed):
        return node.number.value
    numbers = [calculated(part) for part in children(node)]
    try:
        return _calculated(node, numbers)
    except DecimalException:
        # Dividing by zero, and the like: the plain numbers know what comes of it.
        return Decimal(node.value)


def _calculated(node: Node, numbers: list[Decimal]) -> Decimal:
    match node:
        case Total():
            return reduce(CALCULATOR.add, numbers)
        case Times():
            return reduce(CALCULATOR.multiply, numbers)
        case Minus():
            return CALCULATOR.minus(numbers[0])
        case Over():
            return CALCULATOR.divide(*numbers)
        case Raised():
            return CALCULATOR.power(*numbers)
        case Apply("min"):
            return min(numbers)
        case Apply("max"):
            return max(numbers)
        case Apply(function):
            return Decimal(FUNCTIONS[function](*map(float, numbers)))
    raise TypeError(f"{node} is no operation")


def printed(leaf: Leaf, digits: int) -> Rounded:
    """Print a number that is calculated with."""
    if leaf.exact:
        whole = exact(leaf.value)
        if len(whole.value.normalize().as_tuple().digits) <= _LONGEST_EXACT:
            return whole
    return brief(leaf.value, digits)


def comes_out(found: Decimal, expected: Rounded, digits: int) -> bool:
    """Tell whether a calculated number is the expected one, to its printed digits.

    One that lies in the middle between two printed ones is neither: people round it up, NumPy to
    the even one.
    """
    if not found.is_finite() or not expected.value.is_finite():
        return found.is_nan() == expected.value.is_nan() and (
            found.is_nan() or found == expected.value
        )
    short = rounded(found, digits).value
    if short != expected.value:
        return False
    unit = Decimal(1).scaleb(short.adjusted() - digits + 1)
    return CALCULATOR.abs(CALCULATOR.subtract(found, short)) < unit * Decimal("0.4999999")
