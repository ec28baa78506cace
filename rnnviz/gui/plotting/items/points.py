"""Separate points in a plane, and circles around its origin."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPen
from PySide6.QtWidgets import (
    QGraphicsEllipseItem,
    QGraphicsItem,
    QGraphicsPathItem,
    QGraphicsSimpleTextItem,
)

from rnnviz.gui.plotting.axes.layers import LAYER_CURVE, LAYER_LABEL, LAYER_MARK
from rnnviz.gui.plotting.axes.transform import Mask
from rnnviz.gui.plotting.items.item import Canvas, Column, PlotItem, Series
from rnnviz.gui.plotting.items.paths import crosses_path, dots_path
from rnnviz.gui.style.palette import ColorRole

PointShape = Literal["dot", "cross"]

_DOT, _CROSS, _STROKE = 5.0, 3.0, 1.5
# Where on a circle its words stand, from its rightmost point.
_WORDS_AT = math.radians(50)


class Points(Series):
    """Points in no order, not joined by a line."""

    def __init__(
        self,
        canvas: Canvas,
        name: str,
        role: ColorRole,
        shape: PointShape = "dot",
    ) -> None:
        super().__init__(canvas, name, role)
        self._shape = shape
        self._marks = QGraphicsPathItem()
        self._marks.setZValue(LAYER_CURVE)
        self.restyle()

    @property
    def graphics(self) -> list[QGraphicsItem]:
        """The marks, all of them one path."""
        return [self._marks]

    def refresh(self) -> None:
        """Draw the marks again."""
        x, y = self._mapping.x.to_pixels(self.x), self._mapping.y.to_pixels(self.y)
        if self._shape == "dot":
            path = dots_path(x, y)
        else:
            path = crosses_path(x, y, _CROSS * self._theme.scale)
        self._set_path(self._marks, path)

    def restyle(self) -> None:
        """Take colour and size from the theme."""
        width = _DOT if self._shape == "dot" else _STROKE
        pen = QPen(self._theme.palette.color(self.role), width * self._theme.scale)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        self._marks.setPen(pen)

    def columns(self) -> list[Column]:
        """Return both coordinates."""
        x, y = self._mapping.x.axis.title or "x", self._mapping.y.axis.title or "y"
        return [(f"{self.name}, {x}", self.x), (f"{self.name}, {y}", self.y)]

    def rows_in_view(self) -> Mask:
        """Tell which of the points are seen."""
        x, y = self._mapping.x, self._mapping.y
        return x.are_in_view(self.x) & y.are_in_view(self.y)


class Circle(PlotItem):
    """A thin circle around the origin of a plot with equal scales, its value written on it."""

    def __init__(
        self,
        canvas: Canvas,
        name: str,
        role: ColorRole,
        radius: float,
        label: str,
    ) -> None:
        super().__init__(canvas, name, role)
        self.radius = radius
        self._ring = QGraphicsEllipseItem()
        self._ring.setZValue(LAYER_MARK)
        self._word = QGraphicsSimpleTextItem(label)
        self._word.setZValue(LAYER_LABEL)
        self.restyle()

    @property
    def graphics(self) -> list[QGraphicsItem]:
        """The ring and its words."""
        return [self._ring, self._word]

    @property
    def rect(self) -> QRectF:
        """The pixels that it spans."""
        x, y = self._mapping.x, self._mapping.y
        left, right = x.to_pixel(-self.radius), x.to_pixel(self.radius)
        top, bottom = y.to_pixel(self.radius), y.to_pixel(-self.radius)
        return QRectF(left, top, right - left, bottom - top)

    def refresh(self) -> None:
        """Draw it again."""
        rect = self.rect
        self._ring.setRect(rect)
        half = rect.width() / 2
        x = rect.center().x() + half * math.cos(_WORDS_AT) + self._theme.px(3)
        y = rect.center().y() - half * math.sin(_WORDS_AT)
        words, plot = self._word.boundingRect(), self._mapping.rect
        x = min(x, plot.right() - words.width())
        self._word.setPos(round(x), round(max(y - words.height(), plot.top())))

    def restyle(self) -> None:
        """Take colour and type from the theme."""
        self._ring.setPen(QPen(self._theme.palette.color(self.role), 1.25 * self._theme.scale))
        self._word.setFont(self._theme.font("small"))
        self._word.setBrush(self._theme.palette.word_color(self.role))

    def columns(self) -> list[Column]:
        """Return nothing: it is no measurement."""
        return []

    def rows_in_view(self) -> Mask:
        """Tell of no rows: there are none."""
        return np.zeros(0, bool)
