"""The bar beside a heat map that tells what its colours mean."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QTransform
from PySide6.QtWidgets import QGraphicsPixmapItem, QGraphicsScene

from rnnviz.gui.plotting.axes.axis import Tick
from rnnviz.gui.plotting.axes.layers import LAYER_LABEL
from rnnviz.gui.plotting.axes.words import WordRow
from rnnviz.gui.plotting.items.heat_map import HeatMap, indexed_pixmap
from rnnviz.gui.style.theme import Theme
from rnnviz.gui.wording.numbers import format_number, tidy_step

_WIDTH = 10
_GAP = 14


class ColorBar:
    """All the colours of a heat map, from its highest value down to its lowest."""

    def __init__(self, scene: QGraphicsScene, theme: Theme, heat_map: HeatMap) -> None:
        self._theme = theme
        self._heat_map = heat_map
        self._bar = QGraphicsPixmapItem()
        self._bar.setZValue(LAYER_LABEL)
        scene.addItem(self._bar)
        self._row = WordRow(scene)
        self._levels = heat_map.levels
        self.restyle()

    @property
    def width(self) -> float:
        """The room it needs at the right of the plot, its labels included."""
        words = max((self._row.width_of(tick.text) for tick in self._ticks(99)), default=0.0)
        return self._theme.px(_GAP + _WIDTH + 6) + words

    @property
    def is_outdated(self) -> bool:
        """Whether the colours mean other values than when it was placed."""
        return self._levels != self._heat_map.levels

    def restyle(self) -> None:
        """Take colours and type from the theme."""
        self._row.set_style(self._theme.font("small"), self._theme.palette.word_color("soft"))
        indices = np.arange(255, 0, -1, dtype=np.uint8).reshape(-1, 1)
        self._bar.setPixmap(indexed_pixmap(indices, self._heat_map.table))

    def hide(self) -> None:
        """Show nothing: there is nothing whose colours it could explain, or another one does."""
        self._levels = self._heat_map.levels
        self._bar.hide()
        self._row.show([])

    def place(self, plot: QRectF) -> None:
        """Stand beside this rectangle."""
        self._bar.show()
        self._levels = self._heat_map.levels
        left, width = plot.right() + self._theme.px(_GAP), self._theme.px(_WIDTH)
        self._bar.setTransform(QTransform(width, 0, 0, plot.height() / 255, left, plot.top()))
        ticks = self._ticks(max(2, int(plot.height() / (3 * self._row.height))))
        words = self._row.show([tick.text for tick in ticks])
        for tick, word in zip(ticks, words, strict=True):
            y = plot.bottom() - tick.position * plot.height() - word.height / 2
            # Beside a very low one the words reach beyond it, but never into each other.
            spare = max(2.0, word.height - plot.height() / 2)
            y = min(max(y, plot.top() - spare), plot.bottom() - word.height + spare)
            word.move(left + width + self._theme.px(6), y)

    def _ticks(self, most: int) -> list[Tick]:
        """Return the labels, at shares of the bar's height: both ends and the middle."""
        axis, (low, high) = self._heat_map.value_axis, self._heat_map.levels
        if self._heat_map.kind == "signed":
            reach = max(abs(low), abs(high))
            values = [-reach, 0.0, reach]
        elif axis.kind == "log":
            first, last = math.log10(low), math.log10(high)
            # A whole power near the middle reads better than the exact middle.
            middle = float(round((first + last) / 2))
            values = [low, 10.0**middle, high] if first < middle < last else [low, high]
        else:
            values = [low, (low + high) / 2, high]
        if most < 3:
            values = [values[0], values[-1]]
        return [Tick(self._share(value), self._words(value)) for value in values]

    def _share(self, value: float) -> float:
        axis, (low, high) = self._heat_map.value_axis, self._heat_map.levels
        if self._heat_map.kind == "signed":
            reach = max(abs(low), abs(high)) or 1.0
            low, high = -reach, reach
        if axis.kind == "log":
            low, high, value = math.log10(low), math.log10(high), math.log10(value)
        return (value - low) / ((high - low) or 1.0)

    def _words(self, value: float) -> str:
        axis = self._heat_map.value_axis
        if axis.number_format is not None:
            return axis.number_format(value)
        if axis.kind != "log":
            low, high = self._heat_map.levels
            return format_number(value, tidy_step(value, high - low))
        ticks = axis.ticks(math.log10(value) - 1e-6, math.log10(value) + 1e-6, 2)
        return ticks[0].text if ticks else axis.format(value)
