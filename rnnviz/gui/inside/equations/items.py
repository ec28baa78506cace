"""An equation as a row of pieces: symbols, which have numbers, and the signs between them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from rnnviz.core.parameters import Array
from rnnviz.diagnostics.one_step.arithmetic import as_sent
from rnnviz.diagnostics.one_step.evaluation import evaluate
from rnnviz.diagnostics.one_step.expression import (
    Call,
    Entry,
    Expression,
    IsPositive,
    Length,
    MatrixProduct,
    Negative,
    Number,
    Power,
    Product,
    Quotient,
    Sum,
    SumOver,
    Symbol,
    Transposed,
    shifted,
    with_index,
)
from rnnviz.diagnostics.one_step.latex import expression_latex, is_scalar, symbol_latex
from rnnviz.diagnostics.one_step.phases import Place
from rnnviz.diagnostics.one_step.scope import Found, Scope
from rnnviz.gui.inside.drawing.values import before
from rnnviz.gui.inside.equations.lines import StepLine
from rnnviz.gui.style.palette import ColorRole

_MOST_TERMS = 4
_SIGNS = {"tanh": r"\tanh", "sigmoid": r"\sigma", "exp": r"\exp", "log": r"\log"}
_LEAVES = ("onehot",)
_COMES_BACK = ("g", "delta", "factor", "norm")
_SUM, _PRODUCT, _CHAIN, _ATOM = range(4)


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """One piece of an equation.

    Attributes
    ----------
    tex
        How it is typeset.
    role
        Its colour: forward, backward, or ink for what is given and for signs.
    found
        What of the record it stands for; None for signs.
    place
        The line that it is; None where it is a parameter, or a sign.
    value
        What it comes to, as equations write it: a matrix, a column or a number. None for a sign,
        which stands in the row of numbers as well.
    transposed
        Whether it is mirrored.
    raised
        What stands behind its numbers, above: an exponent.
    space
        How much room, in ems, is left at each side.
    """

    tex: str
    role: ColorRole = "ink"
    found: Found | None = None
    place: Place | None = None
    value: Array | None = None
    transposed: bool = False
    raised: str = ""
    space: float = 0.0


def pieces_of(line: StepLine, scope: Scope | None, *, whole: bool = False) -> tuple[Piece, ...]:
    """Return an equation as a row of pieces.

    Parameters
    ----------
    line
        With the equation.
    scope
        Finds the numbers; None where only the symbols are wanted.
    whole
        Whether all terms of a long sum are wanted.
    """
    equation = line.equation
    left = _Flat(scope).symbol(equation.result)
    if scope is not None:
        found = scope.recorded(equation.left)
        value = found.as_written(scope.stream)
        left = replace(left, found=found, place=found.place, value=value)
    if line.sent is not None:
        # What arrives from step t+1 is written as that step does it, one step later.
        there = None if scope is None else as_sent(scope, equation)[0]
        return (left, _sign("=", 0.32), *_Flat(there, shift=1).of(line.sent))
    if line.arrives_nothing:
        return (left, _sign("=", 0.32), Piece("0", "soft"))
    if equation.right is None:
        return (left,)
    return (left, _sign("=", 0.32), *_Flat(scope, whole=whole).of(equation.right))


def _sign(tex: str, space: float = 0.0) -> Piece:
    return Piece(tex, "soft", space=space)


def role_of(symbol: Symbol) -> ColorRole:
    """Return the colour of a symbol: blue goes forward, orange comes back, ink is given."""
    if symbol.gradient or (symbol.letter in _COMES_BACK and symbol.time is None):
        return "backward"
    return "forward" if symbol.time is not None else "ink"


@dataclass(frozen=True, slots=True)
class _Flat:
    """Lays an expression out from the left to the right."""

    scope: Scope | None
    t: int | None = None
    shift: int = 0
    whole: bool = False

    def of(self, expression: Expression, around: int = _SUM) -> Iterator[Piece]:
        binds = _binding(expression)
        if binds < around:
            yield from (_sign("("), *self.of(expression), _sign(")"))
            return
        match expression:
            case Number() | Entry():
                yield self._leaf(expression)
            case Symbol():
                yield self.symbol(expression)
            case Negative(inside):
                yield from (_sign("-", 0.1), *self.of(inside, _PRODUCT))
            case Sum(terms):
                yield from self._sum(terms)
            case Product(factors):
                yield from self._product(factors)
            case MatrixProduct(left, right):
                yield from self.of(left, _CHAIN)
                yield _sign("", 0.09)
                yield from self.of(right, _CHAIN)
            case Quotient(above, below):
                yield from (*self.of(above, _PRODUCT), _sign("/", 0.12), *self.of(below, _ATOM))
            case SumOver():
                yield from self._sum_over(expression)
            case _:
                yield from self._atom(expression)

    def symbol(self, symbol: Symbol, transposed: bool = False) -> Piece:
        """Return the piece of a symbol."""
        shown = shifted(symbol, self.shift)
        assert isinstance(shown, Symbol)
        tex = symbol_latex(shown, self.t)
        tex = rf"{{{tex}}}^{{\top}}" if transposed else tex
        if self.scope is None:
            return Piece(tex, role_of(symbol), transposed=transposed)
        try:
            found = self.scope.find(symbol)
        except KeyError:
            return Piece(tex, role_of(symbol), transposed=transposed)
        value = found.as_written(self.scope.stream)
        place = found.place
        if place is None and not found.parameter and symbol.time == -1:
            place = before(symbol.letter, self.scope.place.layer)
        value = value.T if transposed else value
        return Piece(tex, role_of(symbol), found, place, value, transposed)

    def _leaf(self, expression: Expression) -> Piece:
        """Return what is looked up, and not computed from numbers, as one piece."""
        value = None if self.scope is None else evaluate(expression, self.scope)
        found = None
        if isinstance(expression, Entry) and isinstance(expression.vector, Symbol) and self.scope:
            found = self.scope.find(expression.vector)
        role: ColorRole = "ink"
        if isinstance(expression, Entry) and isinstance(expression.vector, Symbol):
            role = role_of(expression.vector)
        place = None if found is None else found.place
        return Piece(expression_latex(expression, t=self.t), role, found, place, value)

    def _sum(self, terms: tuple[Expression, ...]) -> Iterator[Piece]:
        for number, term in enumerate(terms):
            minus = isinstance(term, Negative)
            inside = term.inside if isinstance(term, Negative) else term
            if number or minus:
                yield _sign("-" if minus else "+", 0.22 if number else 0.05)
            yield from self.of(inside, _PRODUCT)

    def _product(self, factors: tuple[Expression, ...]) -> Iterator[Piece]:
        for number, factor in enumerate(factors):
            if number:
                scalar = is_scalar(factors[number - 1]) or is_scalar(factor)
                yield _sign(r"\cdot" if scalar else r"\odot", 0.14)
            yield from self.of(factor, _CHAIN)

    def _sum_over(self, expression: SumOver) -> Iterator[Piece]:
        """Write all terms of a sum, or the first ones and the last."""
        values = expression.values
        cut = len(values) > _MOST_TERMS and not self.whole
        shown = (*values[:2], values[-1]) if cut else values
        for number, value in enumerate(shown):
            if number:
                yield _sign("+", 0.22)
            if cut and number == len(shown) - 1:
                yield from (_sign(r"\cdots"), _sign("+", 0.22))
            # Where a sum goes over t, the time steps are counted from the window's beginning.
            flat = replace(self, t=0) if expression.index == "t" else self
            term = with_index(expression.term, expression.index, value)
            yield from flat.of(term, _PRODUCT)

    def _atom(self, expression: Expression) -> Iterator[Piece]:
        match expression:
            case Power(base, exponent):
                yield from self._power(base, f"^{{{expression_latex(exponent)}}}")
            case Transposed(Symbol() as inside):
                yield self.symbol(inside, transposed=True)
            case Transposed(inside):
                yield from (*self.of(inside, _ATOM), _sign(r"{}^{\top}"))
            case Length(inside):
                yield from (_sign(r"\Vert"), *self.of(inside), _sign(r"\Vert"))
            case IsPositive(inside):
                yield from (_sign("["), *self.of(inside), _sign("> 0]", 0.1))
            case Call(function) if function in _LEAVES:
                yield self._leaf(expression)
            case Call():
                yield from self._call(expression)

    def _power(self, base: Expression, exponent: str) -> Iterator[Piece]:
        if isinstance(base, Call):
            name, *rest = self._call(base)
            yield from (replace(name, tex=name.tex + exponent), *rest)
        elif isinstance(base, Symbol):
            piece = self.symbol(base)
            yield replace(piece, tex=f"{{{piece.tex}}}{exponent}", raised=f"{{}}{exponent}")
        else:
            yield from (*self.of(base, _ATOM), _sign(f"{{}}{exponent}"))

    def _call(self, call: Call) -> Iterator[Piece]:
        if call.function == "sqrt":
            yield _sign(r"\surd")
        else:
            yield _sign(_SIGNS.get(call.function, rf"\mathrm{{{call.function}}}"))
        yield _sign("(")
        for number, argument in enumerate(call.arguments):
            if number:
                yield _sign(",", 0.1)
            yield from self.of(argument)
        yield _sign(")")


def _binding(expression: Expression) -> int:
    match expression:
        case Sum() | Negative():
            return _SUM
        case SumOver(values=values):
            return _SUM if len(values) > 1 else _PRODUCT
        case Product() | Quotient():
            return _PRODUCT
        case MatrixProduct():
            return _CHAIN
    return _ATOM
