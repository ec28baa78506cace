"""What an equation comes to, given the numbers that its symbols stand for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from typing import Protocol

import numpy as np

from rnnviz.core.activations import sigmoid
from rnnviz.core.loss import softmax
from rnnviz.core.parameters import Array
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
    with_index,
)


class Values(Protocol):
    """What the symbols of an equation stand for, in one stream of a batch.

    Attributes
    ----------
    one_hot_size
        How many entries a one-hot vector has.
    """

    @property
    def one_hot_size(self) -> int: ...  # noqa: D102

    def of(self, symbol: Symbol) -> Array:
        """Return a matrix (m, n), a column (n, 1), or a number (); a token's id is a number."""

    def streams(self) -> Sequence[Values]:
        """Return what they stand for in each stream."""


def _softmax(o: Array) -> Array:
    return softmax(o.T).T


_FUNCTIONS: dict[str, Callable[..., Array]] = {
    "tanh": np.tanh,
    "sigmoid": sigmoid,
    "relu": lambda a: np.maximum(a, 0.0),
    "softmax": _softmax,
    "exp": np.exp,
    "log": np.log,
    "sqrt": np.sqrt,
    "min": np.minimum,
    "max": np.maximum,
}


def evaluate(expression: Expression, values: Values) -> Array:
    """Return what an expression comes to: a matrix (m, n), a column (n, 1), or a number ().

    Parameters
    ----------
    expression
        Of one time step and one stream.
    values
        What its symbols stand for.
    """

    def of(part: Expression) -> Array:
        return evaluate(part, values)

    match expression:
        case Number():
            return np.array(expression.value)
        case Symbol():
            return values.of(expression)
        case SumOver(term, index, over):
            return _total([of(with_index(term, index, value)) for value in over])
        case MatrixProduct(left, right):
            return np.asarray(of(left) @ of(right))
        case Transposed(inside):
            return of(inside).T
        case Call(function, arguments):
            return _call(function, arguments, values)
        case _:
            return _by_entry(expression, of)


def _by_entry(expression: Expression, of: Callable[[Expression], Array]) -> Array:
    match expression:
        case Negative(inside):
            return -of(inside)
        case Sum(terms):
            return _total([of(term) for term in terms])
        case Product(factors):
            return reduce(np.multiply, map(of, factors))
        case Quotient(above, below):
            return np.asarray(of(above) / of(below))
        case Power(base, exponent):
            return np.asarray(of(base) ** of(exponent))
        case IsPositive(inside):
            return np.asarray(of(inside) > 0, np.float64)
        case Length(inside):
            return np.asarray(np.sqrt(np.sum(of(inside) ** 2)))
        case Entry(vector, token):
            return np.asarray(of(vector)[int(of(token)), 0])
    raise TypeError(f"{expression} is nothing that can be computed")


def _call(function: str, arguments: Sequence[Expression], values: Values) -> Array:
    if function == "mean":
        each = [evaluate(arguments[0], one) for one in values.streams()]
        return np.asarray(np.mean(each, axis=0))
    found = [evaluate(argument, values) for argument in arguments]
    if function == "onehot":
        column = np.zeros((values.one_hot_size, 1))
        column[int(found[0])] = 1.0
        return column
    return np.asarray(_FUNCTIONS[function](*found))


def _total(terms: Sequence[Array]) -> Array:
    return reduce(np.add, terms)
