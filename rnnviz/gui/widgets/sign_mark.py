"""A run's sign: a short stroke with its dash and its marker, in its colour."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from rnnviz.gui.style.sign import Dash, Marker, Sign
from rnnviz.gui.style.theme import Theme

_WIDTH, _HEIGHT = 34, 14
_STROKE, _MARKER = 2.0, 8.0
# In widths of the stroke, as the plots have them.
_DASHES: dict[Dash, list[float]] = {
    "solid": [],
    "dashed": [4, 2],
    "dotted": [1, 2],
    "dash-dotted": [4, 2, 1, 2],
}


class SignMark(QWidget):
    """Paints a sign; its neighbour says the name.

    Parameters
    ----------
    theme
        Colours and sizes.
    sign
        Of the run.
    parent
        The widget that holds it.
    """

    def __init__(self, theme: Theme, sign: Sign, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._sign = sign
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.updateGeometry)

    def set_sign(self, sign: Sign) -> None:
        """Paint another."""
        if sign != self._sign:
            self._sign = sign
            self.update()

    def sizeHint(self) -> QSize:
        """Keep room for a stroke and the marker in its middle."""
        return QSize(self._theme.px(_WIDTH), self._theme.px(_HEIGHT))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the stroke and its marker."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        color = self._theme.palette.color("forward")
        scale = self._theme.px(100) / 100
        middle = QRectF(self.rect()).center()
        pen = QPen(color, _STROKE * scale)
        if dashes := _DASHES[self._sign.dash]:
            pen.setDashPattern(dashes)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        painter.setPen(pen)
        painter.drawLine(QPointF(1, middle.y()), QPointF(self.width() - 1, middle.y()))
        _draw_marker(painter, self._sign.marker, middle, _MARKER * scale, color)
        painter.end()


def _draw_marker(
    painter: QPainter, marker: Marker, place: QPointF, size: float, color: QColor
) -> None:
    half = size / 2
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    if marker == "circle":
        painter.drawEllipse(place, half, half)
    elif marker == "square":
        painter.drawRect(QRectF(place.x() - half, place.y() - half, size, size))
    else:
        corners = [(0.0, -half), (half, half), (-half, half)]
        if marker == "diamond":
            corners = [(0.0, -half), (half, 0.0), (0.0, half), (-half, 0.0)]
        painter.drawPolygon(QPolygonF([place + QPointF(x, y) for x, y in corners]))
