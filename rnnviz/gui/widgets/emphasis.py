"""What lies over a panel while something is pointed out: a mark that pulses, or a veil."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import (
    QAbstractAnimation,
    QEasingCurve,
    QEvent,
    QObject,
    QPointF,
    QRectF,
    Qt,
    QVariantAnimation,
)
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from rnnviz.gui.style.theme import Theme

_PULSES, _PULSE_MS = 4, 900
_VEIL = 0.72
_RADIUS, _SPREAD, _MARGIN = 9.0, 22.0, 6.0

Where = Callable[[], QPointF | None]


class Emphasis(QWidget):
    """Lies over a panel's body, lets the mouse through, and is hidden unless it says something.

    Parameters
    ----------
    body
        What it lies over, and follows in size.
    theme
        Colours and type.
    """

    def __init__(self, body: QWidget, theme: Theme) -> None:
        super().__init__(body)
        self._theme = theme
        self._where: Where | None = None
        self._words = ""
        self._pulse = QVariantAnimation(self, duration=_PULSE_MS)
        self._pulse.setLoopCount(_PULSES)
        self._pulse.setStartValue(0.0)
        self._pulse.setEndValue(1.0)
        self._pulse.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._pulse.valueChanged.connect(lambda _value: self.update())
        self.setObjectName("emphasis")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        body.installEventFilter(self)
        self.hide()

    @property
    def words(self) -> str:
        """What is said beside the mark; empty while nothing is pointed out."""
        return self._words

    @property
    def steps_back(self) -> bool:
        """Whether the panel is veiled, because another one has something to show."""
        return not self.isHidden() and self._where is None

    def point_out(self, where: Where, words: str) -> None:
        """Mark a place and say what can be seen there.

        Parameters
        ----------
        where
            Returns the place, in the body's pixels, or None for all of the body.
        words
            A few, beside the mark.
        """
        self._where, self._words = where, words
        self._appear()
        self._pulse.start()

    def step_back(self) -> None:
        """Veil the panel."""
        self._where, self._words = None, ""
        self._pulse.stop()
        self._appear()

    def clear(self) -> None:
        """Say nothing more."""
        self._where, self._words = None, ""
        self._pulse.stop()
        self.hide()

    def _appear(self) -> None:
        body = self.parentWidget()
        assert body is not None
        self.setGeometry(body.rect())
        self.setAccessibleName(self._words)
        self.raise_()
        self.show()
        self.update()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the body's size."""
        if event.type() == QEvent.Type.Resize and isinstance(watched, QWidget):
            self.setGeometry(watched.rect())
        return False

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the veil, or the mark and its words."""
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            if self._where is None:
                veil = QColor(self._theme.palette.color("panel"))
                veil.setAlphaF(_VEIL)
                painter.fillRect(self.rect(), veil)
            else:
                self._paint_mark(painter, self._where())

    def _paint_mark(self, painter: QPainter, place: QPointF | None) -> None:
        color = QColor(self._theme.palette.color("ink"))
        width = self._theme.px(2)
        painter.setPen(QPen(color, width))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        running = self._pulse.state() == QAbstractAnimation.State.Running
        done = float(self._pulse.currentValue()) if running else 1.0
        if place is None:
            frame = QRectF(self.rect()).adjusted(width, width, -width, -width)
            color.setAlphaF(1.0 - 0.7 * done if running else 0.6)
            painter.setPen(QPen(color, width))
            corner = self._theme.px(6)
            painter.drawRoundedRect(frame, corner, corner)
            self._paint_words(painter, QRectF(frame.center(), frame.center()))
            return
        radius = self._theme.px(_RADIUS)
        painter.drawEllipse(place, radius, radius)
        if running:
            color.setAlphaF(1.0 - done)
            painter.setPen(QPen(color, width))
            wide = radius + done * self._theme.px(_SPREAD)
            painter.drawEllipse(place, wide, wide)
        self._paint_words(painter, QRectF(place.x() - radius, place.y() - radius, 2 * radius, 0))

    def _paint_words(self, painter: QPainter, mark: QRectF) -> None:
        """Write the words above the mark, or below it where there is no room, on a card."""
        font, margin = self._theme.font("body"), self._theme.px(_MARGIN)
        metrics = QFontMetricsF(font)
        room = self.width() - 4 * margin
        words = metrics.elidedText(self._words, Qt.TextElideMode.ElideRight, room)
        card = metrics.boundingRect(words).adjusted(-margin, -margin / 2, margin, margin / 2)
        whole = mark.isEmpty() and mark.width() == 0
        card.moveCenter(mark.center())
        if whole:
            card.moveBottom(self.height() - 2 * margin)
        elif mark.top() - margin - card.height() > 0:
            card.moveBottom(mark.top() - margin)
        else:
            card.moveTop(mark.top() + self._theme.px(3 * _RADIUS))
        if not whole:
            # To its left: most curves come down from the right, or end where the mark is.
            card.moveRight(mark.right() + margin)
        card.moveLeft(min(max(card.left(), margin), self.width() - margin - card.width()))
        ink, panel = self._theme.palette.color("ink"), self._theme.palette.color("panel")
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ink)
        painter.drawRoundedRect(card, margin, margin)
        painter.setPen(panel)
        painter.setFont(font)
        painter.drawText(card, Qt.AlignmentFlag.AlignCenter, words)
