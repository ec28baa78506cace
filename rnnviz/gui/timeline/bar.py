"""The bar of the timeline: steps from the first to now, what happened at them, and a handle."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPolygonF,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from rnnviz.gui.style.palette import ColorRole, mix
from rnnviz.gui.style.theme import Theme
from rnnviz.gui.timeline.scale import StepScale

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from rnnviz.training.past.timeline import Mark, MarkKind, TimelineView

_HEIGHT, _MARGIN, _GROOVE, _KNOB = 18.0, 9.0, 4.0, 5.0
# Pointed at is what is no farther than that.
_NEAR = 7.0
_COLORS: dict[MarkKind, ColorRole] = {
    "setting": "ink",
    "failure": "threshold",
    "best used": "positive",
    "best": "positive",
    "text": "faint",
    "clipping": "backward",
}


class TimelineBar(QWidget):
    """Shows a run's way, and where on it one is; one clicks on it, or drags the handle.

    Parameters
    ----------
    theme
        Colours and type.
    words
        Returns what is said of marks that lie at one place.

    Signals
    -------
    asked(int, bool)
        The step that is to be seen, and whether exactly that one: while the handle is dragged,
        whatever is near is good enough.
    now_asked()
        The handle was let go at the end, which is now.
    """

    asked = Signal(int, bool)
    now_asked = Signal()

    def __init__(
        self,
        theme: Theme,
        words: Callable[[tuple[Mark, ...]], str],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("timeline_bar")
        self.setAccessibleName("Timeline")
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._theme = theme
        self._words = words
        self._view: TimelineView | None = None
        self._dragged: int | None = None
        self.scale = StepScale()
        theme.changed.connect(self._restyle)
        self._restyle()

    def show_view(self, view: TimelineView) -> None:
        """Show how far a run is by now."""
        self._view = view
        self.scale = StepScale(view.first, view.last, self.scale.logarithmic)
        self.update()

    def set_logarithmic(self, on: bool) -> None:
        """Give the first steps more room, or all the same."""
        self.scale = StepScale(self.scale.first, self.scale.last, on)
        self.update()

    def x_of(self, step: float) -> float:
        """Return where a step lies, in pixels from the left."""
        return self._left + self.scale.place(step) * self._length

    @property
    def is_held(self) -> bool:
        """Whether a hand holds the handle."""
        return self._dragged is not None

    @property
    def _left(self) -> float:
        return _MARGIN * self._theme.scale

    @property
    def _length(self) -> float:
        return max(1.0, self.width() - 2 * self._left)

    @property
    def _seen(self) -> int | None:
        """The step at the handle; None for now."""
        if self._dragged is not None:
            return self._dragged
        return None if self._view is None else self._view.seen

    # -- painting -----------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the groove, the steps that are at hand, the marks and the handle."""
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            self._paint_groove(painter)
            if self._view is not None and self._view.last > self._view.first:
                self._paint_kept(painter, self._view.kept)
                for mark in self._view.marks:
                    self._paint_mark(painter, mark)
            self._paint_handle(painter)

    @property
    def _middle(self) -> float:
        # There is more above it than below.
        return 0.58 * self.height()

    def _paint_groove(self, painter: QPainter) -> None:
        palette, scale = self._theme.palette, self._theme.scale
        room = QRectF(self._left, self._middle - 0.5 * _GROOVE * scale, self._length, 0)
        room.setHeight(_GROOVE * scale)
        painter.setBrush(QColor(mix(palette.line, palette.ink, 0.06)))
        painter.drawRoundedRect(room, 2 * scale, 2 * scale)
        seen = self._seen
        done = QRectF(room)
        done.setRight(self.x_of(self.scale.last if seen is None else seen))
        painter.setBrush(palette.color("forward" if seen is not None else "forward_band"))
        painter.drawRoundedRect(done, 2 * scale, 2 * scale)

    def _paint_kept(self, painter: QPainter, steps: NDArray[np.int64]) -> None:
        """Paint a dot below each step that can be seen at once, as far as they lie apart."""
        palette, scale = self._theme.palette, self._theme.scale
        painter.setBrush(palette.color("faint"))
        apart, y = 2 * scale, self._middle + 4 * scale
        places = (self._left + self.scale.places(steps) * self._length) / apart
        width = max(1.0, 0.8 * scale)
        dots = [QRectF(x * apart, y, width, apart) for x in set(places.round().tolist())]
        painter.drawRects(dots)

    def _paint_mark(self, painter: QPainter, mark: Mark) -> None:
        palette, scale = self._theme.palette, self._theme.scale
        x, top = self.x_of(mark.step), self._middle - 3 * scale
        painter.setBrush(palette.color(_COLORS[mark.kind]))
        if mark.kind == "text":
            painter.drawRect(QRectF(x - 0.5 * scale, top - 3 * scale, scale, 3 * scale))
        elif mark.kind == "setting":
            painter.drawRect(QRectF(x - 0.75 * scale, top - 5 * scale, 1.5 * scale, 7 * scale))
        else:
            down = [
                QPointF(x - 4 * scale, top - 6 * scale),
                QPointF(x + 4 * scale, top - 6 * scale),
            ]
            painter.drawPolygon(QPolygonF([*down, QPointF(x, top + scale)]))

    def _paint_handle(self, painter: QPainter) -> None:
        palette, scale = self._theme.palette, self._theme.scale
        seen = self._seen
        x = self.x_of(self.scale.last if seen is None else seen)
        radius = _KNOB * scale * (1.15 if self._dragged is not None else 1.0)
        painter.setBrush(palette.color("panel"))
        painter.drawEllipse(QPointF(x, self._middle), radius + 1.5 * scale, radius + 1.5 * scale)
        painter.setBrush(palette.color("faint" if seen is None else "forward"))
        painter.drawEllipse(QPointF(x, self._middle), radius, radius)

    # -- the hand -----------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take the handle to the pointer."""
        if event.button() is Qt.MouseButton.LeftButton and self._view is not None:
            self._drag(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag the handle along."""
        if self._dragged is not None:
            self._drag(event.position().x())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let the handle go: that step is wanted, exactly."""
        if event.button() is not Qt.MouseButton.LeftButton or self._dragged is None:
            return
        step, self._dragged = self._dragged, None
        if step >= self.scale.last:
            self.now_asked.emit()
        else:
            self.asked.emit(step, True)
        self.update()

    def _drag(self, x: float) -> None:
        step = self.scale.step((x - self._left) / self._length)
        if step != self._dragged:
            self._dragged = step
            self.asked.emit(step, False)
            self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave the keys to the window, which has them for all of the timeline."""
        event.ignore()

    def event(self, event: QEvent) -> bool:
        """Say what is pointed at."""
        if isinstance(event, QHelpEvent) and self._view is not None:
            QToolTip.showText(event.globalPos(), self.words_at(QPointF(event.pos()).x()), self)
            return True
        return super().event(event)

    def words_at(self, x: float) -> str:
        """Return what is said of a place: what happened there, or else its step."""
        near = _NEAR * self._theme.scale
        marks = () if self._view is None else self._view.marks
        found = [mark for mark in marks if abs(self.x_of(mark.step) - x) <= near]
        if found:
            least = min(found, key=lambda mark: abs(self.x_of(mark.step) - x)).step
            return self._words(tuple(mark for mark in found if mark.step == least))
        return f"Step {self.scale.step((x - self._left) / self._length):,}"

    def sizeHint(self) -> QSize:
        """Return the size of the groove with its marks."""
        return QSize(self._theme.px(200), self._theme.px(_HEIGHT))

    def _restyle(self) -> None:
        self.setFixedHeight(self._theme.px(_HEIGHT))
        self.update()
