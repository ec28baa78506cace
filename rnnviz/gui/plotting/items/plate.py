"""A small plate of words over a plot, painted without Python."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QBrush, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsPathItem, QGraphicsScene, QGraphicsSimpleTextItem

from rnnviz.gui.style.palette import ColorRole
from rnnviz.gui.style.theme import Theme

_GAP, _PAD = 12, 6
_ABOVE, _ABOVE_IN_BUTTON = 3, 1
_CORNER = 4


class Plate:
    """Short lines of words, beside a place or in a corner; hidden while it says nothing.

    Parameters
    ----------
    scene, theme
        Where it stands, and how it looks.
    layer
        What it lies over; see `rnnviz.gui.plotting.axes.layers`.
    role
        What the words are written in.
    is_button
        Whether it looks as if it could be pressed: one line, with round ends.
    """

    def __init__(
        self,
        scene: QGraphicsScene,
        theme: Theme,
        layer: float,
        *,
        role: ColorRole = "ink",
        is_button: bool = False,
    ) -> None:
        self._theme = theme
        self._role: ColorRole = role
        self._is_button = is_button
        self._plate = QGraphicsPathItem()
        self._plate.setZValue(layer)
        self._plate.setVisible(False)
        self._words = QGraphicsSimpleTextItem(self._plate)
        scene.addItem(self._plate)
        self.restyle()

    @property
    def text(self) -> str:
        """What it says now; empty while it is hidden."""
        return self._words.text()

    @property
    def rect(self) -> QRectF:
        """Where it stands, in pixels; empty while it is hidden."""
        return self._plate.sceneBoundingRect() if self.text else QRectF()

    @property
    def pad(self) -> float:
        """How far the words begin beside its left edge, in pixels."""
        return 0.5 + self._theme.px(_PAD)

    def restyle(self) -> None:
        """Take colours and type from the theme."""
        palette = self._theme.palette
        self._plate.setPen(QPen(palette.color("faint"), 1.0))
        self._plate.setBrush(QBrush(palette.color("panel")))
        self._words.setFont(self._theme.font("small"))
        self._words.setBrush(palette.word_color(self._role))
        self._draw()

    def say(self, text: str) -> None:
        """Say one or more short lines, or nothing, where it stands."""
        if text != self.text:
            self._words.setText(text)
            self._draw()
            self._plate.setVisible(bool(text))

    def show(self, text: str, beside: QPointF, room: QRectF) -> None:
        """Say something beside a place, or nothing.

        Parameters
        ----------
        text
            One or more short lines.
        beside
            The place, in pixels, beside which it stands.
        room
            The rectangle inside which it must stay.
        """
        self.say(text)
        x, y = int(beside.x()) + 0.5, int(beside.y()) + 0.5
        size = self._plate.path().boundingRect().size()
        gap = self._theme.px(_GAP)
        left = x + gap if x + gap + size.width() <= room.right() else x - gap - size.width()
        top = y - gap - size.height() if y - gap - size.height() >= room.top() else y + gap
        left = max(room.left() + 1, min(left, room.right() - size.width() - 1))
        top = max(room.top() + 1, min(top, room.bottom() - size.height() - 1))
        self._plate.setPos(round(left), round(top))

    def place(self, right: float, top: float) -> None:
        """Stand with its upper right corner here, in pixels."""
        left = right - self._plate.path().boundingRect().width()
        self._plate.setPos(round(left), round(top))

    def contains(self, place: QPointF) -> bool:
        """Return whether a place in pixels is on it."""
        return self.rect.contains(place)

    def _draw(self) -> None:
        words, pad = self._words.boundingRect(), self._theme.px(_PAD)
        above = self._theme.px(_ABOVE_IN_BUTTON if self._is_button else _ABOVE)
        size = QRectF(0.5, 0.5, round(words.width()) + 2 * pad, round(words.height()) + 2 * above)
        corner = size.height() / 2 if self._is_button else _CORNER
        path = QPainterPath()
        path.addRoundedRect(size, corner, corner)
        self._plate.setPath(path)
        self._words.setPos(self.pad, 0.5 + above)
