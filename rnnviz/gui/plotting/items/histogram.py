"""What a plot of a distribution is made of: bars side by side."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from PySide6.QtGui import QBrush, QPen
from PySide6.QtWidgets import QGraphicsItem, QGraphicsPathItem

from rnnviz.gui.plotting.axes.axis import Floats
from rnnviz.gui.plotting.axes.layers import LAYER_BAND
from rnnviz.gui.plotting.axes.transform import Mask, as_floats
from rnnviz.gui.plotting.items.item import NOTHING, Canvas, Column, PlotItem
from rnnviz.gui.plotting.items.paths import area_path
from rnnviz.gui.style.palette import ColorRole


class Histogram(PlotItem):
    """Bars from zero up, side by side; one path for all of them."""

    def __init__(
        self,
        canvas: Canvas,
        name: str,
        role: ColorRole,
        fill: ColorRole,
    ) -> None:
        super().__init__(canvas, name, role)
        self.edges: Floats = NOTHING
        self.heights: Floats = NOTHING
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
        self.set_data(NOTHING, NOTHING)

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
        self._set_path(self._area, area_path(x, bottoms, tops))

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

    def rows_in_view(self) -> Mask:
        """Tell of which bars something is seen."""
        return self._mapping.x.are_in_view(self.edges[:-1], self.edges[1:])
