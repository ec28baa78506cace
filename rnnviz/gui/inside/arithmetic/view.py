"""One number's arithmetic, scrolled where it is long; its numbers can be followed."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractScrollArea, QWidget

from rnnviz.diagnostics.one_step.arithmetic import Arithmetic
from rnnviz.diagnostics.one_step.terms import Source
from rnnviz.gui.inside.arithmetic.layout import ArithmeticLayout, Ink, font_of
from rnnviz.gui.inside.arithmetic.names import as_entry
from rnnviz.gui.inside.drawing.shapes import Thing
from rnnviz.gui.style.theme import Theme


class ArithmeticView(QAbstractScrollArea):
    """Shows how one number comes about.

    Parameters
    ----------
    theme
        Colours and type.

    Signals
    -------
    chosen(object, object)
        The place and the entry of a number that was clicked.
    pointed(object)
        The things that are pointed at: a frozenset.
    """

    chosen = Signal(object, object)
    pointed = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("inside_arithmetic")
        self.setAccessibleName("How the chosen number comes about")
        self.setFrameShape(self.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setAutoFillBackground(False)
        self.viewport().setMouseTracking(True)
        self._theme = theme
        self._arithmetic: Arithmetic | None = None
        self._of_which = ""
        self._layout: ArithmeticLayout | None = None
        self._pointed: Source | None = None
        self.verticalScrollBar().valueChanged.connect(self.viewport().update)
        theme.changed.connect(self._lay_out)

    def show_arithmetic(self, arithmetic: Arithmetic | None, of_which: str = "") -> None:
        """Show how a number comes about, and what it is of; None for nothing."""
        self._arithmetic, self._of_which = arithmetic, of_which
        self._pointed = None
        self.verticalScrollBar().setValue(0)
        self._lay_out()

    @property
    def text(self) -> str:
        """What is written, without its layout."""
        layout = self._layout
        return "" if layout is None else "".join(ink.span.text for ink in layout.inks)

    def ink_rect(self, source: Source) -> QRectF | None:
        """Return where a number is named in the viewport; None where it is not."""
        inks = [] if self._layout is None else self._layout.inks
        found = next((ink.rect for ink in inks if ink.source == source), None)
        return None if found is None else found.translated(0, -self.verticalScrollBar().value())

    def sizeHint(self) -> QSize:
        """Return a size for a few lines."""
        return QSize(self._theme.px(320), self._theme.px(240))

    def _lay_out(self) -> None:
        self._layout = None
        bar = self.verticalScrollBar()
        if self._arithmetic is not None:
            width = self.viewport().width() - self._theme.px(6)
            self._layout = ArithmeticLayout(self._theme, width)
            self._layout.write(self._arithmetic, self._of_which)
            bar.setRange(0, max(0, round(self._layout.height) - self.viewport().height()))
        bar.setPageStep(self.viewport().height())
        bar.setSingleStep(self._theme.px(19))
        self.viewport().update()

    # -- painting -----------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the lines that are seen."""
        layout = self._layout
        if layout is None:
            return
        palette = self._theme.palette
        with QPainter(self.viewport()) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            top = self.verticalScrollBar().value()
            painter.translate(0, -top)
            seen = QRectF(0, top, self.viewport().width(), self.viewport().height())
            for rule in layout.rules:
                painter.fillRect(rule.rect, palette.color("faint"))
            for ink in layout.inks:
                if ink.rect.intersects(seen):
                    self._paint_ink(painter, ink)

    def _paint_ink(self, painter: QPainter, ink: Ink) -> None:
        palette = self._theme.palette
        painter.setFont(font_of(self._theme, ink))
        painter.setPen(palette.word_color(ink.role))
        # Wider than its room, for letters that lean out of theirs.
        room = ink.rect.adjusted(0, 0, 12, 0)
        painter.drawText(
            room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, ink.span.text
        )
        if ink.source is not None and ink.source == self._pointed:
            painter.setPen(QPen(palette.word_color(ink.role), 1.2 * self._theme.scale))
            y = ink.rect.center().y() + 0.36 * ink.rect.height()
            painter.drawLine(QPointF(ink.rect.left(), y), QPointF(ink.rect.right(), y))

    # -- the pointer --------------------------------------------------------------------------

    def viewportEvent(self, event: QEvent) -> bool:
        """Tell what is pointed at and clicked."""
        if isinstance(event, QMouseEvent):
            source = self._at(event.position())
            if event.type() == QEvent.Type.MouseMove:
                self._point_at(source)
            elif event.type() == QEvent.Type.MouseButtonPress:
                place = None if source is None else source.place
                if source is not None and place is not None:
                    self.chosen.emit(place, as_entry(source.index))
            return True
        if event.type() == QEvent.Type.Leave:
            self._point_at(None)
        return super().viewportEvent(event)

    def _at(self, point: QPointF) -> Source | None:
        here = point + QPointF(0, self.verticalScrollBar().value())
        inks = [] if self._layout is None else self._layout.inks
        return next((ink.source for ink in inks if ink.rect.contains(here)), None)

    def _point_at(self, source: Source | None) -> None:
        if source != self._pointed:
            self._pointed = source
            followed = source is not None and source.place is not None
            cursor = Qt.CursorShape.PointingHandCursor if followed else Qt.CursorShape.ArrowCursor
            self.viewport().setCursor(cursor)
            self.pointed.emit(_things(source))
            self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay out anew."""
        super().resizeEvent(event)
        self._lay_out()


def _things(source: Source | None) -> frozenset[Thing]:
    """Return what a source is of."""
    if source is None:
        return frozenset()
    return frozenset({source.parameter} if source.place is None else {source.place})
