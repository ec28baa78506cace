"""What a plot is made of: curves, bands, reference lines and marks."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from PySide6.QtCore import QLineF, Qt
from PySide6.QtGui import QBrush, QColor, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsItem, QGraphicsLineItem, QGraphicsPathItem

from rnnviz.gui.plotting.axis import Floats
from rnnviz.gui.plotting.mapping import Mapping, as_floats
from rnnviz.gui.plotting.paths import (
    area_path,
    band_a_pixel,
    dots_path,
    is_rough,
    line_path,
    one_a_pixel,
    triangles_path,
)
from rnnviz.gui.theme import ColorRole, Theme

LineStyle = Literal["solid", "dashed", "dotted", "dash_dotted"]
MarkerShape = Literal["triangle_down", "triangle_up"]
Column = tuple[str, Floats | list[str]]
Changed = Callable[["PlotItem"], None]

_KEYS: dict[LineStyle, str] = {
    "solid": "─",
    "dashed": "╌",
    "dotted": "┈",
    "dash_dotted": "─·",
}
_DASHES: dict[LineStyle, list[float]] = {
    "dashed": [5.0, 4.0],
    "dotted": [0.1, 2.2],
    "dash_dotted": [8.0, 3.0, 1.5, 3.0],
}
_EMPTY: Floats = np.empty(0)
_ECHO = 0.5

# What lies over what.
LAYER_GRID = -1
LAYER_HEAT, LAYER_BAND, LAYER_LEVEL, LAYER_CURVE, LAYER_MARK = range(5)
LAYER_LABEL, LAYER_HOVER = 8, 10


def make_pen(color: QColor, width: float, style: LineStyle = "solid") -> QPen:
    """Return a round-jointed pen; dashes are as long whatever its width."""
    pen = QPen(color, width)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    if style == "dotted":
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setDashPattern(_DASHES[style])
    elif style != "solid":
        pen.setDashPattern([length / max(width, 1.0) for length in _DASHES[style]])
    return pen


class PlotItem(ABC):
    """One thing in a plot: it keeps its data, and hands Qt a new path when something changed.

    Parameters
    ----------
    name
        What a CSV file's header and a reader of the screen call it.
    role
        The meaning that gives it its colour.
    mapping, theme
        Where values stand, and how they look.
    changed
        Told of every change that may concern the plot around it.
    """

    def __init__(
        self, name: str, role: ColorRole, mapping: Mapping, theme: Theme, changed: Changed
    ) -> None:
        self.name = name
        self.role: ColorRole = role
        self._mapping = mapping
        self._theme = theme
        self._changed = changed
        self._visible = True

    @property
    @abstractmethod
    def graphics(self) -> list[QGraphicsItem]:
        """The items of the scene that show it."""

    @property
    def visible(self) -> bool:
        """Whether it is shown."""
        return self._visible

    def set_visible(self, visible: bool) -> None:
        """Show it, or hide it and keep its data."""
        if visible != self._visible:
            self._visible = visible
            for item in self.graphics:
                item.setVisible(visible)
            self._changed(self)

    def set_color_role(self, role: ColorRole) -> None:
        """Give it another meaning's colour."""
        if role != self.role:
            self.role = role
            self.restyle()
            self._changed(self)

    @abstractmethod
    def refresh(self) -> None:
        """Draw the data it has again, because a range or the size changed."""

    @abstractmethod
    def restyle(self) -> None:
        """Take colours and widths from the theme again."""

    @abstractmethod
    def columns(self) -> list[Column]:
        """Return its data for a CSV file: the true values, not what is drawn of them."""


class Curve(PlotItem):
    """A line through points; not-a-number breaks it."""

    def __init__(
        self,
        name: str,
        role: ColorRole,
        mapping: Mapping,
        theme: Theme,
        changed: Changed,
        *,
        width: float = 2.0,
        style: LineStyle = "solid",
        markers: bool = False,
        label: str | None = None,
    ) -> None:
        super().__init__(name, role, mapping, theme, changed)
        self.label = label
        self.x: Floats = _EMPTY
        self.y: Floats = _EMPTY
        self.pixels: tuple[Floats, Floats] = (_EMPTY, _EMPTY)
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
        self.restyle()

    @property
    def key(self) -> str:
        """A sign that looks like the line, to tell its name from those of others."""
        return "●" if self._markers else _KEYS[self._style]

    @property
    def graphics(self) -> list[QGraphicsItem]:
        """The line and its dots."""
        return [self._line, self._echo, self._dots]

    def set_data(self, x: ArrayLike, y: ArrayLike) -> None:
        """Show other points.

        Parameters
        ----------
        x, y
            Shape ``(N,)`` each, in data units, ``x`` ascending. They are kept, not copied.
        """
        self.x, self.y = as_floats(x), as_floats(y)
        if self.x.shape != self.y.shape:
            raise ValueError(f"{self.name}: {self.x.shape} values of x, {self.y.shape} of y.")
        self.refresh()
        self._changed(self)

    def clear(self) -> None:
        """Show nothing."""
        self.set_data(_EMPTY, _EMPTY)

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

    def set_visible(self, visible: bool) -> None:
        """Show it, or hide it and keep its data."""
        super().set_visible(visible)
        self.refresh()

    def refresh(self) -> None:
        """Draw the line again."""
        x, y = one_a_pixel(self._mapping.x.to_pixels(self.x), self._mapping.y.to_pixels(self.y))
        self.pixels = (x, y)
        path = line_path(x, y)
        rough, dense = self._style == "solid" and is_rough(x, y), len(x) > 100
        if (rough, dense) != (self._rough, self._dense):
            self._rough, self._dense = rough, dense
            self.restyle()
        self._line.setPath(path)
        self._echo.setPath(path if rough else QPainterPath())
        # An empty path would be written into SVG files, where it is an error.
        self._line.setVisible(self._visible and not path.isEmpty())
        self._echo.setVisible(self._visible and rough)
        self._draw_dots()

    def restyle(self) -> None:
        """Take colour and widths from the theme."""
        color = self._theme.palette.color(self.role)
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
        pen = QPen(color, 6 * scale)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        self._dots.setPen(pen)

    def columns(self) -> list[Column]:
        """Return its points."""
        return [("", self.x), (self.name, self.y)]

    def _draw_dots(self) -> None:
        x, y = self.pixels
        # Dots that touch tell nothing that the line does not.
        room = self._mapping.rect.width() / max(len(x), 1)
        shown = self._visible and self._markers and len(x) > 0 and room >= 6 * self._theme.scale
        self._dots.setVisible(shown)
        if shown:
            self._dots.setPath(dots_path(x, y))


class Band(PlotItem):
    """The area between two lines, such as every interval's minimum and maximum."""

    def __init__(
        self, name: str, role: ColorRole, mapping: Mapping, theme: Theme, changed: Changed
    ) -> None:
        super().__init__(name, role, mapping, theme, changed)
        self.x: Floats = _EMPTY
        self.low: Floats = _EMPTY
        self.high: Floats = _EMPTY
        self.pixels: tuple[Floats, Floats, Floats] = (_EMPTY, _EMPTY, _EMPTY)
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
        self.x, self.low, self.high = as_floats(x), as_floats(low), as_floats(high)
        if not self.x.shape == self.low.shape == self.high.shape:
            raise ValueError(f"{self.name}: the three arrays differ in length.")
        self.refresh()
        self._changed(self)

    def clear(self) -> None:
        """Show nothing."""
        self.set_data(_EMPTY, _EMPTY, _EMPTY)

    def refresh(self) -> None:
        """Draw the area again."""
        to_y = self._mapping.y.to_pixels
        x, low, high = band_a_pixel(
            self._mapping.x.to_pixels(self.x), to_y(self.low), to_y(self.high)
        )
        self.pixels = (x, low, high)
        path = area_path(x, low, high)
        self._area.setPath(path)
        self._area.setVisible(self._visible and not path.isEmpty())

    def restyle(self) -> None:
        """Take the colour from the theme, with an outline that keeps a flat band visible."""
        color = self._theme.palette.color(self.role)
        self._area.setBrush(QBrush(color))
        self._area.setPen(QPen(color, 1.0))

    def columns(self) -> list[Column]:
        """Return both edges."""
        return [
            ("", self.x),
            (f"{self.name} minimum", self.low),
            (f"{self.name} maximum", self.high),
        ]


class LevelLine(PlotItem):
    """A horizontal line at one value, named at the right margin or on the line itself."""

    def __init__(
        self,
        name: str,
        role: ColorRole,
        mapping: Mapping,
        theme: Theme,
        changed: Changed,
        *,
        style: LineStyle = "dashed",
        label: str | None = None,
        label_on: Literal["margin", "line"] = "margin",
    ) -> None:
        super().__init__(name, role, mapping, theme, changed)
        self.label = label
        self.label_on = label_on
        self.value: float | None = None
        self._style = style
        self._line = QGraphicsLineItem()
        self._line.setZValue(LAYER_LEVEL)
        self._line.setVisible(False)
        self.restyle()

    @property
    def graphics(self) -> list[QGraphicsItem]:
        """The line."""
        return [self._line]

    @property
    def shown(self) -> bool:
        """Whether there is a line in the visible range."""
        return self._visible and self.value is not None and self._mapping.y.contains(self.value)

    @property
    def pixel(self) -> float:
        """Where the line stands."""
        return 0.0 if self.value is None else self._mapping.y.to_pixel(self.value)

    def set_value(self, value: float | None, label: str | None = None) -> None:
        """Move the line, or hide it with ``None``; a label replaces the words beside it."""
        words = self.label if label is None else label
        if value is not None and not np.isfinite(value):
            value = None
        if (value, words) != (self.value, self.label):
            self.value, self.label = value, words
            self.refresh()
            self._changed(self)

    def set_visible(self, visible: bool) -> None:
        """Show it, or hide it and keep its value."""
        super().set_visible(visible)
        self.refresh()

    def refresh(self) -> None:
        """Draw the line again."""
        shown = self.shown
        self._line.setVisible(shown)
        if shown:
            # On the middle of a pixel: a thin line is then one pixel and not two pale ones.
            y = int(self.pixel) + 0.5
            rect = self._mapping.rect
            self._line.setLine(QLineF(rect.left(), y, rect.right(), y))

    def restyle(self) -> None:
        """Take the colour from the theme."""
        width = (1.25 if self._style == "solid" else 1.0) * self._theme.scale
        self._line.setPen(make_pen(self._theme.palette.color(self.role), width, self._style))

    def columns(self) -> list[Column]:
        """Return its value."""
        return [] if self.value is None else [(self.label or self.name, np.array([self.value]))]


class Markers(PlotItem):
    """Marks along the plot's upper edge, one at each of some values of x."""

    def __init__(
        self,
        name: str,
        role: ColorRole,
        mapping: Mapping,
        theme: Theme,
        changed: Changed,
        *,
        shape: MarkerShape = "triangle_down",
    ) -> None:
        super().__init__(name, role, mapping, theme, changed)
        self.x: Floats = _EMPTY
        self._shape = shape
        self._marks = QGraphicsPathItem()
        self._marks.setZValue(LAYER_MARK)
        self._marks.setPen(QPen(Qt.PenStyle.NoPen))
        self.restyle()

    @property
    def graphics(self) -> list[QGraphicsItem]:
        """The marks."""
        return [self._marks]

    def set_data(self, x: ArrayLike) -> None:
        """Show marks at other values of x, shape ``(N,)``."""
        self.x = as_floats(x)
        self.refresh()
        self._changed(self)

    def refresh(self) -> None:
        """Draw the marks again."""
        rect = self._mapping.rect
        x = self._mapping.x.to_pixels(self.x)
        x = x[(x >= rect.left() - 0.5) & (x <= rect.right() + 0.5)]
        # Marks that would cover one another are one mark: what is seen is the same, and cheaper.
        x = np.unique(np.round(x))
        # The more there are, the slimmer they get, so that a few still differ from many.
        width = max(2.0, min(8.0, 0.7 * rect.width() / max(len(x), 1))) * self._theme.scale
        top = rect.top() - 4 * self._theme.scale
        path = triangles_path(
            x, top, width, 6.4 * self._theme.scale, down=self._shape == "triangle_down"
        )
        self._marks.setPath(path)
        self._marks.setVisible(self._visible and not path.isEmpty())

    def restyle(self) -> None:
        """Take the colour from the theme."""
        self._marks.setBrush(QBrush(self._theme.palette.color(self.role)))

    def columns(self) -> list[Column]:
        """Return where the marks stand."""
        return [(self.name, self.x)]
