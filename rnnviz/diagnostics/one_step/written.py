"""The arithmetic of one number as a line of text, in pieces that say what they stand for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from rnnviz.diagnostics.one_step.rounding import Rounded
from rnnviz.diagnostics.one_step.terms import (
    Apply,
    Leaf,
    Minus,
    Name,
    Node,
    Over,
    Printed,
    Raised,
    Source,
    Times,
    Total,
    children,
)
from rnnviz.wording import MINUS, TIMES

_LATEX = {
    "tanh": r"\tanh", "sigmoid": r"\sigma", "relu": r"\operatorname{ReLU}", "exp": r"\exp",
    "log": r"\log", "sqrt": r"\operatorname{sqrt}", "min": r"\min", "max": r"\max",
}  # fmt: skip
_SUPERSCRIPT = {"2": "²"}
# From what binds least to what binds most.
_SUM, _PRODUCT, _ATOM = range(3)


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a line.

    Attributes
    ----------
    text, latex
        How it is written, in plain characters and in LaTeX.
    source
        Where the number stands that it is the name of, or that it is; None for signs, and for what
        was calculated on the way.
    """

    text: str
    latex: str
    source: Source | None = None


def written(node: Node) -> tuple[Piece, ...]:
    """Write a number's arithmetic."""
    minus, inside = _without_sign(node)
    if not minus:
        return tuple(_of(node, _SUM))
    return Piece(MINUS, "-"), *_of(inside, _PRODUCT)


def as_text(pieces: tuple[Piece, ...]) -> str:
    """Return a line in plain characters."""
    return "".join(piece.text for piece in pieces)


def as_latex(pieces: tuple[Piece, ...]) -> str:
    """Return a line in LaTeX."""
    return "".join(piece.latex for piece in pieces)


def _of(node: Node, around: int) -> Iterator[Piece]:
    if _binding(node) < around:
        yield from (Piece("(", r"\left("), *_of(node, _SUM), Piece(")", r"\right)"))
        return
    match node:
        case Leaf(name) | Total(name=Name() as name):
            yield Piece(name.text, name.latex, node.source if isinstance(node, Leaf) else None)
        case Printed(number):
            yield Piece(number.text, number.latex, node.source)
        case Total(terms):
            yield from _sum(terms)
        case Minus(inside):
            yield from (Piece(MINUS, "-"), *_of(inside, _PRODUCT))
        case Times(factors):
            yield from _product(factors, node.tag)
        case Over(above, below):
            yield from (*_of(above, _PRODUCT), Piece(" / ", " / "), *_of(below, _ATOM))
        case Raised(base, exponent):
            yield from _power(base, exponent)
        case Apply():
            yield from _call(node)


def _sum(terms: tuple[Node, ...]) -> Iterator[Piece]:
    for place, term in enumerate(terms):
        minus, inside = _without_sign(term)
        if place:
            yield Piece(f" {MINUS if minus else '+'} ", " - " if minus else " + ")
        elif minus:
            yield Piece(MINUS, "-")
        yield from _of(inside, _PRODUCT)


def _without_sign(term: Node) -> tuple[bool, Node]:
    """Take the minus sign off a term: ``a - 2`` is better read than ``a + (-2)``."""
    match term:
        case Minus(Printed(number)) if number.is_negative:
            return True, term.inside
        case Minus(inside):
            return True, inside
        case Printed(number) if number.is_negative:
            return True, replace(term, number=number.opposite)
        case Times((Printed() as first, *others)) if first.number.is_negative:
            return True, replace(
                term, factors=(replace(first, number=first.number.opposite), *others)
            )
        case Over(Printed() as above) if above.number.is_negative:
            return True, replace(term, above=replace(above, number=above.number.opposite))
    return False, term


def _product(factors: tuple[Node, ...], tag: str) -> Iterator[Piece]:
    if tag:
        yield Piece(tag, rf"\text{{{tag}}}")
    numbers = any(map(_has_numbers, factors))
    for place, factor in enumerate(factors):
        if place:
            yield Piece(f" {TIMES} ", r" \times ") if numbers else Piece(" · ", r" \cdot ")
        yield from _of(factor, _PRODUCT if place == 0 and _is_plain(factor) else _ATOM)


def _power(base: Node, exponent: Node) -> Iterator[Piece]:
    yield from _of(base, _ATOM)
    pieces = tuple(_of(exponent, _SUM))
    text = as_text(pieces)
    yield Piece(_SUPERSCRIPT.get(text, f"^{text}"), f"^{{{as_latex(pieces)}}}")


def _call(call: Apply) -> Iterator[Piece]:
    if call.function == "positive":
        yield Piece("[", "[")
        yield from _of(call.arguments[0], _SUM)
        yield Piece(" > 0]", " > 0]")
        return
    yield Piece(f"{call.function}(", rf"{_LATEX[call.function]}\left(")
    for place, argument in enumerate(call.arguments):
        if place:
            yield Piece(", ", ", ")
        yield from _of(argument, _SUM)
    yield Piece(")", r"\right)")


def _has_numbers(node: Node) -> bool:
    return isinstance(node, Printed) or any(map(_has_numbers, children(node)))


def _is_plain(node: Node) -> bool:
    return isinstance(node, Printed) and not node.number.is_negative


def _binding(node: Node) -> int:
    match node:
        case Printed(number):
            return _of_number(number)
        case Total(terms, name=None):
            return _SUM if len(terms) > 1 else _binding(terms[0])
        case Minus():
            return _SUM
        case Times(factors):
            return _PRODUCT if len(factors) > 1 else _binding(factors[0])
        case Over():
            return _PRODUCT
        case Total() if " " in (node.name.text if node.name else ""):
            return _PRODUCT
    return _ATOM


def _of_number(number: Rounded) -> int:
    if number.is_negative:
        return _SUM
    return _PRODUCT if number.is_power else _ATOM
