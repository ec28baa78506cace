"""A spotlight: everything is dimmed but what is around the pointer."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt, QTimer
from PySide6.QtGui import QColor, QCursor, QPainter, QPaintEvent, QRadialGradient
from PySide6.QtWidgets import QWidget

# Of the window's height.
_RADIUS = 0.2
_DARKNESS = 0.72
_FOLLOWS_EVERY_MS = 16


class Spotlight(QWidget):
    """Lies over a widget while it is on, and lets every click through.

    Parameters
    ----------
    over
        What it dims.
    """

    def __init__(self, over: QWidget) -> None:
        super().__init__(over)
        self.setObjectName("spotlight")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self._over = over
        self._centre = QPointF()
        self._timer = QTimer(self)
        self._timer.setInterval(_FOLLOWS_EVERY_MS)
        self._timer.timeout.connect(self._follow)
        self.hide()

    def set_on(self, on: bool) -> None:
        """Dim the surroundings of the pointer, or show everything again."""
        if on:
            self.setGeometry(self._over.rect())
            self._follow()
            self.raise_()
            self._timer.start()
        else:
            self._timer.stop()
        self.setVisible(on)

    @property
    def centre(self) -> QPointF:
        """The middle of the light, in pixels of what it lies over."""
        return self._centre

    def _follow(self) -> None:
        centre = QPointF(self.mapFromGlobal(QCursor.pos()))
        if centre != self._centre:
            self._centre = centre
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the dark around the light, with a soft edge."""
        dark = QColor(0, 0, 0, round(255 * _DARKNESS))
        light = QRadialGradient(self._centre, max(1.0, _RADIUS * self.height()))
        light.setColorAt(0.0, Qt.GlobalColor.transparent)
        light.setColorAt(0.88, Qt.GlobalColor.transparent)
        light.setColorAt(1.0, dark)
        painter = QPainter(self)
        painter.fillRect(self.rect(), light)
        painter.end()
