"""Equations as NumPy code: ``b1 + W1 @ h[t - 1] + U1 @ x[t]``.

Vectors are columns there, of a window of several streams a column each, and matrices act on them
from the left, as in the equations. What there is of every time step is a dict by t, from 1.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from rnnviz.diagnostics.one_step.expression import (
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

_FUNCTIONS = {
    "tanh": "np.tanh", "sigmoid": "sigmoid", "relu": "relu", "softmax": "softmax",
    "log": "np.log", "exp": "np.exp", "sqrt": "np.sqrt", "min": "np.minimum", "max": "np.maximum",
    "mean": "np.mean",
}  # fmt: skip
_SUM, _PRODUCT, _ATOM = range(3)
WIDTH = 96
"""Lines of code are no longer."""


@dataclass(frozen=True, slots=True)
class Code:
    """Writes expressions.

    Attributes
    ----------
    name
        What a symbol is called.
    one_hot_size
        How many entries one-hot vectors have.
    by_stream
        Whether vectors have a column for each stream, so that lengths are taken column by column.
    """

    name: Callable[[Symbol], str]
    one_hot_size: int = 0
    by_stream: bool = True

    def right(self, equation: Equation) -> str:
        """Write what an equation computes; what a step adds is of all streams together."""
        assert equation.right is not None
        if equation.adds and isinstance(equation.right, Symbol):
            return f"{self.name(equation.right)}.sum(axis=1, keepdims=True)"
        return self.of(equation.right)

    def of(self, expression: Expression, around: int = _SUM) -> str:
        """Write an expression; in brackets, where it binds less than what is around it."""
        match expression:
            case Number(text):
                return text
            case Symbol():
                return self.name(expression)
            case Negative(inside):
                return _bracketed(f"-{self.of(inside, _PRODUCT)}", around > _SUM)
            case Sum(terms):
                return _bracketed(self._sum(terms), around > _SUM)
            case Product(factors):
                return _bracketed(
                    " * ".join(self.of(one, _ATOM) for one in factors), around > _PRODUCT
                )
            case MatrixProduct(left, right):
                both = f"{self.of(left, _ATOM)} @ {self.of(right, _ATOM)}"
                return _bracketed(both, around > _PRODUCT)
            case Quotient(above, below):
                both = f"{self.of(above, _PRODUCT)} / {self.of(below, _ATOM)}"
                return _bracketed(both, around > _PRODUCT)
            case SumOver():
                return self._sum_over(expression, around)
            case _:
                return self._atom(expression)

    def _sum(self, terms: tuple[Expression, ...]) -> str:
        text = self.of(terms[0], _SUM)
        for term in terms[1:]:
            minus = isinstance(term, Negative)
            inside = term.inside if isinstance(term, Negative) else term
            text += f" {'-' if minus else '+'} {self.of(inside, _PRODUCT)}"
        return text

    def _sum_over(self, expression: SumOver, around: int) -> str:
        """Write a sum over gates, over parameters P, or over the time steps t."""
        term, values = expression.term, expression.values
        match expression.index:
            case "t":
                steps = f"range({values[0]}, {int(values[-1]) + 1})"
                return f"sum({self.of(term)} for t in {steps})"
            case "P":
                return f"sum({self.of(term)} for P in parameters)"
        each = tuple(with_index(term, expression.index, value) for value in values)
        return self.of(Sum(each), around)

    def _atom(self, expression: Expression) -> str:
        match expression:
            case Power(Length(inside), Number("2")):
                axis = ", axis=0" if self.by_stream else ""
                return f"np.sum({self.of(inside, _ATOM)} ** 2{axis})"
            case Power(base, exponent):
                return f"{self.of(base, _ATOM)} ** {self.of(exponent, _ATOM)}"
            case Transposed(inside):
                return f"{self.of(inside, _ATOM)}.T"
            case IsPositive(inside):
                return f"np.where({self.of(inside)} > 0, 1.0, 0.0)"
            case Entry(vector, token):
                return f"entry({self.of(vector)}, {self.of(token)})"
            case Call("onehot", (token,)):
                return f"onehot({self.of(token)}, {self.one_hot_size})"
            case Call(function, arguments):
                return f"{_FUNCTIONS[function]}({', '.join(map(self.of, arguments))})"
        raise TypeError(f"{expression} cannot be written")


def _bracketed(text: str, needed: bool) -> str:
    return f"({text})" if needed else text


def folded(line: str) -> str:
    """Break a line of code that is too long, within its brackets."""
    if len(line) <= WIDTH:
        return line
    if _last_break(line) is None:
        name, _, right = line.partition(" = ")
        line = f"{name} = ({right})"
    margin = " " * (len(line) - len(line.lstrip()) + 4)
    lines, depth = [], 0
    while len(line) > WIDTH and (cut := _last_break(line, depth)) is not None:
        depth += _depth(line[:cut])
        lines.append(line[:cut])
        line = margin + line[cut + 1 :]
    return "\n".join([*lines, line])


def _last_break(line: str, depth: int = 0) -> int | None:
    """Return the last space within the width that stands in brackets, behind the margin."""
    found = None
    begin = len(line) - len(line.lstrip())
    for place, sign in enumerate(line[:WIDTH]):
        depth += _depth(sign)
        if sign == " " and depth > 0 and place > begin:
            found = place
    return found


def _depth(text: str) -> int:
    return sum((sign in "([{") - (sign in ")]}") for sign in text)
