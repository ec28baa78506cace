"""The equations beside the arithmetic in ``rnnviz.core``, read as what they say.

What stands there is written for people, and only so that this can read it as well::

    equations  = equation {"; " equation}
    equation   = symbol ["=" sum | "+=" sum] [" for " name " = " names] [", " words]
    sum        = ["-"] product {("+" | "-") product}
    product    = chain {("*" | "/") chain}                        entry by entry
    chain      = factor {factor}                                  W h: a matrix and a vector
    factor     = primary ["of layer" number] {"^T" | "^" primary}
    primary    = number | symbol ["[" symbol "]"] | function "(" sum {"," sum} ")" | "log" factor
               | "(" sum ")" | "|" sum "|" | "[" sum "> 0]"
               | "sum of" product "over" name "=" (names | number "to" number)
    symbol     = ["dL/d"] name ["_" subscript] | "f'(" symbol ")"
               | "(" symbol " from above)" | "(" symbol " from t+1)" | "(" symbol " from t)"
    subscript  = gate | time | "{" gate "," time "}"              time: t, {t-1}, {t+1}
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from typing import NoReturn

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
    Part,
    Power,
    Product,
    Quotient,
    Sum,
    SumOver,
    Symbol,
    Transposed,
    transform,
)

FUNCTIONS = (
    "tanh", "sigmoid", "relu", "softmax", "exp", "log", "sqrt", "onehot", "min", "max",
    "mean",
)  # fmt: skip
SQUASHING = ("tanh", "sigmoid", "relu")
"""Those that make a state or a gate of a pre-activation."""

_PARTS: dict[str, Part] = {"above": "above", "t+1": "later", "t": "before"}
_NAME = r"(?:dL/d)?[A-Za-z][A-Za-z]*\d*(?:_(?:\{[^}]*\}|[A-Za-z0-9]+))?"
_TOKEN = re.compile(
    rf"""(?P<space>\s*)(?:
      (?P<number>\d+(?:\.\d+)?(?:e-?\d+)?)
    | (?P<part>\((?P<of>{_NAME})\ from\ (?P<from>above|t\+1|t)\))
    | (?P<slope>f'\((?P<at>{_NAME})\))
    | (?P<words>of\ layer|sum\ of|over|for|to)(?![A-Za-z])
    | (?P<name>{_NAME})
    | (?P<sign>\+=|\^T|>\ 0\]|[-+*/^=()\[\]|,;])
    )""",
    re.VERBOSE,
)


class EquationError(ValueError):
    """What stands beside the arithmetic is no equation."""


@lru_cache(maxsize=1024)
def parse(text: str) -> tuple[Equation, ...]:
    """Read the equations of a line; mostly it is one.

    Raises
    ------
    EquationError
        With the text, and where in it the reading ended.
    """
    return _Reader(text).equations()


class _Reader:
    """Reads a text from the left to the right, one token ahead."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.place = 0
        self.token: re.Match[str] | None = None
        self._read()

    def equations(self) -> tuple[Equation, ...]:
        found = [self._equation()]
        while self._accept(";"):
            found.append(self._equation())
        if self.token is not None:
            self._refuse()
        return tuple(found)

    def _equation(self) -> Equation:
        left = self._symbol()
        if self.token is not None and self.token["sign"] == ",":
            note = self.text[self.token.end() :].strip()
            self.token = None
            return Equation(left, note=note)
        adds = self._accept("+=")
        right = self._sum() if adds or self._accept("=") else None
        if not self._accept("for"):
            return Equation(left, right, adds)
        return Equation(left, right, adds, *self._values())

    def _sum(self) -> Expression:
        terms = [self._signed(self._accept("-"))]
        while (minus := self._accept("-")) or self._accept("+"):
            terms.append(self._signed(minus))
        return terms[0] if len(terms) == 1 else Sum(tuple(terms))

    def _signed(self, minus: bool) -> Expression:
        return Negative(self._product()) if minus else self._product()

    def _product(self) -> Expression:
        factors = [self._chain()]
        while (by := self._accept("/")) or self._accept("*"):
            factor = self._chain()
            factors = [Quotient(_product_of(factors), factor)] if by else [*factors, factor]
        return _product_of(factors)

    def _chain(self) -> Expression:
        found = self._factor()
        while self.token is not None and (
            any(self.token[kind] for kind in ("number", "part", "slope", "name"))
            or self.token["sign"] in ("(", "[")
        ):
            found = MatrixProduct(found, self._factor())
        return found

    def _factor(self) -> Expression:
        found = self._primary()
        if self._accept("of layer"):
            found = _of_layer(found, int(self._take("number")["number"]))
        while True:
            if self._accept("^T"):
                found = Transposed(found)
            elif self._accept("^"):
                found = Power(found, self._primary())
            else:
                return found

    def _primary(self) -> Expression:
        token = self.token
        if token is None:
            self._refuse()
        if token["number"]:
            return Number(self._take("number")["number"])
        if token["name"] in FUNCTIONS:
            return self._call()
        if token["name"] or token["part"] or token["slope"]:
            symbol = self._symbol()
            if self.token is None or self.token["space"] or not self._accept("["):
                return symbol
            entry = Entry(symbol, self._symbol())
            self._expect("]")
            return entry
        return self._bracketed()

    def _call(self) -> Expression:
        function = self._take("name")["name"]
        if self.token is not None and self.token["space"]:
            return Call(function, (self._factor(),))
        self._expect("(")
        arguments = [self._sum()]
        while self._accept(","):
            arguments.append(self._sum())
        self._expect(")")
        return Call(function, tuple(arguments))

    def _bracketed(self) -> Expression:
        if self._accept("sum of"):
            term = self._product()
            self._expect("over")
            return SumOver(term, *self._values())
        if self._accept("("):
            inside = self._sum()
            self._expect(")")
            return inside
        if self._accept("["):
            inside = self._sum()
            self._expect("> 0]")
            return IsPositive(inside)
        self._expect("|")
        inside = self._sum()
        self._expect("|")
        return Length(inside)

    def _values(self) -> tuple[str, tuple[str, ...]]:
        """Read ``k = r, z, n`` or ``t = 1 to 4``."""
        index = self._take("name")["name"]
        self._expect("=")
        if self.token is not None and self.token["number"]:
            first = int(self._take("number")["number"])
            self._expect("to")
            last = int(self._take("number")["number"])
            return index, tuple(str(value) for value in range(first, last + 1))
        values = [self._take("name")["name"]]
        while self._accept(","):
            values.append(self._take("name")["name"])
        return index, tuple(values)

    def _symbol(self) -> Symbol:
        token = self.token
        if token is None or not (token["name"] or token["part"] or token["slope"]):
            self._refuse()
        self._read()
        if token["part"]:
            return _named(token["of"], part=_PARTS[token["from"]])
        if token["slope"]:
            return _named(token["at"], slope=True)
        return _named(token["name"])

    def _accept(self, sign: str) -> bool:
        """Go on if the next token is this one."""
        token = self.token
        if token is None or sign not in (token["sign"], token["words"]):
            return False
        self._read()
        return True

    def _expect(self, sign: str) -> None:
        if not self._accept(sign):
            self._refuse()

    def _take(self, kind: str) -> re.Match[str]:
        token = self.token
        if token is None or not token[kind]:
            self._refuse()
        self._read()
        return token

    def _read(self) -> None:
        end = self.token.end() if self.token is not None else 0
        self.token = _TOKEN.match(self.text, end)
        rest = self.text[end:].lstrip()
        self.place = len(self.text) - len(rest)
        if rest and self.token is None:
            self._refuse()

    def _refuse(self) -> NoReturn:
        raise EquationError(f"{self.text!r} is no equation from its character {self.place + 1} on")


def _named(text: str, part: Part = "", *, slope: bool = False) -> Symbol:
    gradient = text.startswith("dL/d")
    letter, _, below = text.removeprefix("dL/d").partition("_")
    subscript, time = "", None
    for one in below.strip("{}").split(","):
        if found := re.fullmatch(r"t([-+]\d+)?", one):
            time = int(found[1] or 0)
        else:
            subscript = one
    if part == "before" and time is None:
        part, time = "step", 0
    return Symbol(letter, subscript, time, gradient, part, slope)


def _product_of(factors: list[Expression]) -> Expression:
    return factors[0] if len(factors) == 1 else Product(tuple(factors))


def _of_layer(expression: Expression, layer: int) -> Expression:
    return transform(expression, lambda symbol: replace(symbol, layer=layer))
