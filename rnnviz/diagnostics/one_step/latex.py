"""Equations as LaTeX: the part of it that ziamath, MathJax and TeX all set alike."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

from rnnviz.diagnostics.one_step.expression import (
    SCALARS,
    Call,
    Entry,
    Equation,
    Expression,
    IsPositive,
    Length,
    MatrixProduct,
    Negative,
    Number,
    Path,
    Power,
    Product,
    Quotient,
    Sum,
    SumOver,
    Symbol,
    Transposed,
)

Write = Callable[[Path, Symbol, str], str]
"""Given where in an equation a symbol stands, the symbol, and its LaTeX: what to write there."""

LEFT, RIGHT = 0, 1
"""How the path of what stands left of the equals sign begins, and of what stands right of it."""

_GREEK = {
    "delta": r"\delta",
    "eta": r"\eta",
    "mu": r"\mu",
    "beta": r"\beta",
    "epsilon": r"\epsilon",
}
_FUNCTIONS = {
    "tanh": r"\tanh", "sigmoid": r"\sigma", "exp": r"\exp", "log": r"\log", "min": r"\min",
    "max": r"\max", "relu": r"\operatorname{ReLU}", "softmax": r"\operatorname{softmax}",
    "onehot": r"\operatorname{onehot}", "mean": r"\operatorname{mean}",
}  # fmt: skip
_MANY = 4
"""More values of an index than these are not written below its sum."""
# From what binds least to what binds most.
_SUM, _PRODUCT, _CHAIN, _ATOM = range(4)


def equation_latex(equation: Equation, write: Write | None = None, t: int | None = None) -> str:
    """Write an equation.

    Parameters
    ----------
    equation
        What to write.
    write
        Replaces each symbol: to colour it, to find it again, or to put its numbers in.
    t
        The time step, for ``h_1`` in the place of ``h_{t-1}``.
    """
    writer = _Writer(write, t)
    # Of what one step adds to a gradient the equation is that of its share alone.
    text = writer.of(equation.result, (LEFT,))
    if equation.right is not None:
        text += f" = {writer.of(equation.right, (RIGHT,))}"
    if equation.values:
        text += rf"\quad ({equation.index} = {', '.join(equation.values)})"
    if equation.note:
        text += rf",\ \text{{{equation.note}}}"
    return text


def expression_latex(
    expression: Expression, write: Write | None = None, t: int | None = None
) -> str:
    """Write an expression alone; its paths begin at its root."""
    return _Writer(write, t).of(expression, ())


def symbol_latex(symbol: Symbol, t: int | None = None) -> str:
    """Write a symbol."""
    name = _name(symbol, t)
    if symbol.slope:
        return f"f'({name})"
    if not symbol.gradient:
        return name
    fraction = rf"\frac{{\partial L}}{{\partial {name}}}"
    match symbol.part:
        case "above":
            below = r"\text{above}"
        case "later":
            below = _time(1, t)
        case "step":
            below = _time(symbol.time or 0, t)
        case "before":
            # What is named after h_{t-1} is sent by step t.
            below = _time((symbol.time or 0) + 1, t)
        case _:
            return fraction
    return rf"\left.{fraction}\right|_{{{below}}}"


def _name(symbol: Symbol, t: int | None) -> str:
    letter, subscript = symbol.letter, symbol.subscript
    layer = str(symbol.layer or "")
    if letter[-1].isdigit():
        letter, layer = letter.rstrip("0123456789"), letter[-1]
    letter = _GREEK.get(letter, letter if len(letter) == 1 else rf"\text{{{letter}}}")
    if subscript == "hat":
        letter, subscript = rf"\hat{{{letter}}}", ""
    above = [rf"\text{{{subscript}}}"] if subscript == "new" else []
    above += [f"({layer})"] if layer else []
    below = [subscript] if subscript not in ("", "new") else []
    if symbol.time is not None and symbol.part != "step":
        below.append(_time(symbol.time, t))
    text = letter + (f"_{{{','.join(below)}}}" if below else "")
    return text + (f"^{{{','.join(above)}}}" if above else "")


def _time(shift: int, t: int | None) -> str:
    if t is not None:
        return str(t + shift)
    return f"t{shift:+d}" if shift else "t"


@dataclass(frozen=True, slots=True)
class _Writer:
    write: Write | None
    t: int | None

    def of(self, expression: Expression, path: Path, around: int = _SUM) -> str:
        """Write an expression; in brackets, where it binds less than what is around it."""
        text, binds = self._text(expression, path)
        return text if binds >= around else rf"\left({text}\right)"

    def _text(self, expression: Expression, path: Path) -> tuple[str, int]:
        match expression:
            case Number(text):
                return text, _ATOM
            case Symbol():
                return self._symbol(expression, path)
            case Negative(inside):
                return "{-}" + self.of(inside, (*path, 0), _PRODUCT), _SUM
            case Sum(terms):
                return self._sum(terms, path), _SUM
            case Product(factors):
                return self._product(factors, path), _PRODUCT
            case MatrixProduct(left, right):
                both = self.of(left, (*path, 0), _CHAIN), self.of(right, (*path, 1), _CHAIN)
                return r"\,".join(both), _CHAIN
            case Quotient(above, below):
                return rf"\frac{{{self.of(above, (*path, 0))}}}{{{self.of(below, (*path, 1))}}}", 3
            case SumOver(term, index, values):
                text = self.of(term, (*path, 0), _PRODUCT)
                if index == "t":
                    return rf"\sum_{{t = {values[0]}}}^{{{values[-1]}}} {text}", _SUM
                over = index if len(values) > _MANY else f"{index} = {', '.join(values)}"
                return rf"\sum_{{{over}}} {text}", _SUM
            case _:
                return self._atom(expression, path), _ATOM

    def _symbol(self, symbol: Symbol, path: Path) -> tuple[str, int]:
        text = symbol_latex(symbol, self.t)
        if self.write is not None:
            text = self.write(path, symbol, text)
        return text, _SUM if text.startswith("-") else _ATOM

    def _sum(self, terms: tuple[Expression, ...], path: Path) -> str:
        text = ""
        for place, term in enumerate(terms):
            here, minus = (*path, place), isinstance(term, Negative)
            inside = term.inside if isinstance(term, Negative) else term
            written = self.of(inside, (*here, 0) if minus else here, _PRODUCT if minus else _SUM)
            if place == 0:
                text = f"{{-}}{written}" if minus else written
            elif written.startswith("-"):
                text += f" - {written[1:]}"
            else:
                text += f" - {written}" if minus else f" + {written}"
        return text

    def _product(self, factors: tuple[Expression, ...], path: Path) -> str:
        text = self.of(factors[0], (*path, 0), _CHAIN)
        for place, (before, factor) in enumerate(pairwise(factors), start=1):
            sign = r"\," if is_scalar(before) or is_scalar(factor) else r" \odot "
            text += sign + self.of(factor, (*path, place), _CHAIN)
        return text

    def _atom(self, expression: Expression, path: Path) -> str:
        first = (*path, 0)
        match expression:
            case Power(Call("tanh" | "sigmoid" as function, (argument,)), exponent):
                inside = self.of(argument, (*first, 0))
                return rf"{_FUNCTIONS[function]}^{{{self.of(exponent, (*path, 1))}}}({inside})"
            case Power(base, exponent):
                return rf"{self._base(base, first)}^{{{self.of(exponent, (*path, 1))}}}"
            case Transposed(inside):
                return rf"{self._base(inside, first)}^{{\top}}"
            case Entry(vector, token):
                return f"{self.of(vector, first)}[{self.of(token, (*path, 1))}]"
            case Length(inside):
                return rf"\|{self.of(inside, first)}\|"
            case IsPositive(inside):
                return f"[{self.of(inside, first)} > 0]"
            case Call("sqrt", (argument,)):
                return rf"\sqrt{{{self.of(argument, first)}}}"
            case Call("log", (Entry() as argument,)):
                return rf"\log {self.of(argument, first)}"
            case Call(function, arguments):
                each = (self.of(one, (*path, place)) for place, one in enumerate(arguments))
                return rf"{_FUNCTIONS[function]}\left({', '.join(each)}\right)"
        raise TypeError(f"{expression} is nothing that can be written")

    def _base(self, expression: Expression, path: Path) -> str:
        text = self.of(expression, path, _ATOM)
        return f"{{{text}}}" if "^" in text else text


def is_scalar(expression: Expression) -> bool:
    """Tell whether an expression is one number, and no vector, by how it is written."""
    match expression:
        case Number():
            return True
        case Symbol(letter):
            return letter in SCALARS and expression.time is None and not expression.gradient
        case Sum(parts) | Product(parts):
            return all(is_scalar(part) for part in parts)
        case Negative(inside) | Power(inside):
            return is_scalar(inside)
        case Quotient(above, below):
            return is_scalar(above) and is_scalar(below)
    return False
