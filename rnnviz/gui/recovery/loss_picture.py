"""A small picture of how the loss of a run went."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QSize
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from rnnviz.core.parameters import Array
from rnnviz.gui.style.theme import Theme
from rnnviz.gui.wording.numbers import in_places
from rnnviz.training.record.history import HistoryView

_SIZE = (168, 64)
_MARGIN = 3.0
_WIDTH = 2.0


class LossPicture(QWidget):
    """The smoothed loss over the band of each interval's extremes, without axes.

    Parameters
    ----------
    history
        How it went; nothing is drawn where it tells of no step.
    theme
        Colours and scale.
    parent
        The widget that holds it.
    """

    def __init__(
        self, history: HistoryView | None, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setObjectName("loss_picture")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._shape: tuple[Array, Array, Array, Array] | None = None
        if history is not None and len(history.steps):
            loss = history.smoothed_loss
            self._shape = _in_unit_square(history)
            words = f"The loss went from {in_places(loss[0], 2)} to {in_places(loss[-1], 2)}"
            self.setAccessibleName(words)
            self.setToolTip(words)
        theme.changed.connect(self._restyle)

    def sizeHint(self) -> QSize:
        """Return the size that it has."""
        return QSize(*(self._theme.px(length) for length in _SIZE))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint it; nobody trains on this widget's time, for it is painted once."""
        palette, scale = self._theme.palette, self._theme.scale
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(palette.line), scale))
            bottom = self.height() - 0.5
            painter.drawLine(QPointF(0, bottom), QPointF(self.width(), bottom))
            if self._shape is None:
                return
            x, low, high, line = self._shape
            painter.setPen(QColor(palette.forward_band))
            painter.setBrush(QColor(palette.forward_band))
            band = np.concatenate([low, high[::-1]])
            painter.drawPolygon(self._polygon(np.concatenate([x, x[::-1]]), band))
            painter.setPen(QPen(QColor(palette.forward), _WIDTH * scale))
            painter.drawPolyline(self._polygon(x, line))

    def _polygon(self, x: Array, y: Array) -> QPolygonF:
        wide, high = self.width() - 2 * _MARGIN, self.height() - 2 * _MARGIN
        return QPolygonF(
            [
                QPointF(_MARGIN + across * wide, _MARGIN + (1 - up) * high)
                for across, up in zip(x.tolist(), y.tolist(), strict=True)
            ]
        )

    def _restyle(self) -> None:
        self.updateGeometry()
        self.update()


def _in_unit_square(history: HistoryView) -> tuple[Array, Array, Array, Array]:
    """Return where steps, extremes and smoothed loss lie, each (n,), from 0 to 1."""
    line = history.smoothed_loss
    # Of a run of one interval, a level line.
    steps = np.array([0.0, 1.0]) if len(line) == 1 else history.steps
    low, high, line = (
        np.repeat(values, 2) if len(values) == 1 else values
        for values in (history.loss.low, history.loss.high, line)
    )
    x = (steps - steps[0]) / (steps[-1] - steps[0])
    least, most = line.min(), line.max()
    room = most - least or 1.0
    least, most = least - 0.1 * room, most + 0.1 * room

    def up(values: Array) -> Array:
        height: Array = (values - least) / (most - least)
        return height.clip(0.0, 1.0)

    return x, up(low), up(high), up(line)
