"""Curves, and the band between two of them."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsItem, QGraphicsPathItem

from rnnviz.gui.plotting.axes.axis import Floats
from rnnviz.gui.plotting.axes.layers import LAYER_BAND, LAYER_CURVE
from rnnviz.gui.plotting.axes.transform import Mask, as_floats
from rnnviz.gui.plotting.items.item import (
    NOTHING,
    Canvas,
    Column,
    LineStyle,
    PlotItem,
    Series,
    make_pen,
    repeats,
)
from rnnviz.gui.plotting.items.paths import (
    area_path,
    arrowheads_path,
    band_a_pixel,
    dots_path,
    is_rough,
    line_path,
    one_a_pixel,
)
from rnnviz.gui.style.palette import ColorRole

_KEYS: dict[LineStyle, str] = {
    "solid": "─",
    "dashed": "╌",
    "dotted": "┈",
    "dash_dotted": "─·",
}
_ECHO = 0.5

_DOT = 6.0
"""How many pixels a dot measures across."""
_HOLE = 3.0
"""And the hole in a ring."""
_APART = 2.0
"""How many of their widths rings must be apart, so as not to look like a line."""
_ARROW = 5.0
"""How many pixels an arrowhead reaches back from its tip."""


class Curve(Series):
    """A line through points with ascending x; not-a-number breaks it.

    Parameters
    ----------
    width, style
        Of the line.
    markers
        Whether every point has a dot.
    hollow
        Whether the dots are rings, and no line joins them: something was measured at these points
        and at none between them. Where there is no room for that, it is a line without dots.
    open_ended
        Whether it ends in an open arrow where it leaves the visible range of y; else what is less
        than a log axis shows lies on its bottom.
    label
        The words beside it.
    """

    def __init__(  # noqa: PLR0913  # keywords: looks, each with a usual value
        self,
        canvas: Canvas,
        name: str,
        role: ColorRole,
        *,
        width: float = 2.0,
        style: LineStyle = "solid",
        markers: bool = False,
        hollow: bool = False,
        open_ended: bool = False,
        label: str | None = None,
    ) -> None:
        super().__init__(canvas, name, role)
        self.label = label
        self.pixels: tuple[Floats, Floats] = (NOTHING, NOTHING)
        self._width = width
        self._style = style
        self._line = QGraphicsPathItem()
        self._line.setZValue(LAYER_CURVE)
        self._rough = self._dense = False
        self._echo = QGraphicsPathItem()
        self._echo.setZValue(LAYER_CURVE)
        self._echo.setPos(_ECHO, _ECHO)
        self._markers = markers
        self._dots = QGraphicsPathItem()
        self._dots.setZValue(LAYER_CURVE)
        self._hollow = hollow
        self._holes = QGraphicsPathItem()
        self._holes.setZValue(LAYER_CURVE)
        self._open_ended = open_ended
        self._arrows = QGraphicsPathItem()
        self._arrows.setZValue(LAYER_CURVE)
        self.restyle()

    @property
    def key(self) -> str:
        """A sign that looks like the line, to tell its name from those of others."""
        line = _KEYS[self._style]
        if self._hollow:
            return "○" if self._has_dots else line
        return f"{line}●{line}" if self._markers else line

    @property
    def group(self) -> str:
        """The name under which a person hides it: its label, unless it was given another."""
        return self._group or self.label or ""

    @property
    def halo(self) -> float:
        """How many pixels the dots reach above and below the line; 0 where there are none."""
        return _DOT * self._theme.scale / 2 if self._dots.isVisible() else 0.0

    @property
    def graphics(self) -> list[QGraphicsItem]:
        """The line, its dots, and the arrows in which it ends."""
        return [self._line, self._echo, self._dots, self._holes, self._arrows]

    @property
    def arrows(self) -> int:
        """In how many open arrows it ends."""
        return self._arrows.path().elementCount() // 3

    def set_label(self, label: str | None) -> None:
        """Change the words beside it."""
        if label != self.label:
            self.label = label
            self._changed(self)

    def set_markers(self, markers: bool) -> None:
        """Mark every point with a dot, or none; dots that would touch are never drawn."""
        if markers != self._markers:
            self._markers = markers
            self.refresh()

    def refresh(self) -> None:
        """Draw the line again."""
        x, y = self._way()
        self.pixels, arrows = (x, y), QPainterPath()
        if self._open_ended:
            x, y, arrows = self._cut_at_ends(x, y)
        self._set_path(self._arrows, arrows)
        is_joined = not (self._hollow and self._has_dots)
        path = self._joined(x, y) if is_joined else QPainterPath()
        rough, dense = self._style == "solid" and is_rough(x, y), len(x) > 100
        if (rough, dense) != (self._rough, self._dense):
            self._rough, self._dense = rough, dense
            self.restyle()
        self._set_path(self._line, path)
        self._set_path(self._echo, path if rough else QPainterPath())
        self._draw_dots()

    def restyle(self) -> None:
        """Take colour and widths from the theme."""
        color = self.color
        scale = self._theme.scale
        if self._rough:
            # Qt paints lines of one pixel a hundred times faster than wider ones that are rough.
            # Two of them, half a pixel apart, look almost as strong as the wide one.
            thin = QPen(color, 1.0)
            thin.setCosmetic(True)
            self._line.setPen(thin)
            self._echo.setPen(thin)
        else:
            pen = make_pen(color, self._width * scale, self._style)
            if self._dense:
                # Between points this close, a joint's shape cannot be seen, only paid for.
                pen.setJoinStyle(Qt.PenJoinStyle.BevelJoin)
            self._line.setPen(pen)
        pen = QPen(color, _DOT * scale)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        self._dots.setPen(pen)
        hole = QPen(self._theme.palette.color("panel"), _HOLE * scale)
        hole.setCapStyle(Qt.PenCapStyle.RoundCap)
        self._holes.setPen(hole)
        self._arrows.setPen(make_pen(color, self._width * scale))

    def _way(self) -> tuple[Floats, Floats]:
        """Return where it goes, in pixels."""
        return one_a_pixel(*self._mapping.way(self.x, self.y, grounded=not self._open_ended))

    def _joined(self, x: Floats, y: Floats) -> QPainterPath:
        """Return the line through points, in pixels."""
        return line_path(x, y)

    def _cut_at_ends(self, x: Floats, y: Floats) -> tuple[Floats, Floats, QPainterPath]:
        """Keep what is inside of the plot; return the line up to its ends, and arrows there."""
        rect = self._mapping.rect
        is_above, is_below = y < rect.top() - 0.5, y > rect.bottom() + 0.5
        is_out = is_above | is_below
        edges = np.where(is_above, rect.top() + 0.5, rect.bottom() - 0.5)
        # The last point inside, and its neighbour out there.
        ways_out = np.flatnonzero(is_out[1:] != is_out[:-1])
        inside, outside = ways_out + is_out[ways_out], ways_out + ~is_out[ways_out]
        with np.errstate(invalid="ignore"):
            share = (edges[outside] - y[inside]) / (y[outside] - y[inside])
        # What is inside by less than the edge's width leaves at once.
        places = x[inside] + np.clip(share, 0.0, 1.0) * (x[outside] - x[inside])
        within = np.where(is_out, np.nan, y)
        self.pixels = (x, within)
        line = (
            np.insert(x, ways_out + 1, places),
            np.insert(within, ways_out + 1, edges[outside]),
        )
        if is_out.any() and not (np.isfinite(y) & ~is_out).any():
            # Nothing of it is to be seen: its end says where it is.
            outside = np.flatnonzero(is_out)[-1:]
            places = x[outside]
        known = np.isfinite(places)
        reach = np.where(is_above[outside], _ARROW, -_ARROW)[known] * self._theme.scale
        return *line, arrowheads_path(places[known], edges[outside][known], reach)

    @property
    def _has_dots(self) -> bool:
        """Whether there are dots: those that touch tell nothing that the line does not."""
        count = len(self.pixels[0])
        room = self._mapping.rect.width() / max(count, 1)
        needed = _DOT * self._theme.scale * (_APART if self._hollow else 1.0)
        return self._visible and self._markers and count > 0 and room >= needed

    def _draw_dots(self) -> None:
        shown = self._has_dots
        self._dots.setVisible(shown)
        self._holes.setVisible(shown and self._hollow)
        if shown:
            path = dots_path(*self.pixels)
            self._dots.setPath(path)
            if self._hollow:
                self._holes.setPath(path)


class Band(PlotItem):
    """The area between two lines, such as every interval's minimum and maximum.

    Parameters
    ----------
    edges
        What its lower and its upper edge are, for a CSV file's header.
    """

    def __init__(
        self,
        canvas: Canvas,
        name: str,
        role: ColorRole,
        *,
        edges: tuple[str, str] = ("minimum", "maximum"),
    ) -> None:
        super().__init__(canvas, name, role)
        self._edges = edges
        self.x: Floats = NOTHING
        self.low: Floats = NOTHING
        self.high: Floats = NOTHING
        self.pixels: tuple[Floats, Floats, Floats] = (NOTHING, NOTHING, NOTHING)
        self._area = QGraphicsPathItem()
        self._area.setZValue(LAYER_BAND)
        self.restyle()

    @property
    def graphics(self) -> list[QGraphicsItem]:
        """The area."""
        return [self._area]

    def set_data(self, x: ArrayLike, low: ArrayLike, high: ArrayLike) -> None:
        """Show another area.

        Parameters
        ----------
        x, low, high
            Shape ``(N,)`` each, in data units, ``x`` ascending. They are kept, not copied.
        """
        before = self.x, self.low, self.high
        self.x, self.low, self.high = as_floats(x), as_floats(low), as_floats(high)
        if not self.x.shape == self.low.shape == self.high.shape:
            raise ValueError(f"{self.name}: the three arrays differ in length.")
        if repeats(before, (self.x, self.low, self.high)):
            return
        self.refresh()
        self._changed(self)

    def clear(self) -> None:
        """Show nothing."""
        self.set_data(NOTHING, NOTHING, NOTHING)

    def refresh(self) -> None:
        """Draw the area again."""
        x, low, high = band_a_pixel(*self._mapping.way(self.x, self.low, self.high))
        self.pixels = (x, low, high)
        self._set_path(self._area, area_path(x, low, high))

    def restyle(self) -> None:
        """Take the colour from the theme, with an outline that keeps a flat band visible."""
        color = self._theme.palette.color(self.role)
        self._area.setBrush(QBrush(color))
        self._area.setPen(QPen(color, 1.0))

    def columns(self) -> list[Column]:
        """Return both edges."""
        return [
            ("", self.x),
            (f"{self.name} {self._edges[0]}", self.low),
            (f"{self.name} {self._edges[1]}", self.high),
        ]

    def rows_in_view(self) -> Mask:
        """Tell which of its places along x are seen."""
        return self._mapping.x.are_in_view(self.x)
