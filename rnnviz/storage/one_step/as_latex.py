"""A record as a LaTeX document: each equation, and below it the same line in numbers.

Numbers have three digits, and of large vectors and matrices the first and the last are shown. Where
a window has several streams, vectors are those of one, and what is added up is of all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from rnnviz.core.parameters import Array
from rnnviz.diagnostics.one_step.equation import parse
from rnnviz.diagnostics.one_step.expression import (
    Equation,
    Path,
    SumOver,
    Symbol,
    walk,
    with_gates,
)
from rnnviz.diagnostics.one_step.latex import equation_latex, expression_latex
from rnnviz.diagnostics.one_step.names import in_latex, quoted
from rnnviz.diagnostics.one_step.phases import Phase, line_at, phases_of
from rnnviz.diagnostics.one_step.record import StepRecord
from rnnviz.diagnostics.one_step.rounding import brief
from rnnviz.diagnostics.one_step.scope import Scope
from rnnviz.storage.one_step.as_text import heading

MOST_SHOWN = 6
"""So many rows and columns are written whole."""
_DIGITS = 3
_LATIN = 0x100
_PREAMBLE = r"""\documentclass{article}
\usepackage[utf8]{inputenc}
\usepackage[T1]{fontenc}
\usepackage{amsmath, amssymb, graphicx}
\usepackage[margin=2cm]{geometry}
% Formulas that are too wide are made smaller.
\newcommand{\fit}[1]{\[\resizebox{\ifdim\width>\linewidth\linewidth\else\width\fi}{!}{%
  $\displaystyle #1$}\]}
"""
_SIGNS = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#",
    "%": r"\%", "_": r"\_", "^": r"\^{}", "~": r"\~{}", "<": r"\textless{}", ">": r"\textgreater{}",
}  # fmt: skip


def as_latex(record: StepRecord, phases: Iterable[Phase] | None = None, stream: int = 0) -> str:
    """Write a document of some phases of a step, or of all; `stream` is which of the batch."""
    phases = phases_of(record) if phases is None else phases
    subject = record.subject
    title = _in_words(f"Step {subject.step + 1:,} of {subject.title}")
    lines = [_PREAMBLE, rf"\title{{{title}}}", r"\date{}", r"\begin{document}", r"\maketitle"]
    for phase in phases:
        lines.append(rf"\section*{{{_in_words(heading(record, phase))}}}")
        lines += _phase(record, phase, stream)
    return _in_latin("\n".join([*lines, r"\end{document}", ""]))


def _phase(record: StepRecord, phase: Phase, stream: int) -> Iterator[str]:
    before = ""
    for place in phase.places:
        if place.parameter != before:
            before = place.parameter
            yield rf"\paragraph{{${before[0]}{_layer(before)}$}}"
        numbers = _Numbers(Scope(record, place, stream))
        for equation in parse(line_at(record, place).equation):
            if equation.right is not None:
                yield rf"\fit{{{equation_latex(equation, t=place.t or None)}}}"
            yield from numbers.lines(equation)


def _layer(parameter: str) -> str:
    return f"^{{({parameter[1:]})}}" if parameter[1:] else ""


@dataclass(frozen=True, slots=True, eq=False)
class _Numbers:
    """Writes the numbers of one line."""

    scope: Scope

    def lines(self, equation: Equation) -> Iterator[str]:
        """Write an equation in numbers, for each value of its index."""
        for one in equation.each():
            left = equation_latex(Equation(one.result), t=self.scope.place.t or None)
            result = array_latex(self.scope.recorded(one.left).as_written(self.scope.stream))
            middle = self._right(one)
            yield rf"\fit{{{left} = {middle}{result}}}"

    def _right(self, equation: Equation) -> str:
        """Write the right side in numbers; nothing where it is of more than one stream or step."""
        right = equation.right
        if right is None or (equation.adds and self.scope.record.subject.batch_size > 1):
            return ""
        right = with_gates(right)
        several = any(
            isinstance(part, SumOver) or getattr(part, "function", "") == "mean"
            for _, part in walk(right)
        )
        if several or isinstance(right, Symbol):
            return ""
        return expression_latex(right, self._number) + " = "

    def _number(self, path: Path, symbol: Symbol, latex: str) -> str:
        """Write what a symbol stands for in its place."""
        subject, value = self.scope.record.subject, self.scope.of(symbol)
        if np.issubdtype(value.dtype, np.integer):
            labels = subject.tokens if symbol.letter == "token" else subject.answers
            return in_latex(quoted(labels)(int(value)))
        return array_latex(value)


def array_latex(value: Array) -> str:
    """Write a number, a column or a matrix."""
    if value.ndim == 0:
        return brief(float(value), _DIGITS).latex
    rows, columns = map(_shown, value.shape)
    lines = (" & ".join(_entry(value, row, column, columns) for column in columns) for row in rows)
    return " ".join((r"\begin{pmatrix}", r" \\ ".join(lines), r"\end{pmatrix}"))


def _shown(size: int) -> list[int | None]:
    """Return which of so many entries are written; None stands for those that are not."""
    if size <= MOST_SHOWN:
        return list(range(size))
    return [*range(MOST_SHOWN - 2), None, size - 1]


def _entry(value: Array, row: int | None, column: int | None, columns: list[int | None]) -> str:
    if row is None:
        return r"\vdots" if column in (columns[0], columns[-1]) else ""
    return r"\cdots" if column is None else brief(float(value[row, column]), _DIGITS).latex


def _in_words(text: str) -> str:
    """Write a text as TeX has it."""
    return "".join(_SIGNS.get(sign, sign) for sign in text)


def _in_latin(text: str) -> str:
    """Write signs that TeX's usual typefaces have not by their number."""
    return "".join(sign if ord(sign) < _LATIN else f"U+{ord(sign):04X}" for sign in text)
