"""Marks along a plot's upper edge."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QPen
from PySide6.QtWidgets import QGraphicsItem, QGraphicsPathItem

from rnnviz.gui.plotting.axes.axis import Floats
from rnnviz.gui.plotting.axes.layers import LAYER_MARK
from rnnviz.gui.plotting.axes.transform import Mask, as_floats
from rnnviz.gui.plotting.items.item import NOTHING, Canvas, Column, PlotItem, repeats
from rnnviz.gui.plotting.items.paths import triangles_path
from rnnviz.gui.style.palette import ColorRole

_FAINTEST, _LEVELS = 0.35, 4
"""How opaque the faintest mark is, and in how many steps marks become opaque."""


class Markers(PlotItem):
    """Marks along the plot's upper edge, one at each of some values of x."""

    def __init__(self, canvas: Canvas, name: str, role: ColorRole) -> None:
        super().__init__(canvas, name, role)
        self.x: Floats = NOTHING
        self.shares: Floats = NOTHING
        self._marks = [QGraphicsPathItem() for _ in range(_LEVELS)]
        for marks in self._marks:
            marks.setZValue(LAYER_MARK)
            marks.setPen(QPen(Qt.PenStyle.NoPen))
        self.restyle()

    @property
    def graphics(self) -> list[QGraphicsItem]:
        """The marks, from the faintest to the fullest."""
        return list(self._marks)

    def set_data(self, x: ArrayLike, shares: ArrayLike | None = None) -> None:
        """Show other marks.

        Parameters
        ----------
        x
            Shape ``(N,)``, in data units.
        shares
            Shape ``(N,)``: of what stands at each x, the share that is marked, from 0, which is no
            mark, to 1, which is a full one; without it, all are full.
        """
        before = self.x, self.shares
        self.x = as_floats(x)
        self.shares = np.ones(len(self.x)) if shares is None else as_floats(shares)
        if self.x.shape != self.shares.shape:
            raise ValueError(f"{self.name}: the two arrays differ in length.")
        if repeats(before, (self.x, self.shares)):
            return
        self.refresh()
        self._changed(self)

    def refresh(self) -> None:
        """Draw the marks again."""
        rect = self._mapping.rect
        x = self._mapping.x.to_pixels(self.x)
        inside = (x >= rect.left() - 0.5) & (x <= rect.right() + 0.5)
        # Marks that would cover one another are one mark: what is seen is the same, and cheaper.
        x, place = np.unique(np.round(x[inside]), return_inverse=True)
        shares = np.bincount(place, self.shares[inside]) / np.bincount(place)
        x, shares = x[shares > 0], shares[shares > 0]
        level = np.ceil(shares * _LEVELS).astype(np.intp) - 1
        # The more there are, the slimmer they get, so that a few still differ from many.
        width = max(2.0, min(8.0, 0.7 * rect.width() / max(len(x), 1))) * self._theme.scale
        top = rect.top() - 4 * self._theme.scale
        for number, marks in enumerate(self._marks):
            path = triangles_path(x[level == number], top, width, 6.4 * self._theme.scale)
            self._set_path(marks, path)

    def restyle(self) -> None:
        """Take the colour from the theme."""
        for marks, opacity in zip(self._marks, np.linspace(_FAINTEST, 1, _LEVELS), strict=True):
            color = self._theme.palette.color(self.role)
            color.setAlphaF(float(opacity))
            marks.setBrush(QBrush(color))

    def columns(self) -> list[Column]:
        """Return the share that each mark stands for: 1 for a full one."""
        return [("", self.x), (self.name, self.shares)]

    def rows_in_view(self) -> Mask:
        """Tell which of the marks are seen."""
        return self._mapping.x.are_in_view(self.x)
