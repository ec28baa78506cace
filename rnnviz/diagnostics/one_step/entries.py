"""From an equation to the arithmetic of one entry of what it computes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from rnnviz.core.parameters import Array
from rnnviz.diagnostics.one_step.equation import parse
from rnnviz.diagnostics.one_step.evaluation import evaluate
from rnnviz.diagnostics.one_step.expression import (
    SET,
    Call,
    Entry,
    Equation,
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
    with_index,
)
from rnnviz.diagnostics.one_step.names import (
    ANY,
    entry_name,
    in_latex,
    labels_of,
    quoted,
    symbol_name,
)
from rnnviz.diagnostics.one_step.phases import line_at
from rnnviz.diagnostics.one_step.scope import Found, Scope
from rnnviz.diagnostics.one_step.terms import (
    Apply,
    Leaf,
    Minus,
    Name,
    Node,
    Over,
    Raised,
    Source,
    Times,
    Total,
    total,
)

Index = tuple[int, int]
"""Row and column, from 0, as equations have it; what has none, or only rows, leaves the rest."""

# Larger exponents are too large for a pocket calculator.
_LARGEST_EXPONENT = 50.0
_SUM_OF_EXP = Name("sum of exp(", r"\sum \exp\left(")


@dataclass(frozen=True, slots=True, eq=False)
class Entries:
    """Finds the arithmetic of single entries.

    Attributes
    ----------
    scope
        Where the equation stands, and in which stream.
    most
        How many terms of a long sum are written out.
    """

    scope: Scope
    most: int

    def of_equation(self, equation: Equation, index: Index) -> Node:
        """Return the arithmetic of one entry of what an equation computes."""
        assert equation.right is not None
        if not equation.adds or self.scope.record.subject.batch_size == 1:
            return self.of(equation.right, index)
        return self._of_streams(equation.right, index)

    def _of_streams(self, expression: Expression, index: Index) -> Node:
        """Add up what an expression comes to in each stream."""
        each = []
        for number, scope in enumerate(self.scope.streams(), start=1):
            node = replace(self, scope=scope).of(expression, index)
            factors = node.factors if isinstance(node, Times) else (node,)
            each.append(Times(factors, tag=f"stream {number}: "))
        return total(_values(each), each.__getitem__, self.most)

    def of(self, expression: Expression, index: Index) -> Node:
        """Return the arithmetic of one entry of an expression."""
        match expression:
            case Number(text):
                return Leaf(Name(text, text), expression.value, exact=True)
            case Symbol():
                return self._leaf(expression, index)
            case Negative(inside):
                return Minus(self.of(inside, index))
            case Sum(parts):
                return _sum([self.of(part, index) for part in parts])
            case Product(parts):
                return Times(tuple(self.of(part, index) for part in parts))
            case Quotient(above, below):
                return Over(self.of(above, index), self.of(below, index))
            case Power(Length(inside), Number("2")):
                return self._squares(inside)
            case Length():
                return Apply("sqrt", (self._squares(expression.inside),))
            case Power(base, exponent):
                return Raised(self.of(base, index), self.of(exponent, index))
            case _:
                return self._of_vectors(expression, index)

    def _of_vectors(self, expression: Expression, index: Index) -> Node:
        match expression:
            case Transposed(inside):
                return self.of(inside, index[::-1])
            case MatrixProduct(left, right):
                return self._product(left, right, index)
            case SumOver():
                return self._sum_over(expression, index)
            case IsPositive(inside):
                return Apply("positive", (self.of(inside, index),))
            case Entry(vector, token):
                return self.of(vector, (int(evaluate(token, self.scope)), 0))
            case Call("onehot", (token,)):
                return self._one_hot(token, index)
            case Call("softmax", (o,)):
                return self._softmax(o, index)
            case Call("mean", (inside,)):
                streams = self.scope.record.subject.batch_size
                return Over(self._of_streams(inside, index), _count(streams))
            case Call(function, arguments):
                return Apply(function, tuple(self.of(one, index) for one in arguments))
        raise TypeError(f"{expression} has no entries")

    # -- symbols ------------------------------------------------------------------------------

    def _leaf(self, symbol: Symbol, index: Index) -> Node:
        found = self.scope.find(symbol)
        where = index[: found.value.ndim - found.by_stream]
        value = found.as_written(self.scope.stream)
        number = float(value[index] if where else value)
        exact = is_set(symbol) or self._is_one_hot(symbol)
        return Leaf(self.name(symbol, found, where), number, self._source(found, where), exact)

    def name(self, symbol: Symbol, found: Found, where: tuple[int, ...]) -> Name:
        """Name an entry of what a symbol stands for."""
        axes = labels_of(self.scope.record, symbol, found)
        labels = tuple(axis(k) for axis, k in zip(axes, where, strict=False))
        return entry_name(symbol, self.scope.place.t, labels)

    def name_of_result(self, equation: Equation, found: Found, where: tuple[int, ...]) -> Name:
        """Name an entry of what an equation computes."""
        return self.name(equation.result, found, where)

    def _source(self, found: Found, where: tuple[int, ...]) -> Source:
        """Say where in the record an entry stands: the code has matrices transposed."""
        in_code = where[::-1]
        if in_code:
            in_code = (*in_code[:-1], in_code[-1] + found.first)
        return Source(found.place, found.parameter, in_code, self.scope.stream)

    def _is_one_hot(self, expression: Expression) -> bool:
        """Tell whether a quantity is a token as a vector."""
        if not isinstance(expression, Symbol) or expression.letter != "x" or expression.gradient:
            return False
        place = self.scope.find(expression).place
        if place is None:
            return False
        (equation,) = parse(line_at(self.scope.record, place).equation)
        return isinstance(equation.right, Call) and equation.right.function == "onehot"

    # -- functions of vectors -------------------------------------------------------------------

    def _one_hot(self, token: Expression, index: Index) -> Node:
        assert isinstance(token, Symbol)
        subject, chosen = self.scope.record.subject, int(evaluate(token, self.scope))
        labels = quoted(subject.tokens if token.letter == "token" else subject.answers)
        name = f"onehot({labels(chosen)})[{labels(index[0])}]"
        return Leaf(Name(name, in_latex(name)), float(chosen == index[0]), exact=True)

    def _softmax(self, o: Expression, index: Index) -> Node:
        """Return exp(o_i) by the sum of all exp; where o is large, with the largest subtracted."""
        values = evaluate(o, self.scope)[:, 0]
        largest = float(values.max())
        shift = largest if abs(largest) > _LARGEST_EXPONENT else 0.0

        def exponential(k: int) -> Node:
            exponent = self.of(o, (k, 0))
            if shift:
                name = Name("the largest", r"\text{the largest}")
                exponent = _sum([exponent, Minus(Leaf(name, shift))])
            return Apply("exp", (exponent,))

        with np.errstate(over="ignore"):
            terms = np.exp(values - shift)
        name = _SUM_OF_EXP + self.whole_name(o) + Name(")", r"\right)")
        return Over(exponential(index[0]), total(terms, exponential, self.most, name))

    def _squares(self, inside: Expression, name: Name | None = None) -> Node:
        """Return the sum of the squares of all entries."""
        values = evaluate(inside, self.scope)
        columns = (*values.shape, 1, 1)[1]

        def square(k: int) -> Node:
            return Raised(self.of(inside, (k // columns, k % columns)), _count(2))

        return total((values**2).reshape(-1), square, self.most, name)

    def _product(self, left: Expression, right: Expression, index: Index) -> Node:
        """Return a row times a column."""
        i, j = index
        if self._is_one_hot(right):
            return self.of(left, (i, int(np.argmax(evaluate(right, self.scope)[:, 0]))))
        row, column = evaluate(left, self.scope)[i], evaluate(right, self.scope)[:, j]

        def product(k: int) -> Node:
            return Times((self.of(left, (i, k)), self.of(right, (k, j))))

        if len(row) == 1:
            return product(0)
        name = self._row_name(left, i) + Name(" ", r"\,") + self.whole_name(right)
        return total(row * column, product, self.most, name)

    def _row_name(self, matrix: Expression, i: int) -> Name:
        """Name a whole row of a matrix, ``W[1,·]``, or a column of one that is mirrored."""
        mirrored = isinstance(matrix, Transposed)
        symbol = matrix.inside if isinstance(matrix, Transposed) else matrix
        assert isinstance(symbol, Symbol)
        axes = labels_of(self.scope.record, symbol, self.scope.find(symbol))
        labels = (ANY, axes[1](i)) if mirrored else (axes[0](i), ANY)
        return entry_name(symbol, self.scope.place.t, labels)

    def whole_name(self, vector: Expression) -> Name:
        """Name a whole quantity."""
        assert isinstance(vector, Symbol)
        return symbol_name(vector, self.scope.place.t)

    def _sum_over(self, expression: SumOver, index: Index) -> Node:
        terms = [
            self._term(with_index(expression.term, expression.index, value), index)
            for value in expression.values
        ]
        return total(_values(terms), terms.__getitem__, self.most)

    def _term(self, term: Expression, index: Index) -> Node:
        match term:
            case Power(Length(Symbol() as symbol), Number("2")):
                name = self.whole_name(symbol)
                square = Name(f"|{name.text}|²", rf"\|{name.latex}\|^{{2}}")
                return self._squares(symbol, square)
        return self.of(term, index)


def is_set(symbol: Symbol) -> bool:
    """Tell whether it is a number that people have set, or one that is counted."""
    return symbol.letter in SET and symbol.time is None


def _values(nodes: Sequence[Node]) -> Array:
    return np.array([node.value for node in nodes])


def _sum(parts: Sequence[Node]) -> Node:
    return Total(tuple(parts), math.fsum(part.value for part in parts))


def _count(number: int) -> Leaf:
    return Leaf(Name(str(number), str(number)), float(number), exact=True)
