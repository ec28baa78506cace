"""Marks along a plot's upper edge."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QPen
from PySide6.QtWidgets import QGraphicsItem, QGraphicsPathItem

from rnnviz.gui.plotting.axis import Floats
from rnnviz.gui.plotting.items import LAYER_MARK, NOTHING, Canvas, Column, PlotItem
from rnnviz.gui.plotting.mapping import as_floats
from rnnviz.gui.plotting.paths import triangles_path
from rnnviz.gui.theme import ColorRole


class Markers(PlotItem):
    """Marks along the plot's upper edge, one at each of some values of x."""

    def __init__(self, canvas: Canvas, name: str, role: ColorRole) -> None:
        super().__init__(canvas, name, role)
        self.x: Floats = NOTHING
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
        self._set_path(self._marks, triangles_path(x, top, width, 6.4 * self._theme.scale))

    def restyle(self) -> None:
        """Take the colour from the theme."""
        self._marks.setBrush(QBrush(self._theme.palette.color(self.role)))

    def columns(self) -> list[Column]:
        """Return a 1 wherever a mark stands."""
        return [("", self.x), (self.name, np.ones(len(self.x)))]
