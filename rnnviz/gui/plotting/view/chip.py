"""A small button inside of a plot, painted without Python."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QBrush, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsPathItem, QGraphicsScene, QGraphicsSimpleTextItem

from rnnviz.gui.plotting.axes.layers import LAYER_HOVER
from rnnviz.gui.style.palette import ColorRole
from rnnviz.gui.style.theme import Theme

_PAD = 6


class Chip:
    """Words on a plate, at the upper edge of a plot.

    Parameters
    ----------
    scene, theme
        Where it stands, and how it looks.
    text
        The words.
    role
        What they are written in.
    """

    def __init__(
        self, scene: QGraphicsScene, theme: Theme, text: str = "", role: ColorRole = "ink"
    ) -> None:
        self._theme = theme
        self._role: ColorRole = role
        self._plate = QGraphicsPathItem()
        self._plate.setZValue(LAYER_HOVER - 1)
        self._plate.setVisible(False)
        self._words = QGraphicsSimpleTextItem(text, self._plate)
        scene.addItem(self._plate)
        self.restyle()

    @property
    def text(self) -> str:
        """What can be read there now; empty while it is hidden."""
        return self._words.text() if self._plate.isVisible() else ""

    @property
    def rect(self) -> QRectF:
        """Where it stands, in pixels; empty while it is hidden."""
        return self._plate.sceneBoundingRect() if self._plate.isVisible() else QRectF()

    def restyle(self) -> None:
        """Take colours and type from the theme."""
        palette = self._theme.palette
        self._plate.setPen(QPen(palette.color("faint"), 1.0))
        self._plate.setBrush(QBrush(palette.color("panel")))
        self._words.setFont(self._theme.font("small"))
        self._words.setBrush(palette.word_color(self._role))
        self._draw()

    def set_text(self, text: str) -> None:
        """Say something else."""
        if text != self._words.text():
            self._words.setText(text)
            self._draw()

    def _draw(self) -> None:
        words, pad = self._words.boundingRect(), self._theme.px(_PAD)
        path, height = QPainterPath(), round(words.height()) + 2
        size = QRectF(0.5, 0.5, round(words.width()) + 2 * pad, height)
        path.addRoundedRect(size, height / 2, height / 2)
        self._plate.setPath(path)
        self._words.setPos(self.pad, 1.5)

    @property
    def pad(self) -> float:
        """How far the words begin beside its left edge, in pixels."""
        return 0.5 + self._theme.px(_PAD)

    def place(self, right: float, top: float) -> None:
        """Stand with its upper right corner here, in pixels."""
        left = right - self._plate.path().boundingRect().width()
        self._plate.setPos(round(left), round(top))

    def set_visible(self, visible: bool) -> None:
        """Show it, or hide it."""
        self._plate.setVisible(visible)

    def contains(self, place: QPointF) -> bool:
        """Return whether a place in pixels is on it."""
        return self._plate.isVisible() and self.rect.contains(place)
