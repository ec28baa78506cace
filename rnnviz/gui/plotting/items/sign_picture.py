"""A run's sign before its name: a piece of its curve, as it is drawn."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QColor, QPen, QTransform
from PySide6.QtWidgets import QGraphicsPathItem, QGraphicsScene

from rnnviz.gui.plotting.axes.layers import LAYER_LABEL
from rnnviz.gui.plotting.items.dashes import dashed_path
from rnnviz.gui.plotting.items.paths import shapes_path
from rnnviz.gui.style.sign import Sign
from rnnviz.gui.style.sign_drawing import DASHES, MARKER_RADIUS, MARKERS
from rnnviz.gui.style.theme import Theme

_LENGTH, _GAP = 40.0, 5.0
"""How long the piece is, and how far the name stands off it, in designed pixels."""
_WIDTH = 2.0


class SignPicture:
    """A short line in a run's dash with its marker in the middle; hidden at first."""

    def __init__(self, scene: QGraphicsScene, theme: Theme) -> None:
        self._theme = theme
        self._line = QGraphicsPathItem()
        self._marker = QGraphicsPathItem()
        for item in (self._line, self._marker):
            item.setZValue(LAYER_LABEL)
            item.setVisible(False)
            scene.addItem(item)
        self._drawn: tuple[object, ...] = ()

    @property
    def width(self) -> float:
        """How much room it takes before a name."""
        return (_LENGTH + _GAP) * self._theme.scale

    def show(self, sign: Sign, color: QColor, left: float, middle: float) -> None:
        """Show this sign from a place in pixels on."""
        if (sign, color, self._theme.scale) != self._drawn:
            self._drawn = (sign, QColor(color), self._theme.scale)
            self._draw(sign, color)
        for item in (self._line, self._marker):
            item.setPos(round(left) + _LENGTH * self._theme.scale / 2, round(middle))
            item.setVisible(True)

    def _draw(self, sign: Sign, color: QColor) -> None:
        scale = self._theme.scale
        length, radius = _LENGTH * scale, MARKER_RADIUS * scale
        dash = tuple(part * scale for part in DASHES[sign.dash])
        # From the marker outwards, so that a dash or two are whole on either side.
        path = dashed_path(np.array([radius + scale, length / 2]), np.zeros(2), dash)
        path.addPath(QTransform.fromScale(-1, 1).map(path))
        self._line.setPath(path)
        pen = QPen(color, _WIDTH * scale)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        self._line.setPen(pen)
        corners = np.array(MARKERS[sign.marker]) * radius
        self._marker.setPath(shapes_path(np.zeros(1), np.zeros(1), corners))
        self._marker.setBrush(QBrush(color))
        self._marker.setPen(QPen(Qt.PenStyle.NoPen))

    def hide(self) -> None:
        """Show nothing."""
        self._line.setVisible(False)
        self._marker.setVisible(False)
