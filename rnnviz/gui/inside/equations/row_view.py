"""The present equation, large: every symbol in its colour, and below it its numbers."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QHelpEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QToolTip, QWidget

from rnnviz.diagnostics.one_step.phases import Place
from rnnviz.gui.inside.drawing.numbers import exactly
from rnnviz.gui.inside.drawing.painting import Painter
from rnnviz.gui.inside.drawing.shapes import Cells, Entry, Hidden, Thing
from rnnviz.gui.inside.equations.grids import Window
from rnnviz.gui.inside.equations.items import Piece, pieces_of
from rnnviz.gui.inside.equations.lines import StepLine
from rnnviz.gui.inside.equations.row import Placed, Row, Style
from rnnviz.gui.inside.typesetting import find
from rnnviz.gui.style.theme import Theme
from rnnviz.gui.widgets.wheel import scroll_either_way

_SIZE = 23.0
_MARGIN = 12.0


class RowView(QAbstractScrollArea):
    """Shows one equation of a record, in symbols and in numbers.

    Parameters
    ----------
    theme
        Colours, type and scale.
    painter
        Paints cells.

    Signals
    -------
    chosen(object, object)
        The place and the entry of a number that was clicked; the entry is None for a symbol.
    pointed(object)
        The things that a symbol or a number that is pointed at stands for: a frozenset.
    """

    chosen = Signal(object, object)
    pointed = Signal(object)

    def __init__(
        self,
        theme: Theme,
        painter: Painter,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("inside_equation")
        self.setFrameShape(self.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.viewport().setAutoFillBackground(False)
        self.viewport().setMouseTracking(True)
        self._theme = theme
        self._painter = painter
        self._line: StepLine | None = None
        self._window: Window | None = None
        self._pieces: tuple[Piece, ...] = ()
        self._largest = 1.0
        self._row: Row | None = None
        self._lit: frozenset[Thing] = frozenset()
        self._pointed: Piece | None = None
        self._selected: tuple[Place, Entry] | None = None
        self._hidden: Hidden = {}
        self._in_full = False
        for bar in (self.horizontalScrollBar(), self.verticalScrollBar()):
            bar.valueChanged.connect(self.viewport().update)
        theme.changed.connect(self._lay_out)

    # -- what is shown ------------------------------------------------------------------------

    def show_line(self, line: StepLine, window: Window, largest_gradient: float) -> None:
        """Show an equation of a record."""
        self._line, self._window, self._largest = line, window, largest_gradient
        self._pieces = pieces_of(line, line.scope(window.record, window.shown.stream))
        self._pointed = None
        self.horizontalScrollBar().setValue(0)
        self._lay_out()

    def light(self, things: frozenset[Thing]) -> None:
        """Light the symbols of these things."""
        if things != self._lit:
            self._lit = things
            self.viewport().update()

    def select(self, selected: tuple[Place, Entry] | None, hidden: Hidden) -> None:
        """Mark a number, and keep some to oneself."""
        self._hidden, self._selected = hidden, selected
        self.viewport().update()

    def set_in_full(self, in_full: bool) -> None:
        """Write all numbers, even if they have to be scrolled: somebody computes with them."""
        if in_full != self._in_full:
            self._in_full = in_full
            self._lay_out()

    @property
    def placed(self) -> tuple[Placed, ...]:
        """The pieces and where they stand, before scrolling."""
        return () if self._row is None else self._row.placed

    @property
    def origin(self) -> QPointF:
        """Where in the viewport the row begins."""
        left = _MARGIN * self._theme.scale - self.horizontalScrollBar().value()
        top = _MARGIN * self._theme.scale - self.verticalScrollBar().value()
        return QPointF(left, top + self._slack)

    @property
    def _slack(self) -> float:
        """How much lower the row stands than at the top, in a view that is higher."""
        if self._row is None:
            return 0.0
        free = self.viewport().height() - self._row.height - 2 * _MARGIN * self._theme.scale
        return max(0.0, 0.4 * free)

    def _lay_out(self) -> None:
        if self._window is None:
            return
        scale = self._theme.scale
        margins = 2 * _MARGIN * scale
        style = Style(_SIZE * scale, scale, self._largest, in_full=self._in_full)
        size = self.viewport().size()
        room = QSizeF(size.width() - margins, size.height() - 1.5 * margins)
        self._row = Row(self._pieces, self._window, style, room)
        across, down = self.horizontalScrollBar(), self.verticalScrollBar()
        across.setRange(0, max(0, round(self._row.width - room.width())))
        across.setPageStep(round(room.width()))
        down.setRange(0, max(0, round(self._row.height + margins - self.viewport().height())))
        down.setPageStep(self.viewport().height())
        self.viewport().update()

    def sizeHint(self) -> QSize:
        """Return a size for a short equation of a few units."""
        return QSize(self._theme.px(560), self._theme.px(180))

    # -- painting -----------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint symbols and numbers."""
        with QPainter(self.viewport()) as painter:
            self.paint_row(painter, self.origin)

    def paint_row(self, painter: QPainter, origin: QPointF) -> None:
        """Paint the equation where it is wanted."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.save()
        painter.translate(origin)
        for placed in self.placed:
            self._paint(painter, placed)
        painter.restore()

    def _paint(self, painter: QPainter, placed: Placed) -> None:
        piece, palette = placed.piece, self._theme.palette
        size = _SIZE if self._row is None else self._row.size
        lit = piece is self._pointed or not self._things(piece).isdisjoint(self._lit)
        if lit and piece.value is not None:
            painter.setPen(Qt.PenStyle.NoPen)
            color = palette.color("backward" if piece.role == "backward" else "forward")
            color.setAlphaF(0.12)
            painter.setBrush(color)
            painter.drawRoundedRect(placed.rect.adjusted(-4, -2, 4, 5), 6, 6)
        symbol = find(piece.tex) if piece.tex else None
        if symbol is not None:
            symbol.draw(painter, placed.symbol_at, size, palette.word_color(piece.role))
        if piece.value is None:
            self._paint_sign(painter, placed)
            return
        for cells in placed.cells:
            entry = None
            if self._selected is not None and piece.place == self._selected[0]:
                entry = self._selected[1]
            self._painter.paint(painter, self._with_hidden(cells, piece), entry)
        if piece.value.ndim == 2:
            self._brackets(painter, placed.grid)
        if piece.raised:
            raised, at = find(piece.raised), placed.grid.topRight()
            place = QPointF(at.x() + 2, at.y() + raised.ascent * 0.5 * size)
            raised.draw(painter, place, 0.8 * size, palette.word_color("soft"))
        self._say_more(painter, placed)

    def _with_hidden(self, cells: Cells, piece: Piece) -> Cells:
        hidden = None if piece.place is None else self._hidden.get(piece.place)
        return cells if hidden is None else cells.without(hidden)

    def _paint_sign(self, painter: QPainter, placed: Placed) -> None:
        """Paint a sign a second time, between the numbers."""
        piece = placed.piece
        symbol = find(piece.tex) if piece.tex else None
        middles = [one.grid.center().y() for one in self.placed if not one.grid.isEmpty()]
        if symbol is None or not middles:
            return
        size = 0.82 * (_SIZE if self._row is None else self._row.size)
        x = placed.symbol_at.x() + placed.symbol_width / 2 - symbol.width * size / 2
        y = middles[0] + 0.26 * size
        symbol.draw(painter, QPointF(x, y), size, self._theme.palette.word_color("soft"))

    def _brackets(self, painter: QPainter, grid: QRectF) -> None:
        scale = self._theme.scale
        painter.setPen(QPen(self._theme.palette.color("soft"), 1.2 * scale))
        inner, tick = 0.5, 4 * scale
        for x, way in ((grid.left() + inner, tick), (grid.right() - inner, -tick)):
            corners = [
                QPointF(x + way, grid.top() - 1),
                QPointF(x, grid.top() - 1),
                QPointF(x, grid.bottom() + 1),
                QPointF(x + way, grid.bottom() + 1),
            ]
            painter.drawPolyline(corners)

    def _say_more(self, painter: QPainter, placed: Placed) -> None:
        """Say how large a vector or matrix is of which only some is shown."""
        rows, columns = placed.rows, placed.columns
        if not (rows.more or columns.more):
            return
        text = f"{rows.length} × {columns.length}" if columns.length > 1 else f"of {rows.length}"
        font = self._theme.font("small")
        font.setPixelSize(self._theme.px(11))
        painter.setFont(font)
        painter.setPen(self._theme.palette.color("soft"))
        below = QRectF(placed.grid.x() - 30, placed.grid.bottom() + 3, placed.grid.width() + 60, 15)
        painter.drawText(below, Qt.AlignmentFlag.AlignCenter, text)

    # -- the pointer --------------------------------------------------------------------------

    def viewportEvent(self, event: QEvent) -> bool:
        """Tell what is pointed at and clicked."""
        if isinstance(event, QMouseEvent):
            placed, entry = self.at(event.position())
            if event.type() == QEvent.Type.MouseMove:
                self._point_at(placed)
            elif event.type() == QEvent.Type.MouseButtonPress:
                place = None if placed is None else placed.piece.place
                if place is not None:
                    self.chosen.emit(place, entry)
            return True
        if event.type() == QEvent.Type.Leave:
            self._point_at(None)
        if isinstance(event, QHelpEvent):
            self._tell_number(event)
            return True
        return super().viewportEvent(event)

    def _tell_number(self, event: QHelpEvent) -> None:
        """Say a number that has no room to be written."""
        here = QPointF(event.pos()) - self.origin
        for placed in self.placed:
            for cells in placed.cells:
                value = self._with_hidden(cells, placed.piece).value_at(here)
                if value is not None:
                    QToolTip.showText(event.globalPos(), exactly(value), self)
                    return
        QToolTip.hideText()

    def at(self, point: QPointF) -> tuple[Placed | None, Entry | None]:
        """Return the piece at a point of the viewport, and the number of it."""
        here = point - self.origin
        for placed in self.placed:
            if placed.piece.value is not None and placed.rect.contains(here):
                for cells in placed.cells:
                    entry = cells.entry_at(here)
                    if entry is not None:
                        return placed, entry
                return placed, None
        return None, None

    def _point_at(self, placed: Placed | None) -> None:
        piece = None if placed is None else placed.piece
        if piece is not self._pointed:
            self._pointed = piece
            clickable = piece is not None and piece.place is not None
            self.viewport().setCursor(
                Qt.CursorShape.PointingHandCursor if clickable else Qt.CursorShape.ArrowCursor
            )
            self.pointed.emit(frozenset() if piece is None else self._things(piece))
            self.viewport().update()

    @staticmethod
    def _things(piece: Piece) -> frozenset[Thing]:
        """Return what a piece stands for."""
        if piece.place is not None:
            return frozenset({piece.place})
        if piece.found is not None and piece.found.parameter:
            return frozenset({piece.found.parameter})
        return frozenset()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll sideways where there is nothing to scroll up and down."""
        scroll_either_way(self, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay out anew."""
        super().resizeEvent(event)
        self._lay_out()
