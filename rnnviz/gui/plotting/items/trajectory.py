"""A way through a plane: points in the order in which they were passed."""

from __future__ import annotations

from itertools import pairwise
from typing import Literal

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsItem, QGraphicsPathItem

from rnnviz.gui.plotting.axes.axis import Floats
from rnnviz.gui.plotting.axes.layers import LAYER_CURVE, LAYER_MARK
from rnnviz.gui.plotting.axes.transform import Mask, Scale
from rnnviz.gui.plotting.items.item import Canvas, LineStyle, Series, make_pen
from rnnviz.gui.plotting.items.paths import dots_path, lines_path
from rnnviz.gui.style.palette import ColorRole

TrajectoryMark = Literal["none", "dot", "cross", "ring"]

_KEYS: dict[TrajectoryMark, str] = {"none": "╌", "dot": "●", "cross": "✕", "ring": "○"}
_BALL, _CROSS, _RING, _ARROW = 7.0, 3.0, 6.0, 11.0
# Marks that are drawn as lines, and how wide those are.
_PENS: dict[TrajectoryMark, float] = {"none": 1.0, "dot": 5.0, "cross": 1.6, "ring": 2.0}
_HALO = 2.5
_Segment = tuple[QPointF, QPointF]


class Trajectory(Series):
    """A line through points in any direction, a mark at each, and a ball at the last.

    Where the line leaves the plot it ends in an arrow's head at the edge, however far away the next
    point is. A rim in the panel's own colour keeps it apart from a heat map below it.

    Parameters
    ----------
    style
        How the line is drawn.
    mark
        What stands at each point; only ``"dot"`` and ``"cross"`` have a ball.
    width
        The line's, in designed pixels.
    """

    def __init__(
        self,
        canvas: Canvas,
        name: str,
        role: ColorRole,
        *,
        style: LineStyle = "solid",
        mark: TrajectoryMark = "dot",
        width: float = 2.0,
    ) -> None:
        super().__init__(canvas, name, role)
        self._style = style
        self._mark: TrajectoryMark = mark
        self._width = width
        self._rim, self._line, self._marks = (QGraphicsPathItem() for _ in range(3))
        self._solid = QGraphicsPathItem()
        for item in (self._rim, self._line, self._marks):
            item.setZValue(LAYER_CURVE)
        self._solid.setZValue(LAYER_MARK)
        self.restyle()

    @property
    def key(self) -> str:
        """A sign that looks like its marks, or its line."""
        return _KEYS[self._mark]

    @property
    def graphics(self) -> list[QGraphicsItem]:
        """The rim, the line, the marks, and the ball with the arrows' heads."""
        return [self._rim, self._line, self._marks, self._solid]

    @property
    def leaves(self) -> bool:
        """Whether an arrow's head at the edge says that it goes on outside."""
        return bool(self._exits())

    def refresh(self) -> None:
        """Draw it again."""
        line = QPainterPath()
        last: QPointF | None = None
        for start, end in self._segments():
            if start != last:
                line.moveTo(start)
            line.lineTo(end)
            last = end
        self._set_path(self._rim, line)
        self._set_path(self._line, line)
        self._set_path(self._marks, self._marks_path())
        self._set_path(self._solid, self._solid_path())

    def restyle(self) -> None:
        """Take colour and widths from the theme."""
        color, panel = self._theme.palette.color(self.role), self._theme.palette.color("panel")
        scale = self._theme.scale
        self._line.setPen(make_pen(color, self._width * scale, self._style))
        rim = QColor(panel)
        rim.setAlphaF(0.75)
        self._rim.setPen(make_pen(rim, (self._width + _HALO) * scale))
        marks = QPen(color, _PENS[self._mark] * scale)
        marks.setCapStyle(Qt.PenCapStyle.RoundCap)
        self._marks.setPen(marks)
        self._solid.setPen(QPen(panel, 1.5 * scale))
        self._solid.setBrush(QBrush(color))

    def rows_in_view(self) -> Mask:
        """Tell which of the points are seen."""
        x, y = self._mapping.x, self._mapping.y
        return x.are_in_view(self.x) & y.are_in_view(self.y)

    # -- geometry, in pixels ------------------------------------------------------------------

    def _pixels(self) -> tuple[Floats, Floats]:
        """Return the points' pixels as they are: a far one keeps its direction."""
        return _exact_pixels(self._mapping.x, self.x), _exact_pixels(self._mapping.y, self.y)

    def _inside(self) -> tuple[Floats, Floats]:
        rect = self._mapping.rect
        x, y = self._pixels()
        inside = (x >= rect.left()) & (x <= rect.right())
        inside &= (y >= rect.top()) & (y <= rect.bottom())
        return x[inside], y[inside]

    def _segments(self) -> list[_Segment]:
        """Return what of each stretch between two points lies inside of the plot."""
        x, y = self._pixels()
        points = list(zip(x.tolist(), y.tolist(), strict=True))
        rect = self._mapping.rect
        cut = (_cut(*a, *b, rect) for a, b in pairwise(points))
        return [segment for segment in cut if segment is not None]

    def _exits(self) -> list[_Segment]:
        """Return the stretches that end at an edge, beyond which the next point lies."""
        x, y = self._pixels()
        rect = self._mapping.rect
        points = list(zip(x.tolist(), y.tolist(), strict=True))
        exits = []
        for a, b in pairwise(points):
            if not _holds(rect, *b) and (segment := _cut(*a, *b, rect)) is not None:
                exits.append(segment)
        return exits

    def _marks_path(self) -> QPainterPath:
        if self._mark == "none" or not len(self.x):
            return QPainterPath()
        x, y = self._inside()
        if self._mark == "dot":
            return dots_path(x, y)
        if self._mark == "ring":
            rings = QPainterPath()
            for place in zip(x.tolist(), y.tolist(), strict=True):
                rings.addEllipse(QPointF(*place), *([_RING * self._theme.scale] * 2))
            return rings
        r = _CROSS * self._theme.scale
        points = list(zip(x.tolist(), y.tolist(), strict=True))
        falling = [(a - r, b - r, a + r, b + r) for a, b in points]
        rising = [(a - r, b + r, a + r, b - r) for a, b in points]
        return lines_path(falling + rising)

    def _solid_path(self) -> QPainterPath:
        path = QPainterPath()
        path.setFillRule(Qt.FillRule.WindingFill)
        if self._mark in ("none", "ring") or not len(self.x):
            return path
        for start, end in self._exits():
            path.addPath(_arrow_head(start, end, _ARROW * self._theme.scale))
        x, y = (float(pixels[-1]) for pixels in self._pixels())
        if _holds(self._mapping.rect, x, y):
            r = _BALL * self._theme.scale
            if self._mark == "dot":
                path.addEllipse(QPointF(x, y), r, r)
            else:
                for dx, dy in ((0, -r), (r, 0), (0, r), (-r, 0)):
                    corner = QPointF(x + dx, y + dy)
                    if dy == -r:
                        path.moveTo(corner)
                    else:
                        path.lineTo(corner)
                path.closeSubpath()
        return path


def _exact_pixels(scale: Scale, values: Floats) -> Floats:
    coordinates = scale.axis.forward(values)
    span = scale.range.high - scale.range.low
    with np.errstate(over="ignore", invalid="ignore"):
        share = (coordinates - scale.range.low) / span
        pixels: Floats = scale.start + share * (scale.end - scale.start)
    return pixels


def _holds(rect: QRectF, x: float, y: float) -> bool:
    return rect.left() <= x <= rect.right() and rect.top() <= y <= rect.bottom()


def _cut(x0: float, y0: float, x1: float, y1: float, rect: QRectF) -> _Segment | None:
    """Return what of a straight line lies inside a rectangle (Liang & Barsky 1984)."""
    if _holds(rect, x0, y0) and _holds(rect, x1, y1):
        return QPointF(x0, y0), QPointF(x1, y1)
    first, last = 0.0, 1.0
    d_x, d_y = x1 - x0, y1 - y0
    sides = (
        (-d_x, x0 - rect.left()),
        (d_x, rect.right() - x0),
        (-d_y, y0 - rect.top()),
        (d_y, rect.bottom() - y0),
    )
    for toward, room in sides:
        if toward == 0:
            if room < 0:
                return None
        elif toward < 0:
            first = max(first, room / toward)
        else:
            last = min(last, room / toward)
    if not first < last:
        return None
    return (
        QPointF(x0 + first * d_x, y0 + first * d_y),
        QPointF(x0 + last * d_x, y0 + last * d_y),
    )


def _arrow_head(start: QPointF, end: QPointF, length: float) -> QPainterPath:
    """Return a triangle whose tip is at `end`, pointing away from `start`."""
    along = end - start
    size = float(np.hypot(along.x(), along.y())) or 1.0
    unit = along / size
    side = QPointF(-unit.y(), unit.x()) * (0.45 * length)
    foot = end - unit * length
    path = QPainterPath(end)
    path.lineTo(foot + side)
    path.lineTo(foot - side)
    path.closeSubpath()
    return path
