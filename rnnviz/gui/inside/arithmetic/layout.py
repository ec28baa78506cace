"""Lays out one number's arithmetic in lines that are as wide as there is room."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from PySide6.QtCore import QRectF
from PySide6.QtGui import QFont, QFontMetricsF

from rnnviz.diagnostics.one_step.arithmetic import Arithmetic, Chain, Term
from rnnviz.diagnostics.one_step.terms import Name, Source
from rnnviz.diagnostics.one_step.written import Piece, as_text
from rnnviz.gui.inside.arithmetic.names import Span, role_of, spans_of
from rnnviz.gui.style.palette import ColorRole
from rnnviz.gui.style.theme import FontRole, Theme

_ONE_NUMBER = re.compile("[\N{MINUS SIGN}-]?[0-9.]+(·10\\S+)?")
_BELOW_SIZE, _DROP = 0.8, 0.2
_LINE, _TITLE_LINE = 19.0, 26.0
_INDENT, _CHAIN_GAP, _TERM_GAP, _COLUMN_GAP = 18.0, 16.0, 2.0, 14.0


@dataclass(frozen=True, slots=True)
class Ink:
    """Characters that are drawn alike, and where they stand.

    Attributes
    ----------
    span
        What is written.
    role
        Its colour.
    font, bold
        How it is set.
    source
        Where the number stands whose name it is, or that it is; None for signs.
    rect
        Its room; the text stands in its middle.
    """

    span: Span
    role: ColorRole = "ink"
    font: FontRole = "mono_small"
    bold: bool = False
    source: Source | None = None
    rect: QRectF = field(default_factory=QRectF, compare=False)


@dataclass(frozen=True, slots=True)
class Rule:
    """A thin line across, above a sum."""

    rect: QRectF


class ArithmeticLayout:
    """One number's arithmetic as marks on a page.

    Parameters
    ----------
    theme
        Type and scale.
    width
        Of the page.

    Attributes
    ----------
    inks, rules
        What is written.
    height
        How long the page is.
    """

    def __init__(self, theme: Theme, width: float) -> None:
        self._theme = theme
        self._width = width
        self._metrics: dict[tuple[FontRole, bool, bool], QFontMetricsF] = {}
        self.inks: list[Ink] = []
        self.rules: list[Rule] = []
        self.height = 0.0

    def write(self, arithmetic: Arithmetic, of_which: str = "") -> None:
        """Write all chains of a number below each other; its name ends with what it is of."""
        first, *others = arithmetic.chains
        self._title(first, role_of(arithmetic.source, first.name.text), of_which)
        self._chain(first)
        if arithmetic.note:
            self._flow([Ink(Span(arithmetic.note), "soft", "small")], sign="")
        for chain in others:
            self.height += _CHAIN_GAP * self._theme.scale
            self._subtitle(chain.name)
            self._chain(chain)

    @property
    def _line(self) -> float:
        return _LINE * self._theme.scale

    # -- chains -------------------------------------------------------------------------------

    def _title(self, chain: Chain, role: ColorRole, of_which: str) -> None:
        high, name = _TITLE_LINE * self._theme.scale, chain.name.text
        inks = [Ink(span, role, "heading", bold=True) for span in spans_of(name)]
        inks += [Ink(Span(of_which), font="heading")] if of_which else []
        inks += [Ink(Span(" = "), "soft", "heading"), Ink(Span(chain.result.text), font="heading")]
        self._wrap(inks, 0.0, high=high)
        self.height += high + 2 * self._theme.scale

    def _subtitle(self, name: Name) -> None:
        self._run(0.0, self._line, [Ink(span, bold=True) for span in spans_of(name.text)])
        self.height += self._line

    def _chain(self, chain: Chain) -> None:
        if len(chain.terms) > 1:
            for number, term in enumerate(chain.terms):
                self._term(term, "+" if number else "")
            self._sum(chain)
            return
        for pieces in chain.lines:
            self._flow(self._inks(pieces))

    # -- terms of a sum -----------------------------------------------------------------------

    def _term(self, term: Term, sign: str) -> None:
        """Write a term: its name, the same in numbers, and at the right what it comes to.

        What finds no room beside the one before it stands below.
        """
        scale, high = self._theme.scale, self._line
        value = Ink(Span(term.value.text))
        column = self._width - self._advance(value)
        # A single number is not written twice.
        is_one_number = _ONE_NUMBER.fullmatch(as_text(term.numbers)) is not None
        numbers = [] if is_one_number else list(self._inks(term.numbers))
        gap, left = _COLUMN_GAP * scale, _INDENT * scale
        self._put(0.0, high, Ink(Span(sign), "soft"))
        end = self._wrap(self._inks(term.name), left)
        needed = sum(map(self._advance, numbers))
        if numbers:
            start = column - gap - needed
            if start < end + gap:
                self.height += 0.9 * high
                start = max(left, start)
            end = self._wrap((replace(ink, role="soft") for ink in numbers), start, left)
        if end > column - gap / 2:
            self.height += 0.9 * high
        self._put(column, high, value)
        self.height += high + _TERM_GAP * scale

    def _sum(self, chain: Chain) -> None:
        scale, high = self._theme.scale, self._line
        result = Ink(Span(chain.result.text), bold=True)
        left = self._width - self._advance(result)
        self.rules.append(Rule(QRectF(left - 8 * scale, self.height, self._width - left + 8, 1)))
        self.height += 3 * scale
        self._put(0.0, high, Ink(Span("="), "soft"))
        self._put(left, high, result)
        self.height += high

    # -- running text -------------------------------------------------------------------------

    def _flow(self, inks: Iterable[Ink], sign: str = "=") -> None:
        """Write a line, and go on below where it is too long."""
        self._put(0.0, self._line, Ink(Span(sign), "soft"))
        self._wrap(inks, _INDENT * self._theme.scale)
        self.height += self._line

    def _wrap(
        self,
        inks: Iterable[Ink],
        start: float,
        left: float | None = None,
        high: float | None = None,
    ) -> float:
        """Write characters from a place on, and below from `left` on; return where they end."""
        x, left = start, start if left is None else left
        high = self._line if high is None else high
        for word in _words(inks):
            if x > left and x + sum(map(self._advance, word)) > self._width:
                self.height += high
                x = left
            x = self._run(x, high, word)
        return x

    def _inks(self, pieces: Iterable[Piece]) -> Iterator[Ink]:
        for piece in pieces:
            is_name = any(letter.isalpha() for letter in piece.text)
            role = role_of(piece.source, piece.text) if is_name else "ink"
            for span in spans_of(piece.text):
                yield Ink(span, role, source=piece.source)

    def _run(self, x: float, high: float, inks: Iterable[Ink]) -> float:
        """Write characters one after the other; return where they end."""
        for ink in inks:
            x = self._put(x, high, ink)
        return x

    def _put(self, x: float, high: float, ink: Ink) -> float:
        width = self._advance(ink)
        drop = _DROP * high if ink.span.is_below else 0.0
        self.inks.append(replace(ink, rect=QRectF(x, self.height + drop, width, high)))
        return x + width

    def _advance(self, ink: Ink) -> float:
        key = (ink.font, ink.bold, ink.span.is_below)
        if key not in self._metrics:
            self._metrics[key] = QFontMetricsF(font_of(self._theme, ink))
        return self._metrics[key].horizontalAdvance(ink.span.text)


def font_of(theme: Theme, ink: Ink) -> QFont:
    """Return the font of some characters."""
    font = theme.font(ink.font)
    font.setBold(ink.bold or ink.font == "heading")
    if ink.span.is_below:
        font.setPixelSize(round(_BELOW_SIZE * font.pixelSize()))
    return font


def _words(inks: Iterable[Ink]) -> Iterator[list[Ink]]:
    """Cut what is written where a line may end: behind blanks."""
    word: list[Ink] = []
    for ink in inks:
        parts = ink.span.text.split(" ")
        for number, part in enumerate(parts):
            text = part if number == len(parts) - 1 else f"{part} "
            if text:
                whole = text == ink.span.text
                word.append(ink if whole else replace(ink, span=replace(ink.span, text=text)))
            if number < len(parts) - 1:
                yield word
                word = []
    if word:
        yield word
