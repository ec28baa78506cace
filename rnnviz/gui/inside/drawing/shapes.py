"""What a drawing is made of: cells with numbers, wires, badges, tiles and words, each with a key.

A picture is laid out anew for each phase. What has the same key in two pictures is the same thing,
and glides from one place to the other.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from PySide6.QtCore import QPointF, QRectF

from rnnviz.diagnostics.one_step.phases import Place
from rnnviz.gui.style.palette import ColorRole, Flow

Ramp = Literal["signed", "probability", "gradient", "plain"]
"""What the colour of a cell means."""

Entry = tuple[int, ...]
"""Which number of a line's value: of a column ``(row,)``, of a matrix ``(row, column)``."""

Thing = Place | str
"""What can be lit: a line of the record, or a parameter by its name."""

Hidden = Mapping[Place, frozenset[Entry]]
"""What is asked for and not shown: of a line, some of its numbers."""

Glow = Literal["", "input", "output"]
"""Whether what is computed now reads a thing, or makes it."""


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """A column of numbers, each in a coloured cell.

    Attributes
    ----------
    key
        What it is, in every picture.
    place
        The line whose value it shows.
    rect
        All of it.
    values
        From top to bottom; empty where nothing is computed yet, and only outlines are drawn.
    entries
        Of each cell, which number of the line's value it shows.
    ramp
        The meaning of its colours.
    reach
        The size of a number whose colour is full.
    labels
        What stands at the left of each cell; may be empty.
    label_gap
        How far from the cells they stand, in designed pixels.
    marked
        A cell with a mark: the target's.
    glow
        Whether it takes part in what is computed now.
    hidden
        Cells whose numbers are asked for, and not shown.
    bare
        Whether there is no room for numbers, and colours alone are shown.
    """

    key: Hashable
    place: Place
    rect: QRectF
    values: tuple[float, ...]
    entries: tuple[Entry, ...]
    ramp: Ramp = "signed"
    reach: float = 1.0
    labels: tuple[str, ...] = ()
    label_gap: float = 5.0
    marked: int | None = None
    glow: Glow = ""
    hidden: frozenset[Entry] = frozenset()
    bare: bool = False

    def cell(self, number: int) -> QRectF:
        """Return the rectangle of one cell."""
        height = self.rect.height() / len(self.entries)
        return QRectF(self.rect.x(), self.rect.y() + number * height, self.rect.width(), height)

    def without(self, hidden: frozenset[Entry]) -> Cells:
        """Return them with some numbers hidden."""
        return replace(self, hidden=hidden)

    def entry_at(self, point: QPointF) -> Entry | None:
        """Return the number at a point; None where there is none."""
        number = self._number_at(point)
        return None if number is None else self.entries[number]

    def value_at(self, point: QPointF) -> float | None:
        """Return what stands at a point; None where there is nothing, or it is hidden."""
        number = self._number_at(point)
        if number is None or self.entries[number] in self.hidden:
            return None
        return self.values[number]

    def _number_at(self, point: QPointF) -> int | None:
        if not (self.values and self.rect.contains(point)):
            return None
        height = self.rect.height() / len(self.entries)
        return min(int((point.y() - self.rect.y()) / height), len(self.entries) - 1)


@dataclass(frozen=True, slots=True, eq=False)
class Wire:
    """An arrow along straight pieces.

    Attributes
    ----------
    key
        What it is, in every picture.
    points
        From its tail to its head.
    flow
        Forward or backward: its colour.
    place
        What is computed with what it carries: a click shows that. None for a mere connection.
    tex, tex_at
        The symbol of the parameter on it, and where the middle of that stands.
    parameter
        The parameter's name in the record.
    faint
        Whether nothing has passed along it yet.
    glow
        Whether it takes part in what is computed now.
    head
        Whether it ends in an arrowhead.
    """

    key: Hashable
    points: tuple[QPointF, ...]
    flow: Flow = "forward"
    place: Place | None = None
    tex: str = ""
    tex_at: QPointF = field(default_factory=QPointF)
    parameter: str = ""
    faint: bool = False
    glow: Glow = ""
    head: bool = True

    def distance(self, point: QPointF) -> float:
        """Return how far a point is from it."""
        pieces = zip(self.points, self.points[1:], strict=False)
        return min(_distance(point, start, end) for start, end in pieces)


@dataclass(frozen=True, slots=True, eq=False)
class Badge:
    """A round mark for something done entry by entry: a product, a sum, a squashing function."""

    key: Hashable
    rect: QRectF
    tex: str
    faint: bool = False
    flow: Flow = "forward"


@dataclass(frozen=True, slots=True, eq=False)
class Ring:
    """A circle that stands for a whole column: a node of the folded network."""

    key: Hashable
    rect: QRectF
    tex: str
    flow: Flow = "forward"


@dataclass(frozen=True, slots=True, eq=False)
class Tile:
    """A token as a small stone.

    Attributes
    ----------
    key, rect
        As of cells.
    text
        The token, made visible.
    filled
        Whether it is what the network reads or says; outlined, it is what was right.
    faint
        Whether it is not read yet.
    """

    key: Hashable
    rect: QRectF
    text: str
    filled: bool = True
    faint: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Words:
    """A few words, or a typeset symbol, in the middle of a rectangle or at one of its sides.

    Attributes
    ----------
    key, rect
        As of cells.
    text, tex
        What is written: words, or LaTeX.
    role
        Its colour.
    mono, bold
        How words are set.
    align
        At which side of the rectangle: -1 left, 0 in the middle, 1 right.
    size
        In pixels; of the symbol's em as well.
    """

    key: Hashable
    rect: QRectF
    text: str = ""
    tex: str = ""
    role: ColorRole = "soft"
    mono: bool = False
    bold: bool = False
    align: int = 0
    size: float = 12.0


@dataclass(frozen=True, slots=True, eq=False)
class Halo:
    """What is around several columns that are computed, or read, together."""

    key: Hashable
    rect: QRectF
    flow: Flow
    glow: Glow


@dataclass(frozen=True, slots=True, eq=False)
class Gauge:
    """Bars below each other, and a threshold across them.

    Attributes
    ----------
    key, rect
        As of cells.
    values
        The length of each bar.
    texts
        What is written beside each.
    flow
        Their colour.
    threshold
        Where the line stands; None without one.
    """

    key: Hashable
    rect: QRectF
    values: tuple[float, ...]
    texts: tuple[str, ...]
    flow: Flow
    threshold: float | None = None


Shape = Cells | Wire | Badge | Ring | Tile | Words | Halo | Gauge


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """Shapes, in the order in which they are painted."""

    shapes: tuple[Shape, ...]

    def wires(self) -> Iterator[Wire]:
        """Go through the wires."""
        return (shape for shape in self.shapes if isinstance(shape, Wire))

    def by_key(self) -> dict[Hashable, Shape]:
        """Return the shapes by their keys."""
        return {shape.key: shape for shape in self.shapes}

    def cells(self) -> Iterator[Cells]:
        """Go through the columns of cells."""
        return (shape for shape in self.shapes if isinstance(shape, Cells))


def moved(shape: Shape, before: Shape | None, share: float, shift: QPointF) -> Shape:
    """Return a shape on its way from where it was to where it is.

    Parameters
    ----------
    shape
        Where it is.
    before
        Where it was; None where it was not there.
    share
        How much of the way is gone, from 0 to 1.
    shift
        By how much all that was before has moved since, as the view has.
    """
    if before is None or type(before) is not type(shape) or share >= 1.0:
        return shape
    if isinstance(shape, Wire):
        assert isinstance(before, Wire)
        if len(before.points) != len(shape.points):
            return shape
        points = tuple(
            _between(a + shift, b, share) for a, b in zip(before.points, shape.points, strict=True)
        )
        tex_at = _between(before.tex_at + shift, shape.tex_at, share)
        return replace(shape, points=points, tex_at=tex_at)
    assert not isinstance(before, Wire)
    start, end = before.rect.translated(shift), shape.rect
    rect = QRectF(
        _between(start.topLeft(), end.topLeft(), share),
        _between(start.bottomRight(), end.bottomRight(), share),
    )
    return replace(shape, rect=rect)


def _between(start: QPointF, end: QPointF, share: float) -> QPointF:
    return start + (end - start) * share


def collapsed(shape: Shape, at: QPointF) -> Shape:
    """Return a shape that is all in one point."""
    if isinstance(shape, Wire):
        return replace(shape, points=(at,) * len(shape.points), tex_at=at)
    return replace(shape, rect=QRectF(at.x() - 1, at.y() - 1, 2, 2))


def _distance(point: QPointF, start: QPointF, end: QPointF) -> float:
    """Return how far a point is from a straight piece."""
    along, away = end - start, point - start
    square = QPointF.dotProduct(along, along)
    share = max(0.0, min(1.0, QPointF.dotProduct(away, along) / square)) if square else 0.0
    left = away - along * share
    return math.hypot(left.x(), left.y())
