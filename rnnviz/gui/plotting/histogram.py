"""What a plot of a distribution is made of: bars side by side, and upright lines across them."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from PySide6.QtCore import QLineF
from PySide6.QtGui import QBrush, QFontMetricsF, QPen
from PySide6.QtWidgets import (
    QGraphicsItem,
    QGraphicsLineItem,
    QGraphicsPathItem,
    QGraphicsSimpleTextItem,
)

from rnnviz.gui.plotting.axis import Floats
from rnnviz.gui.plotting.items import (
    LAYER_BAND,
    LAYER_LABEL,
    LAYER_LEVEL,
    Changed,
    Column,
    PlotItem,
    make_pen,
)
from rnnviz.gui.plotting.mapping import Mapping, as_floats
from rnnviz.gui.plotting.paths import area_path
from rnnviz.gui.theme import ColorRole, Theme

Side = Literal["left", "right"]

_EMPTY: Floats = np.empty(0)


class Histogram(PlotItem):
    """Bars from zero up, side by side; one path for all of them."""

    def __init__(
        self,
        name: str,
        role: ColorRole,
        mapping: Mapping,
        theme: Theme,
        changed: Changed,
        *,
        fill: ColorRole,
    ) -> None:
        super().__init__(name, role, mapping, theme, changed)
        self.edges: Floats = _EMPTY
        self.heights: Floats = _EMPTY
        self._fill: ColorRole = fill
        self._area = QGraphicsPathItem()
        self._area.setZValue(LAYER_BAND)
        self._area.setVisible(False)
        self.restyle()

    @property
    def graphics(self) -> list[QGraphicsItem]:
        """The bars."""
        return [self._area]

    def set_data(self, edges: ArrayLike, heights: ArrayLike) -> None:
        """Show other bars.

        Parameters
        ----------
        edges
            Shape ``(N + 1,)``, in data units, ascending: where the bars begin and end.
        heights
            Shape ``(N,)``. Both are kept, not copied.
        """
        edges, heights = as_floats(edges), as_floats(heights)
        if len(heights) and len(edges) != len(heights) + 1:
            raise ValueError(f"{self.name}: {len(heights)} bars have {len(edges)} edges.")
        self.edges, self.heights = edges, heights
        self.refresh()
        self._changed(self)

    def clear(self) -> None:
        """Show nothing."""
        self.set_data(_EMPTY, _EMPTY)

    def bar_at(self, x: float) -> int | None:
        """Return the number of the bar at a value of x, from 0; ``None`` beside all of them."""
        if not len(self.heights) or not self.edges[0] <= x <= self.edges[-1]:
            return None
        return min(int(np.searchsorted(self.edges, x, "right")) - 1, len(self.heights) - 1)

    def refresh(self) -> None:
        """Draw the bars again."""
        x = self._mapping.x.to_pixels(np.repeat(self.edges, 2)[1:-1])
        tops = self._mapping.y.to_pixels(np.repeat(self.heights, 2))
        bottoms = self._mapping.y.to_pixels(np.zeros_like(tops))
        path = area_path(x, bottoms, tops)
        self._area.setPath(path)
        # An empty path would be written into SVG files, where it is an error.
        self._area.setVisible(self._visible and not path.isEmpty())

    def restyle(self) -> None:
        """Take the colours from the theme."""
        palette = self._theme.palette
        self._area.setBrush(QBrush(palette.color(self._fill)))
        self._area.setPen(QPen(palette.color(self.role), 1.25 * self._theme.scale))

    def columns(self) -> list[Column]:
        """Return where each bar begins and ends, and its height."""
        return [
            (f"{self.name}, from", self.edges[:-1]),
            (f"{self.name}, to", self.edges[1:]),
            (self.name, self.heights),
        ]


class UprightLine(PlotItem):
    """A vertical line at one value of x, with words beside its upper end."""

    def __init__(
        self,
        name: str,
        role: ColorRole,
        mapping: Mapping,
        theme: Theme,
        changed: Changed,
        *,
        side: Side = "right",
    ) -> None:
        super().__init__(name, role, mapping, theme, changed)
        self.value: float | None = None
        self.label = ""
        self._side: Side = side
        self._line = QGraphicsLineItem()
        self._line.setZValue(LAYER_LEVEL)
        self._words = QGraphicsSimpleTextItem()
        self._words.setZValue(LAYER_LABEL)
        self.restyle()
        self.refresh()

    @property
    def graphics(self) -> list[QGraphicsItem]:
        """The line and its words."""
        return [self._line, self._words]

    def set_value(self, value: float | None, label: str = "") -> None:
        """Move the line, or hide it with ``None``, and say something beside it."""
        if value is not None and not np.isfinite(value):
            value = None
        if (value, label) != (self.value, self.label):
            self.value, self.label = value, label
            self.refresh()
            self._changed(self)

    def set_visible(self, visible: bool) -> None:
        """Show it, or hide it and keep its value."""
        super().set_visible(visible)
        self.refresh()

    def refresh(self) -> None:
        """Draw the line again."""
        shown = self._visible and self.value is not None and self._mapping.x.contains(self.value)
        self._line.setVisible(shown)
        self._words.setVisible(shown and bool(self.label))
        if not shown or self.value is None:
            return
        # On the middle of a pixel: a thin line is then one pixel and not two pale ones.
        x = int(self._mapping.x.to_pixel(self.value)) + 0.5
        rect = self._mapping.rect
        self._line.setLine(QLineF(x, rect.top(), x, rect.bottom()))
        if self._words.text() != self.label:
            self._words.setText(self.label)
        width = QFontMetricsF(self._words.font()).horizontalAdvance(self.label)
        gap = self._theme.px(5)
        left = x + gap if self._side == "right" else x - gap - width
        left = max(rect.left() + gap, min(left, rect.right() - width))
        self._words.setPos(round(left), round(rect.top()))

    def restyle(self) -> None:
        """Take colour and type from the theme."""
        palette = self._theme.palette
        self._line.setPen(make_pen(palette.color(self.role), 1.25 * self._theme.scale))
        self._words.setFont(self._theme.font("small"))
        self._words.setBrush(palette.word_color(self.role))

    def columns(self) -> list[Column]:
        """Return its value."""
        return [] if self.value is None else [(self.name, np.array([self.value]))]
