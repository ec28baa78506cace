"""A hand on a plot: wheel, drag and keys become ranges that are held, or followed again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from PySide6.QtCore import QObject, QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QBrush, QPen
from PySide6.QtWidgets import QGraphicsRectItem, QGraphicsView

from rnnviz.gui.plotting.axes.layers import LAYER_HOVER
from rnnviz.gui.plotting.axes.transform import AxesTransform, Scale
from rnnviz.gui.style.theme import Theme

_NOTCH = 120
"""What the wheel of most mice says of one notch."""
_PIXELS_A_NOTCH = 60.0
"""How far fingers on a touchpad go for as much."""
_FACTOR = 1.25
"""How much a notch, or a key, zooms."""
_KEY_STEP = 0.1
"""Which share of the plot a key moves it by."""
STRAY = 4.0
"""So many pixels a pointer may stray in a click."""
_THIN = 10.0
"""A box that is thinner, in pixels, was drawn along one axis alone."""
_ZOOMS = {
    Qt.Key.Key_Plus: 1 / _FACTOR,
    Qt.Key.Key_Equal: 1 / _FACTOR,
    Qt.Key.Key_Minus: _FACTOR,
}
_MOVES = {
    Qt.Key.Key_Left: (1, 0),
    Qt.Key.Key_Right: (-1, 0),
    Qt.Key.Key_Up: (0, 1),
    Qt.Key.Key_Down: (0, -1),
}

Scales = tuple[Scale, ...]
Drag = Literal["move", "box", "stretch"]

_DRAGS: dict[Qt.KeyboardModifier, Drag] = {
    Qt.KeyboardModifier.ShiftModifier: "box",
    Qt.KeyboardModifier.ControlModifier: "stretch",
}
"""What is dragged while a key is held; else the plot itself."""


class Hand(QObject):
    """Turns what a person does over a plot into ranges of its axes.

    Over the plot both axes are meant, over an axis that one alone.

    Parameters
    ----------
    view
        The plot; a box that is drawn lives in its scene.
    theme, mapping
        How such a box looks, and the axes.

    Signals
    -------
    held(tuple)
        These scales are held at another stretch.
    let_go(tuple)
        These scales are to follow the data again.
    stretched(float, float, bool)
        From one pixel of x to another a stretch is selected; whether this is the end of it.
    """

    held = Signal(tuple)
    let_go = Signal(tuple)
    stretched = Signal(float, float, bool)

    def __init__(self, view: QGraphicsView, theme: Theme, mapping: AxesTransform) -> None:
        super().__init__(view)
        self._theme = theme
        self._mapping = mapping
        self._pressed: QPointF | None = None
        self._last = QPointF()
        self._scales: Scales = ()
        self._drag: Drag = "move"
        self.drags = False
        self._box = QGraphicsRectItem()
        self._box.setZValue(LAYER_HOVER)
        self._box.setVisible(False)
        view.scene().addItem(self._box)

    def restyle(self) -> None:
        """Take colours from the theme."""
        palette = self._theme.palette
        fill = palette.color("faint")
        fill.setAlphaF(0.2)
        self._box.setPen(QPen(palette.color("soft"), 1.0))
        self._box.setBrush(QBrush(fill))

    def scales_at(self, place: QPointF) -> Scales:
        """Return the axes that are meant at a place in pixels; none in the corners."""
        x, y, rect = self._mapping.x, self._mapping.y, self._mapping.rect
        if self._mapping.equal:
            # What is as long on both axes stays so.
            return (x, y)
        across = rect.left() <= place.x() <= rect.right()
        along = rect.top() <= place.y() <= rect.bottom()
        if across and along:
            return (x, y)
        if across and place.y() > rect.bottom():
            return (x,)
        return (y,) if along and place.x() < rect.left() else ()

    # -- wheel, touchpad, keys ----------------------------------------------------------------

    def turn_wheel(self, place: QPointF, angle: QPoint, pixels: QPoint) -> bool:
        """Zoom about a place, or move sideways; return whether any axis is meant there.

        Parameters
        ----------
        place
            Where, in pixels.
        angle, pixels
            How far, as a `QWheelEvent` has it. The angle is what all platforms tell; some
            touchpads tell the pixels alone.
        """
        scales = self.scales_at(place)
        across, along = (
            turned / _NOTCH if turned else moved / _PIXELS_A_NOTCH
            for turned, moved in ((angle.x(), pixels.x()), (angle.y(), pixels.y()))
        )
        # Fingers that go up never go straight up.
        if abs(across) > abs(along):
            self._move(scales, QPointF(across * _PIXELS_A_NOTCH, 0.0))
        elif along:
            self._zoom(scales, place, _FACTOR**-along)
        return bool(scales)

    def pinch(self, place: QPointF, factor: float) -> None:
        """Zoom about a place, in pixels, by how many times farther apart two fingers are."""
        self._zoom(self.scales_at(place), place, 1.0 / factor)

    def press_key(self, key: Qt.Key, modifiers: Qt.KeyboardModifier, place: QPointF) -> bool:
        """Do what a key stands for, about a place in pixels; return whether it is one of ours."""
        rect, both = self._mapping.rect, (self._mapping.x, self._mapping.y)
        if key in _ZOOMS:
            self._zoom(both, place, _ZOOMS[key])
        elif key in _MOVES and modifiers & Qt.KeyboardModifier.ControlModifier:
            across, down = _MOVES[key]
            size = rect.width() * across, rect.height() * down
            self._move(both, QPointF(*size) * _KEY_STEP)
        elif key == Qt.Key.Key_Home:
            self.let_go.emit(both)
        else:
            return False
        return True

    # -- press, drag, release -----------------------------------------------------------------

    def press(self, place: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        """Note where a click, or a drag, may begin."""
        self._pressed = self._last = place
        self._scales = self.scales_at(place)
        self._drag = next((drag for key, drag in _DRAGS.items() if modifiers & key), "move")
        if self._drag == "stretch":
            self._scales = tuple(scale for scale in self._scales if scale is self._mapping.x)

    def drag(self, place: QPointF) -> bool:
        """Go with the pointer; return whether something is dragged."""
        if self._pressed is None:
            return False
        if not self.drags:
            far = (place - self._pressed).manhattanLength() > STRAY
            self.drags = far and bool(self._scales)
        if not self.drags:
            return False
        match self._drag:
            case "box":
                self._box.setRect(self._drawn_to(place))
                self._box.setVisible(True)
            case "stretch":
                self._select(self._pressed, place, ends=False)
            case "move":
                self._move(self._scales, place - self._last)
                self._last = place
        return True

    def release(self, place: QPointF) -> bool:
        """End a drag, or a click; return whether it was a click."""
        pressed, dragged = self._pressed, self.drags
        if pressed is not None and dragged and self._drag == "box":
            self._hold_box(self._drawn_to(place))
        elif pressed is not None and dragged and self._drag == "stretch":
            self._select(pressed, place, ends=True)
        self.drop()
        return pressed is not None and not dragged and (place - pressed).manhattanLength() <= STRAY

    def drop(self) -> None:
        """Drag nothing any more."""
        self._pressed, self.drags = None, False
        self._box.setVisible(False)

    def let_go_at(self, place: QPointF) -> None:
        """Have the axes that are meant at a place follow the data again."""
        scales = self.scales_at(place)
        if scales:
            self.let_go.emit(scales)

    # -- ranges -------------------------------------------------------------------------------

    def _zoom(self, scales: Scales, place: QPointF, factor: float) -> None:
        self._hold(scales, lambda scale: scale.zoom(self._along(scale, place), factor))

    def _move(self, scales: Scales, by: QPointF) -> None:
        moved = tuple(scale for scale in scales if self._along(scale, by))
        self._hold(moved, lambda scale: scale.move(self._along(scale, by)))

    def _hold(self, scales: Scales, change: Callable[[Scale], None]) -> None:
        for scale in scales:
            change(scale)
        if scales:
            self.held.emit(scales)

    def _along(self, scale: Scale, point: QPointF) -> float:
        return point.x() if scale is self._mapping.x else point.y()

    def _select(self, first: QPointF, last: QPointF, *, ends: bool) -> None:
        """Tell of a stretch of x between two places, as far as it is inside of the plot."""
        rect = self._mapping.rect
        low, high = sorted(min(max(p.x(), rect.left()), rect.right()) for p in (first, last))
        self.stretched.emit(low, high, ends)

    def _drawn_to(self, place: QPointF) -> QRectF:
        """Return the box from where the button was pressed, inside of the plot."""
        rect, pressed = self._mapping.rect, self._pressed or place
        box = QRectF(pressed, place).normalized()
        x, y = self._mapping.x, self._mapping.y
        if x not in self._scales or box.width() < _THIN <= box.height():
            box.setLeft(rect.left())
            box.setRight(rect.right())
        if y not in self._scales or box.height() < _THIN <= box.width():
            box.setTop(rect.top())
            box.setBottom(rect.bottom())
        return box & rect

    def _hold_box(self, box: QRectF) -> None:
        """Hold what is in a box that has some size; one as wide as the plot leaves x alone."""
        rect = self._mapping.rect
        ends = {
            self._mapping.x: (box.left(), box.right(), rect.width()),
            self._mapping.y: (box.top(), box.bottom(), rect.height()),
        }
        drawn = tuple(
            scale for scale, (first, last, whole) in ends.items() if _THIN <= last - first < whole
        )
        self._hold(drawn, lambda scale: scale.hold_pixels(*ends[scale][:2]))
