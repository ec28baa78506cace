"""The drawing as a widget: it scrolls, glides from phase to phase, and tells what is pointed at."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping

from PySide6.QtCore import (
    QEasingCurve,
    QEvent,
    QPointF,
    QRectF,
    QSize,
    QSizeF,
    Qt,
    QVariantAnimation,
    Signal,
)
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractScrollArea, QWidget

from rnnviz.diagnostics.one_step.phases import Place
from rnnviz.gui.inside.drawing.folded import WIDTH, circle_of
from rnnviz.gui.inside.drawing.network_drawing import Layout, NetworkDrawing
from rnnviz.gui.inside.drawing.painting import Painter
from rnnviz.gui.inside.drawing.shapes import (
    Cells,
    Entry,
    Picture,
    Shape,
    Thing,
    Wire,
    collapsed,
    moved,
)
from rnnviz.gui.inside.drawing.time_steps import TimeStepsLayout
from rnnviz.gui.inside.drawing.values import Sight
from rnnviz.gui.style.theme import Theme
from rnnviz.gui.widgets.wheel import scroll_either_way

GLIDE_MS, UNFOLD_MS = 260, 900
_DRAG_BEGINS = 6
_NEAR_A_WIRE = 7.0
_WHEEL = 40.0
_ZOOMS = (1.5, 1.35, 1.2, 1.1, 1.0, 0.92, 0.85)
"""How much larger than designed the drawing may be, where all of it has room."""


class Canvas(QAbstractScrollArea):
    """Shows a network's time steps at a phase.

    Parameters
    ----------
    theme
        Colours, type and scale.
    painter
        Paints shapes.

    Signals
    -------
    chosen(object, object)
        The place and the entry of a number that was clicked; the entry is None for a whole line.
    pointed(object, object)
        The same of what is pointed at; None, None for nothing.
    """

    chosen = Signal(object, object)
    pointed = Signal(object, object)

    def __init__(self, theme: Theme, painter: Painter, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("inside_drawing")
        self.setAccessibleName("The network, unfolded into its time steps")
        self.setFrameShape(self.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.viewport().setMouseTracking(True)
        self.viewport().setAutoFillBackground(False)
        self._theme = theme
        self._painter = painter
        self._drawing: NetworkDrawing | None = None
        self._sight: Sight | None = None
        self._layout: Layout | None = None
        self._picture = Picture(())
        self._before: dict[Hashable, Shape] = {}
        self._shift_before = QPointF()
        self._share = 1.0
        self._zoom = 1.0
        self._pressed: tuple[QPointF, QPointF] | None = None
        self._dragged = False
        self._pointed: tuple[Place, Entry | None] | None = None
        self._lit: frozenset[Thing] = frozenset()
        self._selected: tuple[Place, Entry] | None = None
        self.glide = QVariantAnimation(self, duration=GLIDE_MS)
        self.glide.setStartValue(0.0)
        self.glide.setEndValue(1.0)
        self.glide.setEasingCurve(QEasingCurve.Type.InOutCubic)
        self.glide.valueChanged.connect(self._glided)
        for bar in (self.horizontalScrollBar(), self.verticalScrollBar()):
            bar.valueChanged.connect(self._scrolled)
        self._following = False
        theme.changed.connect(self._arrange_again)

    # -- what is shown ------------------------------------------------------------------------

    def show_network(self, drawing: NetworkDrawing) -> None:
        """Show another record, or other units of it; `show_phase` has to follow."""
        self._drawing = drawing
        self._layout = None

    def show_phase(self, sight: Sight, *, animate: bool = True) -> None:
        """Show a phase: what is known by then, with what is looked at in the middle."""
        before, shift = self._picture.by_key(), self._shift
        self._sight = sight
        # What was pointed at lies elsewhere now.
        self._lit = frozenset()
        self._arrange()
        self._begin(before, shift, GLIDE_MS, animate=animate)

    def unfold(self) -> None:
        """Let the folded network unfold before one's eyes."""
        layout = self._layout
        if not isinstance(layout, TimeStepsLayout):
            return
        before: dict[Hashable, Shape] = {}
        for shape in self._picture.shapes:
            row, layer = _circle_of(shape)
            at = circle_of(layout.arrangement.metrics, row, layer)
            before[shape.key] = collapsed(shape, at)
        self._begin(before, QPointF(0, -self._offset.y()), UNFOLD_MS, animate=True)

    def light(self, things: frozenset[Thing]) -> None:
        """Light cells and wires, as of what is pointed at elsewhere."""
        if things != self._lit:
            self._lit = things
            self.viewport().update()

    def select(self, selected: tuple[Place, Entry] | None) -> None:
        """Mark the number whose arithmetic is shown."""
        if selected != self._selected:
            self._selected = selected
            self.viewport().update()

    @property
    def picture(self) -> Picture:
        """What is drawn at present, where it comes to rest."""
        return self._picture

    def cell_rect(self, place: Place, entry: Entry) -> QRectF | None:
        """Return where a number is seen in the viewport; None where it is not drawn."""
        for cells in self._picture.cells():
            if cells.place == place and entry in cells.entries:
                rect = cells.cell(cells.entries.index(entry)).translated(self._shift)
                return QRectF(rect.topLeft() * self._zoom, rect.size() * self._zoom)
        return None

    # -- for a file ---------------------------------------------------------------------------

    @property
    def whole_size(self) -> QSize:
        """The size of a picture of all of it."""
        if self._layout is None:
            return QSize()
        width = self._layout.width + self._layout.gutter_width
        return QSizeF(width, self._layout.height).toSize()

    def paint_whole(self, painter: QPainter) -> None:
        """Paint all of it, seen or not."""
        if self._layout is None:
            return
        size = QSizeF(self.whole_size)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(QRectF(QPointF(), size), self._theme.palette.color("panel"))
        for shape in self._layout.gutter().shapes:
            self._painter.paint(painter, shape)
        painter.save()
        painter.translate(self._layout.gutter_width, 0)
        for shape in self._layout.picture(0.0, size.width()).shapes:
            self._painter.paint(painter, shape)
        painter.restore()

    # -- where it is --------------------------------------------------------------------------

    @property
    def _gutter(self) -> float:
        return 0.0 if self._layout is None else self._layout.gutter_width

    @property
    def _offset(self) -> QPointF:
        return QPointF(self.horizontalScrollBar().value(), self.verticalScrollBar().value())

    @property
    def _shift(self) -> QPointF:
        """From the picture's own places to those in the viewport."""
        return QPointF(self._gutter, 0) - self._offset

    def _arrange_again(self) -> None:
        if self._sight is not None and self._drawing is not None:
            self._arrange()
            self._finish()

    def _arrange(self) -> None:
        """Place everything anew, with what is looked at in the middle."""
        assert self._drawing is not None
        assert self._sight is not None
        layout, size = self._largest_layout(self._drawing, self._sight)
        self._layout, focus = layout, layout.focus
        self._following = True
        for bar, length, seen, middle in (
            (self.horizontalScrollBar(), layout.width, size.width(), focus.center().x()),
            (self.verticalScrollBar(), layout.height, size.height(), focus.center().y()),
        ):
            bar.setRange(0, max(0, math.floor(length - seen - 0.5)))
            bar.setPageStep(round(seen))
            bar.setSingleStep(round(_WHEEL * self._theme.scale))
            bar.setValue(round(middle - seen / 2))
        self._following = False
        self._lay_out()

    def _largest_layout(self, drawing: NetworkDrawing, sight: Sight) -> tuple[Layout, QSizeF]:
        """Return the drawing as large as all of it has room for, and how large the room is.

        Where all of it would be too small to read, it is as large as usual, and scrolls. The room
        is that beside what does not scroll, in the drawing's own pixels.
        """
        room = QSizeF(self.viewport().size())
        for zoom in (*_ZOOMS, 1.0):
            self._zoom = zoom
            size = room / zoom - QSizeF(WIDTH * self._theme.scale, 0)
            layout = drawing.laid_out(size, sight)
            if layout.width <= size.width() + 1 and layout.height <= size.height() + 1:
                break
        return layout, size

    def _lay_out(self) -> None:
        """Lay out what is seen."""
        if self._layout is not None:
            left = self._offset.x()
            right = left + self.viewport().width() / self._zoom - self._gutter
            self._picture = self._layout.picture(left, right)
            self.viewport().update()

    def _scrolled(self) -> None:
        if not self._following:
            self._finish()
            self._lay_out()

    # -- gliding ------------------------------------------------------------------------------

    def _begin(
        self, before: Mapping[Hashable, Shape], shift: QPointF, duration: int, *, animate: bool
    ) -> None:
        """Let shapes glide from where they were, seen with another shift, to where they are."""
        self.glide.stop()
        if not (animate and before and self.isVisible()):
            self._finish()
            return
        self._before, self._shift_before = dict(before), shift
        self._share = 0.0
        self.glide.setDuration(duration)
        self.glide.start()

    def _glided(self, share: float) -> None:
        self._share = float(share)
        if self._share >= 1.0:
            self._before = {}
        self.viewport().update()

    def _finish(self) -> None:
        self.glide.stop()
        self._share, self._before = 1.0, {}
        self.viewport().update()

    # -- painting -----------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint what is seen, on its way from where it was."""
        with QPainter(self.viewport()) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            gutter = self._gutter
            painter.scale(self._zoom, self._zoom)
            painter.save()
            painter.setClipRect(QRectF(gutter, 0, 1e6, 1e6))
            painter.translate(self._shift)
            moving = self._share < 1.0
            shift = self._shift_before - self._shift
            for shape in self._picture.shapes:
                before = self._before.get(shape.key) if moving else None
                if moving:
                    painter.setOpacity(1.0 if before is not None else self._share)
                    shape = moved(shape, before, self._share, shift)
                self._paint(painter, shape)
            painter.restore()
            painter.translate(0, -self._offset.y())
            if self._layout is not None:
                for shape in self._layout.gutter().shapes:
                    self._paint(painter, shape)

    def _paint(self, painter: QPainter, shape: Shape) -> None:
        if not isinstance(shape, Cells | Wire):
            self._painter.paint(painter, shape)
            return
        lit = shape.place in self._lit
        if isinstance(shape, Wire):
            lit = lit or shape.parameter in self._lit
        entry = None
        for marked in (self._selected, self._pointed):
            if marked is not None and marked[0] == shape.place and marked[1] is not None:
                entry = marked[1]
        self._painter.paint(painter, shape, entry, lit)

    # -- the pointer --------------------------------------------------------------------------

    def at(self, point: QPointF) -> tuple[Place, Entry | None] | None:
        """Return what stands at a point of the viewport: a number, or the line of a wire."""
        point = point / self._zoom
        if point.x() < self._gutter:
            return None
        here = point - self._shift
        for shape in reversed(self._picture.shapes):
            if isinstance(shape, Cells):
                entry = shape.entry_at(here)
                if entry is not None:
                    return shape.place, entry
        for wire in self._picture.wires():
            if wire.place is None or wire.faint:
                continue
            if wire.distance(here) < _NEAR_A_WIRE * self._theme.scale:
                return wire.place, None
        return None

    def viewportEvent(self, event: QEvent) -> bool:
        """Tell what is pointed at and clicked; drag the drawing along."""
        if isinstance(event, QMouseEvent):
            match event.type():
                case QEvent.Type.MouseButtonPress:
                    self._pressed = event.position(), self._offset
                    self._dragged = False
                case QEvent.Type.MouseMove:
                    self._moved(event)
                case QEvent.Type.MouseButtonRelease:
                    self._released(event)
            return True
        if event.type() == QEvent.Type.Leave:
            self._point_at(None)
        return super().viewportEvent(event)

    def _moved(self, event: QMouseEvent) -> None:
        if self._pressed is not None and event.buttons() & Qt.MouseButton.LeftButton:
            start, offset = self._pressed
            way = (event.position() - start) / self._zoom
            if self._dragged or way.manhattanLength() > _DRAG_BEGINS:
                self._dragged = True
                self.horizontalScrollBar().setValue(round(offset.x() - way.x()))
                self.verticalScrollBar().setValue(round(offset.y() - way.y()))
            return
        self._point_at(self.at(event.position()))

    def _released(self, event: QMouseEvent) -> None:
        pressed, self._pressed = self._pressed, None
        if pressed is None or self._dragged:
            return
        found = self.at(event.position())
        if found is not None:
            self.chosen.emit(*found)
        elif event.position().x() < self._gutter * self._zoom:
            self.unfold()

    def _point_at(self, found: tuple[Place, Entry | None] | None) -> None:
        if found != self._pointed:
            self._pointed = found
            self.viewport().setCursor(
                Qt.CursorShape.PointingHandCursor if found else Qt.CursorShape.ArrowCursor
            )
            self.pointed.emit(*(found or (None, None)))
            self.viewport().update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll sideways where there is nothing to scroll up and down."""
        scroll_either_way(self, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fill the new size."""
        super().resizeEvent(event)
        self._arrange_again()


def _circle_of(shape: Shape) -> tuple[str, int]:
    """Return to which circle of the folded network a shape belongs."""
    key = shape.key if isinstance(shape.key, tuple) else (shape.key,)
    if key[0] == "label" and isinstance(key[1], tuple):
        key = key[1]
    if key[0] in ("x", "t"):
        return "x", 1
    if len(key) == 2:
        return "o", 1
    layers = [part for part in key[-2:] if isinstance(part, int)]
    return "h", layers[-1] if layers else 1
