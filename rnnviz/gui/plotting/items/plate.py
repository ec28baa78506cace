"""A small plate of words over a plot."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QBrush, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsPathItem, QGraphicsScene, QGraphicsSimpleTextItem

from rnnviz.gui.style.theme import Theme

_GAP, _PAD = 12, 6


class Plate:
    """Short lines of words beside a place, where there is room for them.

    Parameters
    ----------
    scene, theme
        Where it stands, and how it looks.
    layer
        What it lies over; see `rnnviz.gui.plotting.axes.layers`.
    """

    def __init__(self, scene: QGraphicsScene, theme: Theme, layer: float) -> None:
        self._theme = theme
        self._plate = QGraphicsPathItem()
        self._plate.setZValue(layer)
        self._plate.setVisible(False)
        self._words = QGraphicsSimpleTextItem(self._plate)
        self._text = ""
        scene.addItem(self._plate)
        self.restyle()

    @property
    def text(self) -> str:
        """What it says now; empty while it is hidden."""
        return self._text

    @property
    def rect(self) -> QRectF:
        """Where it stands, in pixels."""
        return self._plate.sceneBoundingRect()

    def restyle(self) -> None:
        """Take colours and type from the theme."""
        palette = self._theme.palette
        self._plate.setPen(QPen(palette.color("faint"), 1.0))
        self._plate.setBrush(QBrush(palette.color("panel")))
        self._words.setFont(self._theme.font("small"))
        self._words.setBrush(palette.color("ink"))
        self._draw()

    def show(self, text: str, beside: QPointF, room: QRectF) -> None:
        """Say something, or nothing.

        Parameters
        ----------
        text
            One or more short lines.
        beside
            The place, in pixels, beside which it stands.
        room
            The rectangle inside which it must stay.
        """
        if text != self._text:
            self._text = text
            self._words.setText(text)
            self._draw()
        x, y = int(beside.x()) + 0.5, int(beside.y()) + 0.5
        size = self._plate.path().boundingRect().size()
        gap = self._theme.px(_GAP)
        left = x + gap if x + gap + size.width() <= room.right() else x - gap - size.width()
        top = y - gap - size.height() if y - gap - size.height() >= room.top() else y + gap
        left = max(room.left() + 1, min(left, room.right() - size.width() - 1))
        top = max(room.top() + 1, min(top, room.bottom() - size.height() - 1))
        self._plate.setPos(round(left), round(top))
        self._plate.setVisible(bool(text))

    def hide(self) -> None:
        """Say nothing."""
        self._text = ""
        self._plate.setVisible(False)

    def _draw(self) -> None:
        inner = self._words.boundingRect()
        pad = self._theme.px(_PAD)
        path = QPainterPath()
        path.addRoundedRect(
            QRectF(0.5, 0.5, round(inner.width() + 2 * pad), round(inner.height() + pad)), 4, 4
        )
        self._plate.setPath(path)
        self._words.setPos(pad, pad / 2)
