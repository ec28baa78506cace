"""The equations of a phase below each other, the present one marked."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractScrollArea, QWidget

from rnnviz.core.parameters import letter_of
from rnnviz.gui.inside.equations.items import Piece, pieces_of
from rnnviz.gui.inside.equations.lines import StepLine
from rnnviz.gui.inside.typesetting import find
from rnnviz.gui.style.palette import mix
from rnnviz.gui.style.theme import Theme

_SIZE, _AIR, _LEFT = 17.0, 7.0, 14.0
_LEAST_HEIGHT = 30.0


class LineList(QAbstractScrollArea):
    """Shows equations in symbols; one of them is the present one.

    Parameters
    ----------
    theme
        Colours and scale.

    Signals
    -------
    chosen(int)
        An equation was clicked.
    """

    chosen = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("inside_lines")
        self.setAccessibleName("The equations of this phase")
        self.setFrameShape(self.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setAutoFillBackground(False)
        self.viewport().setMouseTracking(True)
        self._theme = theme
        self._lines: tuple[StepLine, ...] = ()
        self._pieces: list[tuple[Piece, ...]] = []
        self._tops: list[float] = []
        self._present = 0
        self._pointed = -1
        theme.changed.connect(self._measure)
        self.verticalScrollBar().valueChanged.connect(self.viewport().update)

    def show_lines(self, lines: tuple[StepLine, ...], present: int) -> None:
        """Show equations, and which of them is the present one."""
        if lines != self._lines:
            self._lines = lines
            self._pieces = [pieces_of(line, None) for line in lines]
        self._present = present
        self._measure()
        top, bottom = self._tops[present], self._tops[present + 1]
        bar, high = self.verticalScrollBar(), self.viewport().height()
        if top < bar.value():
            bar.setValue(round(top))
        elif bottom > bar.value() + high:
            bar.setValue(round(bottom - high))

    @property
    def _size(self) -> float:
        return _SIZE * self._theme.scale

    def _measure(self) -> None:
        """Give each line the height that it needs."""
        tops, y = [], 0.0
        for row in self._pieces:
            tops.append(y)
            y += self._height(row)
        tops.append(y)
        self._tops = tops
        bar, high = self.verticalScrollBar(), self.viewport().height()
        bar.setRange(0, max(0, round(y) - high))
        bar.setPageStep(high)
        bar.setSingleStep(round(_LEAST_HEIGHT * self._theme.scale))
        self.viewport().update()

    def _height(self, row: tuple[Piece, ...]) -> float:
        symbols = [find(piece.tex) for piece in row if piece.tex]
        tall = max(s.ascent for s in symbols) + max(s.descent for s in symbols)
        scale = self._theme.scale
        return max(_LEAST_HEIGHT * scale, tall * self._size + 2 * _AIR * scale)

    def sizeHint(self) -> QSize:
        """Return a size for a few equations."""
        return QSize(self._theme.px(260), self._theme.px(160))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the equations that are seen."""
        with QPainter(self.viewport()) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.translate(0, -self.verticalScrollBar().value())
            palette, scale = self._theme.palette, self._theme.scale
            width = self.viewport().width()
            for number, row in enumerate(self._pieces):
                top, bottom = self._tops[number], self._tops[number + 1]
                room = QRectF(0, top + 1, width - 4 * scale, bottom - top - 2)
                if number == self._present:
                    flow = palette.backward if _comes_back(row) else palette.forward
                    painter.setPen(Qt.PenStyle.NoPen)
                    painter.setBrush(QColor(mix(palette.panel, flow, 0.1)))
                    painter.drawRoundedRect(room, 5, 5)
                    painter.setBrush(QColor(flow))
                    painter.drawRoundedRect(
                        QRectF(0, room.y() + 4, 3 * scale, room.height() - 8), 1, 1
                    )
                elif number == self._pointed:
                    painter.setPen(Qt.PenStyle.NoPen)
                    painter.setBrush(QColor(mix(palette.panel, palette.ink, 0.04)))
                    painter.drawRoundedRect(room, 5, 5)
                self._paint_row(painter, row, QPointF(_LEFT * scale, (top + bottom) / 2))
                self._paint_parameter(painter, self._lines[number], room)

    def _paint_parameter(self, painter: QPainter, line: StepLine, room: QRectF) -> None:
        """Say at the right which parameter a line of an update is of."""
        if line.place.parameter:
            symbol, size = find(letter_of(line.place.parameter)), 0.8 * self._size
            place = QPointF(room.right() - 10 - symbol.width * size, room.center().y() + 0.3 * size)
            symbol.draw(painter, place, size, self._theme.palette.color("faint"))

    def _paint_row(self, painter: QPainter, row: tuple[Piece, ...], at: QPointF) -> None:
        """Paint an equation; where it is too long, smaller."""
        size, palette = self._size, self._theme.palette
        found = [(piece, find(piece.tex) if piece.tex else None) for piece in row]
        width = sum((0 if s is None else s.width) + 2 * p.space for p, s in found)
        room = self.viewport().width() - at.x() - 10 * self._theme.scale
        size *= max(0.6, min(1.0, room / (width * size))) if width else 1.0
        symbols = [s for _, s in found if s is not None]
        ascent = max((s.ascent for s in symbols), default=0.7)
        descent = max((s.descent for s in symbols), default=0.2)
        y = at.y() + (ascent - descent) * size / 2
        x = at.x()
        for piece, symbol in found:
            x += piece.space * size
            if symbol is not None:
                symbol.draw(painter, QPointF(x, y), size, palette.word_color(piece.role))
                x += symbol.width * size
            x += piece.space * size

    def viewportEvent(self, event: QEvent) -> bool:
        """Choose the line that is clicked."""
        if isinstance(event, QMouseEvent):
            number = self._at(event.position())
            if event.type() == QEvent.Type.MouseButtonPress and number >= 0:
                self.chosen.emit(number)
            if event.type() == QEvent.Type.MouseMove:
                self._point_at(number)
            return True
        if event.type() == QEvent.Type.Leave:
            self._point_at(-1)
        return super().viewportEvent(event)

    def _point_at(self, number: int) -> None:
        if number != self._pointed:
            self._pointed = number
            cursor = Qt.CursorShape.PointingHandCursor
            self.viewport().setCursor(cursor if number >= 0 else Qt.CursorShape.ArrowCursor)
            self.viewport().update()

    def _at(self, point: QPointF) -> int:
        y = point.y() + self.verticalScrollBar().value()
        for number in range(len(self._lines)):
            if self._tops[number] <= y < self._tops[number + 1]:
                return number
        return -1

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Measure again."""
        super().resizeEvent(event)
        self._measure()


def _comes_back(row: tuple[Piece, ...]) -> bool:
    return bool(row) and row[0].role == "backward"
