"""Straight lines that mark one value: horizontal at a value of y, or vertical at one of x."""

from __future__ import annotations

import math
from abc import abstractmethod
from typing import Literal

import numpy as np
from PySide6.QtCore import QLineF
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QGraphicsItem, QGraphicsLineItem, QGraphicsSimpleTextItem

from rnnviz.gui.plotting.axes.layers import LAYER_LABEL, LAYER_LEVEL
from rnnviz.gui.plotting.axes.transform import Mask, Scale
from rnnviz.gui.plotting.items.item import Canvas, Column, LineStyle, PlotItem, make_pen
from rnnviz.gui.style.palette import ColorRole

Side = Literal["left", "right"]


class ValueLine(PlotItem):
    """A line across the plot at one value, with words; hidden until it has a value.

    Parameters
    ----------
    canvas, name, role
        As every `PlotItem` has them.
    scale
        The axis on which the value stands.
    style
        How it is drawn.
    label
        The words; they can be changed with the value.
    """

    def __init__(
        self,
        canvas: Canvas,
        name: str,
        role: ColorRole,
        scale: Scale,
        style: LineStyle,
        label: str | None,
    ) -> None:
        super().__init__(canvas, name, role)
        self.label = label
        self.value: float | None = None
        self._scale = scale
        self._style = style
        self._line = QGraphicsLineItem()
        self._line.setZValue(LAYER_LEVEL)
        self._line.setVisible(False)

    @property
    def shown(self) -> bool:
        """Whether there is a line in the visible range."""
        return self._visible and self.value is not None and self._scale.contains(self.value)

    @property
    def pixel(self) -> float:
        """Where the line stands."""
        return 0.0 if self.value is None else self._scale.to_pixel(self.value)

    def set_value(self, value: float | None, label: str | None = None) -> None:
        """Move the line, or hide it with ``None``; a label replaces the words beside it."""
        words = self.label if label is None else label
        if value is not None and not math.isfinite(value):
            value = None
        if (value, words) != (self.value, self.label):
            self.value, self.label = value, words
            self.refresh()
            self._changed(self)

    def refresh(self) -> None:
        """Draw the line again."""
        shown = self.shown
        self._line.setVisible(shown)
        if shown:
            # On the middle of a pixel: a thin line is then one pixel and not two pale ones.
            self._line.setLine(self._across(int(self.pixel) + 0.5))

    def restyle(self) -> None:
        """Take the colour from the theme."""
        width = (1.25 if self._style == "solid" else 1.0) * self._theme.scale
        self._line.setPen(make_pen(self._theme.palette.color(self.role), width, self._style))

    def rows_in_view(self) -> Mask:
        """Tell whether its value is seen."""
        values = [] if self.value is None else [self.value]
        return self._scale.are_in_view(np.array(values))

    @abstractmethod
    def _across(self, pixel: float) -> QLineF:
        """Return the line across the plot at a place of its axis."""


class HorizontalLine(ValueLine):
    """A horizontal line, named at the right margin or on the line itself."""

    def __init__(
        self,
        canvas: Canvas,
        name: str,
        role: ColorRole,
        style: LineStyle = "dashed",
        *,
        label: str | None = None,
        label_on: Literal["margin", "line"] = "margin",
    ) -> None:
        super().__init__(canvas, name, role, canvas.mapping.y, style, label)
        self.label_on = label_on
        self._hushed = self._is_left_out = False
        self.restyle()

    def refresh(self) -> None:
        """Draw the line again, unless it is left out."""
        super().refresh()
        if self._is_left_out:
            self._line.setVisible(False)

    def leave_out(self, left_out: bool) -> None:
        """Draw no line for now: there is no place for its name beside those of others."""
        if left_out != self._is_left_out:
            self._is_left_out = left_out
            self.refresh()

    @property
    def hushed(self) -> bool:
        """Whether its name is not written on it for now."""
        return self._hushed

    @property
    def left(self) -> float:
        """The pixel at which it begins."""
        return self._mapping.rect.left()

    def hush(self, hushed: bool) -> None:
        """Leave out the name on it while it is told elsewhere; a margin's name stays."""
        if hushed != self._hushed:
            self._hushed = hushed
            self._changed(self)

    @property
    def graphics(self) -> list[QGraphicsItem]:
        """The line."""
        return [self._line]

    def columns(self) -> list[Column]:
        """Return its value."""
        return [] if self.value is None else [(self.label or self.name, np.array([self.value]))]

    def _across(self, pixel: float) -> QLineF:
        rect = self._mapping.rect
        return QLineF(rect.left(), pixel, rect.right(), pixel)


class VerticalLine(ValueLine):
    """A vertical line, with its words on one side of its upper end."""

    def __init__(self, canvas: Canvas, name: str, role: ColorRole, side: Side = "right") -> None:
        super().__init__(canvas, name, role, canvas.mapping.x, "solid", None)
        self._side: Side = side
        self._words = QGraphicsSimpleTextItem()
        self._words.setZValue(LAYER_LABEL)
        self._words.setVisible(False)
        self.restyle()

    @property
    def graphics(self) -> list[QGraphicsItem]:
        """The line and its words."""
        return [self._line, self._words]

    def refresh(self) -> None:
        """Draw the line again, and its words inside of the plot."""
        super().refresh()
        label = self.label or ""
        shown = self.shown and bool(label)
        self._words.setVisible(shown)
        if not shown:
            return
        if self._words.text() != label:
            self._words.setText(label)
        width = QFontMetricsF(self._words.font()).horizontalAdvance(label)
        rect, x, gap = self._mapping.rect, int(self.pixel) + 0.5, self._theme.px(5)
        left = x + gap if self._side == "right" else x - gap - width
        left = max(rect.left() + gap, min(left, rect.right() - width))
        self._words.setPos(round(left), round(rect.top()))

    def restyle(self) -> None:
        """Take colour and type from the theme."""
        super().restyle()
        self._words.setFont(self._theme.font("small"))
        self._words.setBrush(self._theme.palette.word_color(self.role))

    def columns(self) -> list[Column]:
        """Return its value."""
        return [] if self.value is None else [(self.name, np.array([self.value]))]

    def _across(self, pixel: float) -> QLineF:
        rect = self._mapping.rect
        return QLineF(pixel, rect.top(), pixel, rect.bottom())
